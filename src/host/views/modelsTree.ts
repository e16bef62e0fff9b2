// The tree of models: open ones → layers, then the samples that are not open.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/types';
import { type Disposable, DisposableStore } from '../disposables';
import { type Models, notOpen } from '../models';
import { count, size } from '../numbers';
import { sampleModels } from '../sampleModels';

class ModelNode {
  constructor(readonly model: ModelSummary) {}
}

class LayerNode {
  constructor(
    readonly model: ModelSummary,
    readonly layer: number,
  ) {}
}

/** A checkpoint that comes with the extension, not open yet. */
class SampleNode {
  constructor(readonly path: string) {}
}

type Node = ModelNode | LayerNode | SampleNode;

/** The model that a command's argument stands for, if it is a node of the tree. */
export function modelOf(target: unknown): ModelSummary | undefined {
  return target instanceof ModelNode ? target.model : undefined;
}

/** @param samples the folder of the checkpoints that come with the extension */
export function registerModelsTree(models: Models, samples: vscode.Uri): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  store.add(models.onDidChange(() => changed.fire()));
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => children(models, samples, node),
    getTreeItem: (node) => {
      if (node instanceof ModelNode) return modelItem(models, node);
      return node instanceof LayerNode ? layerItem(node) : sampleItem(node);
    },
  };
  const view = store.add(vscode.window.createTreeView('subtext.models', { treeDataProvider: provider }));
  const say = () => {
    view.message = models.all.length === 0 ? 'Open a sample, or a checkpoint of yours.' : undefined;
  };
  store.add(models.onDidChange(say));
  say();
  return store;
}

async function children(models: Models, samples: vscode.Uri, node: Node | undefined): Promise<Node[]> {
  if (!node) {
    const closed = await notOpen(await sampleModels(samples), models.all);
    return [
      ...models.all.map((model) => new ModelNode(model)),
      ...closed.map((path) => new SampleNode(path)),
    ];
  }
  if (!(node instanceof ModelNode)) return [];
  return Array.from({ length: node.model.layers }, (_, layer) => new LayerNode(node.model, layer));
}

function modelItem(models: Models, { model }: ModelNode): vscode.TreeItem {
  const item = new vscode.TreeItem(model.name, vscode.TreeItemCollapsibleState.Collapsed);
  const isActive = models.active?.id === model.id;
  item.id = model.id;
  item.description = `${size(model.parameters)} · ${model.engine}${isActive && models.all.length > 1 ? ' · in use' : ''}`;
  item.iconPath = new vscode.ThemeIcon(isActive ? 'layers-active' : 'layers');
  item.contextValue = 'model';
  item.tooltip = modelTooltip(model);
  item.accessibilityInformation = {
    label: `${model.name}, ${model.layers} layers, ${count(model.parameters)} parameters, engine ${model.engine}`,
  };
  return item;
}

function sampleItem({ path }: SampleNode): vscode.TreeItem {
  const item = new vscode.TreeItem(basename(path));
  item.id = path;
  item.description = 'sample';
  item.iconPath = new vscode.ThemeIcon('package');
  item.contextValue = 'sampleModel';
  item.tooltip = 'Comes with Subtext; a click opens it.';
  item.command = { command: 'subtext.openModel', title: 'Open Model', arguments: [path] };
  item.accessibilityInformation = { label: `${item.label as string}, sample model, not open` };
  return item;
}

function layerItem({ model, layer }: LayerNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`L${layer}`);
  item.id = `${model.id}#${layer}`;
  item.description = `${count(model.neuronsPerLayer)} neurons · ${count(model.heads)} heads`;
  item.contextValue = 'layer';
  return item;
}

/** What there is to say about a model; the status bar shows it too. */
export function modelTooltip(model: ModelSummary): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**').appendText(model.name).appendMarkdown('**  \n');
  tooltip.appendText(`${model.architecture}, ${count(model.parameters)} parameters`).appendMarkdown('  \n');
  tooltip
    .appendText(
      `${model.layers} layers, ${model.heads} heads, ${count(model.neuronsPerLayer)} neurons per layer, ` +
        `context ${count(model.context)} tokens`,
    )
    .appendMarkdown('  \n');
  tooltip.appendText(`Engine: ${model.engine}`).appendMarkdown('  \n').appendText(dirname(model.id));
  for (const note of model.notes) tooltip.appendMarkdown('\n\n$(info) ').appendText(note);
  tooltip.supportThemeIcons = true;
  return tooltip;
}
