// From a recipe to a run at work, and its view.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { withLateProgress } from '../progress';
import { waitUntilBegun } from '../runs/beginning';
import { createRunDirectory, removeIfEmpty } from '../runs/create';
import { workspaceFolders } from '../runs/workspaceFolders';
import { type Session, hostFailure } from '../session';

/** The text of a recipe, and where it stands. */
export interface RecipeSource {
  recipe: string;
  path?: string;
}

/**
 * The workspace folder that keeps a new run: that of `near`, the only one, or one that is picked.
 * @param kept what is kept, for the message where no folder is open
 */
export async function runsFolder(near?: vscode.Uri, kept = 'A run is kept'): Promise<string | undefined> {
  const own = near && vscode.workspace.getWorkspaceFolder(near);
  if (own?.uri.scheme === 'file') return own.uri.fsPath;
  const folders = workspaceFolders();
  if (folders.length === 1) return folders[0];
  if (folders.length > 1) {
    const items = folders.map((path) => ({ label: basename(path), description: path, path }));
    return (await vscode.window.showQuickPick(items, { placeHolder: `${kept} in this folder` }))?.path;
  }
  const open = 'Open Folder…';
  void vscode.window
    .showInformationMessage(`${kept} in a folder on this machine: open one first.`, open)
    .then((action) => {
      if (action === open) void vscode.commands.executeCommand('vscode.openFolder');
    });
  return undefined;
}

/** Starts a run in a directory of its own and shows it. Rejects with what is wrong with the recipe. */
export async function startRun(
  session: Session,
  folder: string,
  name: string,
  source: RecipeSource,
): Promise<void> {
  const { backend, runs, runPanel } = session.parts;
  const directory = await createRunDirectory(folder, name);
  const abort = new AbortController();
  const starting = backend.request('subtext/startRun', { directory, ...source }, abort.signal);
  try {
    const title = `Starting ${basename(directory)}`;
    const { pid } = await withLateProgress(title, backend, starting, () => abort.abort());
    const run = await runs.open(directory);
    if (!run) throw hostFailure(`${directory} is gone`, 'Run the recipe again.');
    runPanel.show([directory]);
    await waitUntilBegun(runs, run, pid);
  } catch (error) {
    await removeIfEmpty(directory);
    throw error;
  }
}
