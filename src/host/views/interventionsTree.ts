// The tree of interventions: a row with a switch for each. With several models open, a row for each model that has some.
import * as vscode from 'vscode';
import { type Intervention, printIntervention } from '../../protocol/interventions';
import type { ModelSummary } from '../../protocol/types';
import { type Disposable, DisposableStore } from '../disposables';
import type { Interventions } from '../interventions/interventions';
import { factorOf } from '../interventions/list';
import type { Models } from '../models';

export class InterventionNode {
  constructor(
    readonly model: string,
    readonly intervention: Intervention,
  ) {}
}

class ModelGroup {
  constructor(readonly model: ModelSummary) {}
}

type Node = InterventionNode | ModelGroup;

/** `failed` is told of a switch that the backend refused. */
export function registerInterventionsTree(
  models: Models,
  interventions: Interventions,
  attempt: (step: () => Promise<unknown>) => Promise<void>,
): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  store.add(models.onDidChange(() => changed.fire()));
  store.add(interventions.onDidChange(() => changed.fire()));
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => children(models, interventions, node),
    getTreeItem: (node) =>
      node instanceof ModelGroup ? groupItem(node, interventions) : entryItem(node, interventions),
  };
  const view = store.add(
    vscode.window.createTreeView('subtext.interventions', { treeDataProvider: provider }),
  );
  store.add(
    view.onDidChangeCheckboxState(({ items }) => {
      for (const [model, switches] of switchesByModel(items)) {
        void attempt(() => interventions.switch(model, switches));
      }
    }),
  );
  return store;
}

function children(models: Models, interventions: Interventions, node: Node | undefined): Node[] {
  const entriesOf = (model: string) =>
    interventions.of(model).map((entry) => new InterventionNode(model, entry));
  if (node instanceof ModelGroup) return entriesOf(node.model.id);
  if (node) return [];
  const changed = models.all.filter(({ id }) => interventions.of(id).length > 0);
  if (models.all.length > 1) return changed.map((model) => new ModelGroup(model));
  return changed.flatMap(({ id }) => entriesOf(id));
}

function groupItem({ model }: ModelGroup, interventions: Interventions): vscode.TreeItem {
  const item = new vscode.TreeItem(model.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = model.id;
  item.description = `${interventions.activeCount(model.id)} on`;
  item.contextValue = 'model';
  return item;
}

function entryItem({ model, intervention }: InterventionNode, interventions: Interventions): vscode.TreeItem {
  const { id, on, change } = intervention;
  const { does, problem } = interventions.stateOf(model, id) ?? {};
  const name = printIntervention(intervention);
  const item = new vscode.TreeItem(name);
  item.id = `${model}#${id}`;
  item.description = problem ?? does;
  item.tooltip = problem === undefined ? (does ?? name) : `${name} is left out. ${problem}`;
  if (problem !== undefined) {
    item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  }
  const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
  item.checkboxState = {
    state: on ? Checked : Unchecked,
    tooltip: on ? 'Switch off' : 'Switch on',
    accessibilityInformation: { label: `${name}, ${on ? 'on' : 'off'}`, role: 'checkbox' },
  };
  item.contextValue = factorOf(change) === undefined ? 'intervention' : 'intervention.factor';
  item.accessibilityInformation = {
    label: `${name}, ${problem === undefined ? (does ?? '') : `left out: ${problem}`}`,
  };
  return item;
}

function switchesByModel(
  items: readonly (readonly [Node, vscode.TreeItemCheckboxState])[],
): Map<string, Map<string, boolean>> {
  const all = new Map<string, Map<string, boolean>>();
  for (const [node, state] of items) {
    if (node instanceof ModelGroup) continue;
    const { model, intervention } = node;
    const switches = all.get(model) ?? new Map<string, boolean>();
    switches.set(intervention.id, state === vscode.TreeItemCheckboxState.Checked);
    all.set(model, switches);
  }
  return all;
}
