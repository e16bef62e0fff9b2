// Every command of package.json and what it runs.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import type { Session } from '../session';
import { selectEngine } from './engine';
import { showMenu } from './menu';
import { closeModel, openModel, selectModel } from './openModel';
import { showNeurons } from './showNeurons';

export function registerCommands(session: Session): Disposable {
  const { backend, inspection, log } = session.parts;
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
  };
  const store = new DisposableStore();
  for (const [name, run] of Object.entries(commands)) {
    store.add(vscode.commands.registerCommand(`subtext.${name}`, run));
  }
  return store;
}
