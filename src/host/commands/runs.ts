// Looking at runs, and what can be done with one.
import * as vscode from 'vscode';
import { RUN_FILES } from '../../protocol/runs';
import { toFailure } from '../backend/failure';
import { showFailure } from '../messages';
import { count } from '../numbers';
import { askRun, resumeRun as resume } from '../runs/control';
import type { RunDirectory } from '../runs/runDirectory';
import { descriptionOf, stateIcons } from '../runs/words';
import { type Session, hostFailure } from '../session';
import { CheckpointNode, runOf } from '../views/runsTree';
import { trainingIsAllowed } from './trust';

/** *Show Run…*: the given one, the only one, or one that is picked. */
export async function showRun(session: Session, target?: unknown): Promise<void> {
  const run = await chooseRun(session, target, 'Run to show', () => true);
  if (run) session.parts.runPanel.show([run.path]);
}

/** *Open Run Directory…*: a run that is not one of the workspace's. */
export async function openRun(session: Session, target?: unknown): Promise<void> {
  const path = target instanceof vscode.Uri ? target.fsPath : await browse();
  if (path === undefined) return;
  await session.attempt(async () => {
    const run = await session.parts.runs.open(path);
    if (!run) {
      throw hostFailure(
        `${path} is no run directory`,
        `Choose the folder that holds the run's ${RUN_FILES.status}.`,
      );
    }
    session.parts.runPanel.show([run.path]);
  });
}

/** *Pause Run* and *Cancel Run*. */
export async function controlRun(
  session: Session,
  request: 'pause' | 'cancel',
  target?: unknown,
): Promise<void> {
  const run = await chooseRun(session, target, `Run to ${request}`, ({ isLive }) => isLive);
  if (!run) return;
  await session.attempt(() => askRun(run, request));
  await session.parts.runs.refresh();
}

/** *Resume Run*: from its last checkpoint, in a new process. */
export async function resumeRun(session: Session, target?: unknown): Promise<void> {
  if (!trainingIsAllowed()) return;
  const { runs, backend } = session.parts;
  const run = await chooseRun(session, target, 'Run to resume', ({ isResumable }) => isResumable);
  if (!run) return;
  await session.attempt(() => resume(backend, runs, run));
}

/** *Delete Run*: its whole directory, to the trash where there is one, after a question. */
export async function deleteRun(session: Session, target?: unknown): Promise<void> {
  const run = await chooseRun(session, target, 'Run to delete', (each) => !each.isLive && !each.isResuming);
  if (!run) return;
  if (run.isLive || run.isResuming) {
    showFailure(hostFailure(`${run.name} is at work (${run.state})`, 'Cancel it first.'));
    return;
  }
  const detail = `${run.path} holds its checkpoints, metrics and log.`;
  if (
    !(await confirm(`Delete the run ${run.name}?`, `${detail} It is moved to the trash.`, 'Move to Trash'))
  ) {
    return;
  }
  const uri = vscode.Uri.file(run.path);
  await session.attempt(async () => {
    try {
      await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true });
    } catch (error) {
      const why = toFailure(error).message;
      const question = `${run.name} cannot be moved to the trash. Delete it for good?`;
      if (!(await confirm(question, `${why}\n\n${detail}`, 'Delete Permanently'))) return;
      await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: false });
    }
    await session.parts.runs.refresh();
  });
}

/** *Reveal Run in Explorer*: the window's own where the directory is in it, else the system's. */
export async function revealRun(session: Session, target?: unknown): Promise<void> {
  const run = await chooseRun(session, target, 'Run to reveal', () => true);
  if (!run) return;
  const uri = vscode.Uri.file(run.path);
  const isInside = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(isInside ? 'revealInExplorer' : 'revealFileInOS', uri);
}

/** *Show Run Log*: what the run's process wrote. */
export async function showRunLog(session: Session, target?: unknown): Promise<void> {
  const run = await chooseRun(session, target, 'Run whose log to show', () => true);
  if (!run) return;
  await session.attempt(async () => {
    const uri = vscode.Uri.file(run.file('log'));
    const isThere = await Promise.resolve(vscode.workspace.fs.stat(uri)).then(
      () => true,
      () => false,
    );
    if (!isThere)
      throw hostFailure(`${run.name} has written no ${RUN_FILES.log}`, 'Wait until it has started.');
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  });
}

/** *Open Checkpoint*: a row of the tree, or one that is picked of a run's. */
export async function openCheckpoint(session: Session, target?: unknown): Promise<void> {
  if (target instanceof CheckpointNode) {
    await session.openModel(target.run.checkpointPath(target.step));
    return;
  }
  const has = (run: RunDirectory) => run.hasFinal || (run.status?.checkpoints ?? []).length > 0;
  const run = await chooseRun(session, target, 'Run of which to open a checkpoint', has);
  if (!run) return;
  if (!has(run)) {
    void vscode.window.showInformationMessage(`${run.name} has no checkpoint yet.`);
    return;
  }
  const steps = [...(run.status?.checkpoints ?? [])].reverse();
  const items = [
    ...(run.hasFinal ? [{ label: 'final', step: 'final' as const }] : []),
    ...steps.map((step) => ({ label: `step ${count(step)}`, step })),
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: `Checkpoint of ${run.name}` });
  if (picked) await session.openModel(run.checkpointPath(picked.step));
}

/** The run that is meant: a row of the tree, a path, the only one that may be, or one that is picked. */
async function chooseRun(
  { parts }: Session,
  target: unknown,
  placeHolder: string,
  mayBe: (run: RunDirectory) => boolean,
): Promise<RunDirectory | undefined> {
  const meant = runOf(target) ?? (typeof target === 'string' ? parts.runs.get(target) : undefined);
  if (meant) return meant;
  const all = parts.runs.all.filter(mayBe);
  if (all.length === 1) return all[0];
  if (all.length === 0) {
    void vscode.window.showInformationMessage(
      parts.runs.all.length === 0 ? 'There are no runs here yet.' : 'There is no such run now.',
    );
    return undefined;
  }
  const items = all.map((run) => ({
    label: `$(${stateIcons[run.state]}) ${run.name}`,
    description: descriptionOf(run),
    detail: run.title,
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.run;
}

async function browse(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open Run Directory',
    openLabel: 'Open Run',
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return chosen?.[0]?.fsPath;
}

async function confirm(question: string, detail: string, action: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
}
