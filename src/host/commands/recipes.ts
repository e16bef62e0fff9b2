// Recipe files (*.subtext.json): running them, and opening new ones.
import { access, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { isRecipe, recipeEnding } from '../editors/recipe';
import type { RecipeChecks } from '../editors/recipeChecks';
import { slugOf } from '../runs/create';
import type { RunDirectory } from '../runs/runDirectory';
import { UnderWay } from '../runs/underWay';
import { type Session, hostFailure } from '../session';
import { runsFolder, startRun } from './startRun';
import { trainingIsAllowed } from './trust';

const starting = new UnderWay();

/**
 * *Run Recipe*: the given file, or that of the active editor; what is not saved is saved first. While a run of it is
 * being started, a second click starts no other.
 */
export async function runRecipe(session: Session, target?: unknown): Promise<void> {
  if (!trainingIsAllowed()) return;
  await session.attempt(async () => {
    const uri = recipeOf(target);
    await starting.once(uri.toString(), () => startRecipe(session, uri));
  });
}

async function startRecipe(session: Session, uri: vscode.Uri): Promise<void> {
  const folder = await runsFolder(uri);
  if (folder === undefined) return;
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty && !document.isUntitled && !(await document.save())) return;
  const name = basename(uri.path, recipeEnding);
  await startRun(session, folder, name, { recipe: document.getText(), path: uri.fsPath });
}

/** *Estimate Recipe*: checks the recipe again, and says what it will cost. */
export async function estimateRecipe(
  session: Session,
  checks: RecipeChecks,
  target?: unknown,
): Promise<void> {
  if (!trainingIsAllowed()) return;
  await session.attempt(async () => {
    const document = await vscode.workspace.openTextDocument(recipeOf(target));
    await checks.check(document);
    const found = checks.of(document);
    if (found?.failure) throw found.failure;
    if (found) void vscode.window.setStatusBarMessage(`$(dashboard) ${found.words}`, 10_000);
  });
}

/** Opens a recipe as a new file of a folder, not saved yet. */
export async function openNewRecipe(
  folder: string,
  name: string,
  recipe: string,
  ending = recipeEnding,
): Promise<void> {
  const uri = vscode.Uri.file(await freePath(folder, slugOf(name), ending)).with({ scheme: 'untitled' });
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  const everything = new vscode.Range(0, 0, document.lineCount, 0);
  await editor.edit((edit) => edit.replace(everything, recipe));
  editor.selection = new vscode.Selection(0, 0, 0, 0);
}

/** Opens a copy of a run's recipe, which can be changed and run: that in its directory stays what was run. */
export async function openRunRecipe(session: Session, run: RunDirectory): Promise<void> {
  await session.attempt(async () => {
    const recipe = await readFile(run.file('recipe'), 'utf8');
    const folder = await runsFolder(vscode.Uri.file(run.path), 'A recipe is kept');
    if (folder !== undefined) await openNewRecipe(folder, run.name, recipe);
  });
}

function recipeOf(target: unknown): vscode.Uri {
  const uri = target instanceof vscode.Uri ? target : vscode.window.activeTextEditor?.document.uri;
  if (uri && isRecipe(uri)) return uri;
  throw hostFailure('That is not a recipe', `Open a file whose name ends in ${recipeEnding}.`);
}

/** A path that neither a file nor an unsaved document has. */
async function freePath(folder: string, slug: string, ending: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, `${slug}${number === 1 ? '' : `-${number}`}${ending}`);
    const isOpen = vscode.workspace.textDocuments.some(({ uri }) => uri.fsPath === path);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (!isOpen && !exists) return path;
  }
}
