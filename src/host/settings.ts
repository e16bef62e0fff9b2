// The settings of package.json, within their limits; an untrusted workspace names no paths.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { EngineName, Precision } from '../protocol/types';
import { wholeWithin, within } from './limits';
import { DENSITIES, type Density } from './parseTree/bands';

export type WantedEngine = EngineName | 'auto';

const section = 'subtext';
const LARGEST_SEED = 4_294_967_295;

export const settings = {
  engine: (): WantedEngine => get<WantedEngine>('engine', 'auto'),
  precision: (): Precision => (get<unknown>('precision', 'float32') === 'float16' ? 'float16' : 'float32'),
  threads: (): number => wholeWithin(get<unknown>('threads', 0), 0, 256, 0),
  hovers: (document?: vscode.TextDocument): boolean => get('hover.enabled', true, document?.uri),
  parseTreeDensity: (document: vscode.TextDocument): Density => {
    const given = get<unknown>('parseTree.density', 'all', document.uri);
    return DENSITIES.find((each) => each === given) ?? 'all';
  },
  recomputeDelay: (): number => wholeWithin(get<unknown>('recomputeDelay', 300), 0, 10_000, 300),
  /** '' where none is set or may be used. */
  nodePath: (): string => (vscode.workspace.isTrusted ? get('backend.nodePath', '').trim() : ''),
  /** How a text is continued; a seed of 0 or none becomes another one each time. */
  continuation: (document: vscode.TextDocument): { maxTokens: number; temperature: number; seed: number } => {
    const { uri } = document;
    const seed = wholeWithin(get<unknown>('continue.seed', 0, uri), 0, LARGEST_SEED, 0);
    return {
      maxTokens: wholeWithin(get<unknown>('continue.maxTokens', 200, uri), 1, 4096, 200),
      temperature: within(get<unknown>('continue.temperature', 0.7, uri), 0, 5, 0.7),
      seed: seed === 0 ? 1 + Math.floor(Math.random() * LARGEST_SEED) : seed,
    };
  },
  models: savedModels,
  /** Writes where the value in force comes from, else to the user's settings. */
  async setEngine(engine: WantedEngine): Promise<void> {
    await write('engine', engine);
  },
  /** As `setEngine`. */
  async setPrecision(precision: Precision): Promise<void> {
    await write('precision', precision);
  },
};

async function write(name: string, value: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  const inWorkspace = configuration.inspect(name)?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update(name, value, target);
}

/** Calls back with the names (without `subtext.`) of those of `names` that changed. */
export function onDidChangeSettings<Name extends string>(
  names: readonly Name[],
  listener: (changed: Name[]) => void,
): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    const changed = names.filter((name) => event.affectsConfiguration(`${section}.${name}`));
    if (changed.length > 0) listener(changed);
  });
}

function get<Value>(name: string, otherwise: Value, scope?: vscode.Uri): Value {
  return vscode.workspace.getConfiguration(section, scope).get<Value>(name, otherwise);
}

/** The absolute paths of the models that are opened on first need; none where none is set or may be used. */
function savedModels(): string[] {
  if (!vscode.workspace.isTrusted) return [];
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  const given = [get<unknown>('model', '', folder?.uri)].flat();
  return given.flatMap((path) => {
    if (typeof path !== 'string' || path.trim() === '') return [];
    return absolutePath(path.trim(), folder?.uri.fsPath) ?? [];
  });
}

function absolutePath(path: string, folder: string | undefined): string | undefined {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  if (isAbsolute(path)) return path;
  return folder === undefined ? undefined : join(folder, path);
}
