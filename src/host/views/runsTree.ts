// The tree of runs: run → checkpoints. Its elements are the runs themselves, so that a row keeps its place and focus
// while it changes.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import { count, exact, size } from '../numbers';
import { RunDirectory } from '../runs/runDirectory';
import type { Runs } from '../runs/runs';
import { descriptionOf, spokenOf, stateIcons, failureWords } from '../runs/words';

export class CheckpointNode {
  constructor(
    readonly run: RunDirectory,
    readonly step: number | 'final',
  ) {}
}

type Node = RunDirectory | CheckpointNode;

/** The run that a command's argument stands for, if it is a row of the tree. */
export function runOf(target: unknown): RunDirectory | undefined {
  if (target instanceof CheckpointNode) return target.run;
  return target instanceof RunDirectory ? target : undefined;
}

export function registerRunsTree(runs: Runs): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<Node | undefined>());
  store.add(runs.onDidChangeList(() => changed.fire(undefined)));
  store.add(runs.onDidChange((run) => changed.fire(run)));
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => (node === undefined ? runs.all : checkpointsOf(node)),
    getParent: (node) => (node instanceof CheckpointNode ? node.run : undefined),
    getTreeItem: (node) => (node instanceof RunDirectory ? runItem(node) : checkpointItem(node)),
  };
  store.add(vscode.window.createTreeView('subtext.runs', { treeDataProvider: provider }));
  return store;
}

/** The end first, then the steps from the latest on. */
function checkpointsOf(node: Node): CheckpointNode[] {
  if (!(node instanceof RunDirectory)) return [];
  const steps = [...(node.status?.checkpoints ?? [])].reverse();
  const all: CheckpointNode['step'][] = node.hasFinal ? ['final', ...steps] : steps;
  return all.map((step) => new CheckpointNode(node, step));
}

function runItem(run: RunDirectory): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(run.name, checkpointsOf(run).length > 0 ? Collapsed : None);
  item.id = run.path;
  item.description = descriptionOf(run);
  item.iconPath = new vscode.ThemeIcon(stateIcons[run.state], iconColor(run));
  item.contextValue = `run.${run.state}`;
  item.tooltip = runTooltip(run);
  item.accessibilityInformation = { label: spokenOf(run) };
  item.command = { command: 'subtext.showRun', title: 'Show Run', arguments: [run] };
  return item;
}

function checkpointItem({ run, step }: CheckpointNode): vscode.TreeItem {
  const label = step === 'final' ? 'final' : `step ${count(step)}`;
  const item = new vscode.TreeItem(label);
  const path = run.checkpointPath(step);
  item.id = `${run.path}#${step}`;
  item.iconPath = new vscode.ThemeIcon('layers');
  item.contextValue = 'checkpoint';
  item.tooltip = `${path}; a click opens it.`;
  item.command = { command: 'subtext.openModel', title: 'Open Checkpoint', arguments: [path] };
  item.accessibilityInformation = { label: `Checkpoint ${label} of ${run.name}` };
  return item;
}

function iconColor({ state }: RunDirectory): vscode.ThemeColor | undefined {
  if (state === 'failed') return new vscode.ThemeColor('list.errorForeground');
  return state === 'interrupted' ? new vscode.ThemeColor('list.warningForeground') : undefined;
}

function runTooltip(run: RunDirectory): vscode.MarkdownString {
  const { status, loss } = run;
  const tooltip = new vscode.MarkdownString('', true);
  const line = (text: string) => tooltip.appendText(text).appendMarkdown('  \n');
  tooltip.appendMarkdown('**').appendText(run.name).appendMarkdown('**  \n');
  if (run.title !== '') line(run.title);
  line(descriptionOf(run));
  if (status && status.parameters > 0) {
    line(
      `${size(status.parameters)} parameters, ${count(status.tokens)} tokens, engine ${status.engine ?? '?'}${status.precision === undefined ? '' : `, ${status.precision}`}`,
    );
  }
  if (loss) {
    line(`${loss.of === 'training' ? 'Training' : 'Validation'} loss ${exact(loss.nats)} nats per token`);
  }
  if (status?.started) line(`Started ${new Date(status.started).toLocaleString()}`);
  line(run.path);
  if (status?.note !== undefined) tooltip.appendMarkdown('\n\n$(info) ').appendText(status.note);
  if (status?.error) {
    tooltip.appendMarkdown('\n\n$(error) ').appendText(failureWords(status.error));
  }
  if (run.state === 'interrupted') {
    tooltip
      .appendMarkdown('\n\n$(warning) ')
      .appendText('Its process is gone, or silent. Resume goes on from its last checkpoint.');
  }
  return tooltip;
}
