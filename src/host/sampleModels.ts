// The checkpoints that come with the extension, and the probes that were trained on them.
import { basename } from 'node:path';
import * as vscode from 'vscode';

const PROBES = 'probes';

/** Paths in the order of their names. @param folder `media/models` of the extension */
export async function sampleModels(folder: vscode.Uri): Promise<string[]> {
  return (await pathsIn(folder)).filter((path) => basename(path) !== PROBES);
}

/** Folders of probes. @param folder as for `sampleModels` */
export function sampleProbes(folder: vscode.Uri): Promise<string[]> {
  return pathsIn(vscode.Uri.joinPath(folder, PROBES));
}

async function pathsIn(folder: vscode.Uri): Promise<string[]> {
  const found = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(() => []);
  return found.map(([name]) => vscode.Uri.joinPath(folder, name).fsPath).sort();
}
