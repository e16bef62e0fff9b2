// The tree of open models: model → layers.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/types';
import { type Disposable, DisposableStore } from '../disposables';
import type { Models } from '../models';
import { count, size } from '../numbers';

export class ModelNode {
  constructor(readonly model: ModelSummary) {}
}

class LayerNode {
  constructor(
    readonly model: ModelSummary,
    readonly layer: number,
  ) {}
}

type Node = ModelNode | LayerNode;

/** The model that a command's argument stands for, if it is a node of the tree. */
export function modelOf(target: unknown): ModelSummary | undefined {
  return target instanceof ModelNode ? target.model : undefined;
}

export function registerModelsTree(models: Models): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  store.add(models.onDidChange(() => changed.fire()));
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => children(models, node),
    getTreeItem: (node) => (node instanceof ModelNode ? modelItem(models, node) : layerItem(node)),
  };
  store.add(vscode.window.registerTreeDataProvider('subtext.models', provider));
  return store;
}

function children(models: Models, node: Node | undefined): Node[] {
  if (!node) return models.all.map((model) => new ModelNode(model));
  if (node instanceof LayerNode) return [];
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
