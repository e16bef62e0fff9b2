// Opening, choosing and closing models.
import { basename, dirname } from 'node:path';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/types';
import { size } from '../numbers';
import { showFailure } from '../messages';
import { sampleModels } from '../sampleModels';
import { type Session, hostFailure } from '../session';
import { modelOf } from '../views/modelsTree';

/**
 * *Open Model…*: a Uri or a path as argument (explorer, tests), else recent models and the file pickers.
 * Resolves with the model, or with undefined when none was chosen or opened.
 */
export async function openModel(session: Session, target?: unknown): Promise<ModelSummary | undefined> {
  const path = target === undefined ? await choosePath(session) : pathOf(target);
  return path === undefined ? undefined : session.openModel(path);
}

/** *Select Model…*: makes an open model the one that is asked. */
export async function selectModel(session: Session, target?: unknown): Promise<void> {
  const { models } = session.parts;
  const model = modelOf(target) ?? (await pickModel(session, 'Model to use'));
  if (!model) return;
  await session.attempt(async () => {
    await models.activate(model.id);
    await session.inspectWith(model);
  });
}

/** *Close Model*: the given one, the only one, or one that is picked. */
export async function closeModel(session: Session, target?: unknown): Promise<void> {
  const { models } = session.parts;
  const only = models.all.length === 1 ? models.all[0] : undefined;
  const model = modelOf(target) ?? only ?? (await pickModel(session, 'Model to close'));
  if (model) await session.attempt(() => models.close(model.id));
}

function pathOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (target instanceof vscode.Uri && target.scheme === 'file') return target.fsPath;
  showFailure(
    hostFailure(
      target instanceof vscode.Uri ? `${target.toString(true)} is not on a disk` : 'That is not a checkpoint',
      'Choose a checkpoint folder or file on the machine that runs Subtext.',
    ),
  );
  return undefined;
}

interface PathItem extends vscode.QuickPickItem {
  choose?: () => Promise<string | undefined>;
}

async function choosePath(session: Session): Promise<string | undefined> {
  const browse: PathItem[] = [
    {
      label: '$(folder) Checkpoint Folder…',
      detail: 'A Hugging Face folder, or one with a llama2.c checkpoint and its tokenizer',
      choose: () => browseFor('folder'),
    },
    {
      label: '$(file) Checkpoint File…',
      detail: 'A llama2.c .bin or a .safetensors file',
      choose: () => browseFor('file'),
    },
  ];
  const open = new Set(session.parts.models.all.map(({ id }) => id));
  const recent = session.parts.models.recent
    .filter((path) => !open.has(path))
    .map((path): PathItem => ({
      label: `$(history) ${basename(path)}`,
      description: shortened(dirname(path)),
      choose: () => Promise.resolve(path),
    }));
  const samples = (await sampleModels(session.parts.sampleModels))
    .filter((path) => !open.has(path))
    .map((path): PathItem => ({
      label: `$(layers) ${basename(path)}`,
      choose: () => Promise.resolve(path),
    }));
  const items = [
    ...group('recently opened', recent),
    ...group('sample models', samples),
    ...group('browse', browse),
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Model to open' });
  return picked?.choose?.();
}

function group(label: string, items: PathItem[]): PathItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

async function browseFor(kind: 'folder' | 'file'): Promise<string | undefined> {
  const folder = kind === 'folder';
  const chosen = await vscode.window.showOpenDialog({
    title: folder ? 'Open Checkpoint Folder' : 'Open Checkpoint File',
    openLabel: 'Open Model',
    canSelectFolders: folder,
    canSelectFiles: !folder,
    ...(!folder && { filters: { Checkpoints: ['bin', 'safetensors', 'json'], 'All Files': ['*'] } }),
  });
  const uri = chosen?.[0];
  return uri && pathOf(uri);
}

async function pickModel(session: Session, placeHolder: string): Promise<ModelSummary | undefined> {
  const { all, active } = session.parts.models;
  if (all.length === 0) return openModel(session);
  const items = all.map((model) => ({
    label: `${model.id === active?.id ? '$(check) ' : ''}${model.name}`,
    description: `${model.architecture} · ${size(model.parameters)} parameters · ${model.layers} layers`,
    detail: shortened(model.id),
    model,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
  return picked?.model;
}

function shortened(path: string): string {
  const home = homedir();
  return path.startsWith(home) ? `~${path.slice(home.length)}` : path;
}
