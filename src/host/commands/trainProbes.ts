// *Train Probe…*: questions in turn, or a recipe in the editor; then the training with its progress, and the chart.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { showFailure } from '../messages';
import { withNotes } from '../progress';
import { keepOutOfCommits } from '../runs/create';
import { UnderWay } from '../runs/underWay';
import { PROBES_FOLDER } from '../probes/places';
import type { Person } from '../probes/person';
import { probeQuestions, type ModelsToProbe } from '../probes/questions';
import { inSteps } from '../probes/steps';
import { composeProbeRecipe, isProbeRecipe, probeRecipeEnding, type ProbeAnswers } from '../probes/recipe';
import { sampleModels } from '../sampleModels';
import { type Session, hostFailure } from '../session';
import { pickOne, pickSome } from './dialoguePage';
import { openNewRecipe } from './recipes';
import { runsFolder, type RecipeSource } from './startRun';
import { trainingIsAllowed } from './trust';

const underWay = new UnderWay();
const title = 'Train Probe';

const person: Person = {
  one: (step, page) => pickOne(title, step, page),
  some: (step, page) => pickSome(title, step, page),
  aside: async (placeHolder, labels) => vscode.window.showQuickPick([...labels], { title, placeHolder }),
  write: async (prompt, value, problem) =>
    vscode.window.showInputBox({ title, prompt, value, ignoreFocusOut: true, validateInput: problem }),
  async browse({ several = false, filters, ...words }) {
    const chosen = await vscode.window.showOpenDialog({
      ...words,
      canSelectFolders: filters === undefined,
      canSelectFiles: filters !== undefined,
      canSelectMany: several,
      ...(filters && { filters }),
    });
    return (chosen ?? []).map(({ fsPath }) => fsPath);
  },
  hear: showFailure,
};

async function modelsToProbe({ parts }: Session): Promise<ModelsToProbe> {
  const { models, runs } = parts;
  return {
    open: models.all,
    active: models.active?.id,
    samples: await sampleModels(parts.sampleModels),
    known: models.recent,
    runs: runs.all.map(({ name, path, status }) => {
      return { name, path, checkpoints: status?.checkpoints.length ?? 0 };
    }),
  };
}

/** @param target a recipe's Uri; without one the questions are asked */
export async function trainProbes(session: Session, target?: unknown): Promise<void> {
  if (!trainingIsAllowed()) return;
  await session.attempt(() => (target === undefined ? askAndTrain(session) : trainRecipe(session, target)));
}

async function askAndTrain(session: Session): Promise<void> {
  const folder = await runsFolder(undefined, 'Probes are kept');
  if (folder === undefined) return;
  const { backend } = session.parts;
  const answers = await inSteps(probeQuestions(backend, modelsToProbe(session), person));
  if (!answers) return;
  const { name, recipe } = composeProbeRecipe(
    { levels: 'all', layers: 'all', ...answers } as ProbeAnswers,
    folder,
  );
  if (answers.action === 'edit') await openNewRecipe(folder, name, recipe, probeRecipeEnding);
  else await train(session, folder, { recipe, path: join(folder, `${name}${probeRecipeEnding}`) }, 'new');
}

async function trainRecipe(session: Session, target: unknown): Promise<void> {
  const uri = target instanceof vscode.Uri ? target : undefined;
  if (!uri || !isProbeRecipe(uri))
    throw hostFailure(
      'That is not a recipe of probes',
      `Open a file whose name ends in ${probeRecipeEnding}.`,
    );
  await underWay.once(uri.toString(), async () => {
    const folder = await runsFolder(uri, 'Probes are kept');
    if (folder === undefined) return;
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.isDirty && !document.isUntitled && !(await document.save())) return;
    await train(session, folder, { recipe: document.getText(), path: uri.fsPath }, 'replaced');
  });
}

/**
 * Trains with progress, and shows the chart. Rejects with what is wrong with the recipe, its data or the folder.
 * @param workspace folder that keeps the probes of sample models
 * @param earlier whether probes of the same name make way, or the new ones get another name
 */
async function train(
  session: Session,
  workspace: string,
  source: RecipeSource,
  earlier: 'new' | 'replaced',
): Promise<void> {
  const { backend } = session.parts;
  const { name, folder: beside } = await backend.request('subtext/checkProbeRecipe', source);
  const usual = beside ?? join(workspace, PROBES_FOLDER, name);
  const folder = earlier === 'new' ? freeFolder(usual) : usual;
  const made = await withNotes(`${title}: ${basename(folder)}`, backend, (stream, signal) =>
    backend.request('subtext/trainProbes', { ...source, folder, stream }, signal),
  );
  if (beside === null) await keepOutOfCommits(join(workspace, '.subtext'));
  await vscode.commands.executeCommand('subtext.showProbes', made.path);
}

function freeFolder(folder: string): string {
  for (let number = 2, path = folder; ; number++) {
    if (!existsSync(path)) return path;
    path = `${folder}-${number}`;
  }
}
