// Every command of package.json and what it runs.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import type { Session } from '../session';
import { selectEngine } from './engine';
import { showMenu } from './menu';
import { closeModel, openModel, selectModel } from './openModel';
import {
  controlRun,
  deleteRun,
  openCheckpoint,
  openRun,
  resumeRun,
  revealRun,
  showRun,
  showRunLog,
} from './runs';
import { estimateRecipe, runRecipe } from './recipes';
import { showNeurons } from './showNeurons';
import { train } from './train';

export function registerCommands(session: Session): Disposable {
  const { backend, inspection, log, runs, recipes } = session.parts;
  const commands: Record<string, (target?: unknown) => unknown> = {
    openModel: (target) => openModel(session, target),
    closeModel: (target) => closeModel(session, target),
    selectModel: (target) => selectModel(session, target),
    showNeurons: (target) => showNeurons(session, target),
    clearHighlight: () => inspection.clearFocus(),
    selectEngine: () => selectEngine(session),
    showLog: () => log.show(),
    restartBackend: () => session.attempt(() => backend.restart()),
    showMenu: () => showMenu(session),
    train: () => train(session),
    runRecipe: (target) => runRecipe(session, target),
    estimateRecipe: (target) => estimateRecipe(session, recipes, target),
    showRun: (target) => showRun(session, target),
    openRun: (target) => openRun(session, target),
    pauseRun: (target) => controlRun(session, 'pause', target),
    cancelRun: (target) => controlRun(session, 'cancel', target),
    resumeRun: (target) => resumeRun(session, target),
    deleteRun: (target) => deleteRun(session, target),
    revealRun: (target) => revealRun(session, target),
    showRunLog: (target) => showRunLog(session, target),
    openCheckpoint: (target) => openCheckpoint(session, target),
    refreshRuns: () => runs.refresh(),
  };
  const store = new DisposableStore();
  for (const [name, run] of Object.entries(commands)) {
    store.add(vscode.commands.registerCommand(`subtext.${name}`, run));
  }
  return store;
}
