// The context keys that package.json's `when` clauses ask for.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from './disposables';
import type { SessionParts } from './session';

export function followContextKeys({
  backend,
  models,
  inspection,
  runs,
}: Pick<SessionParts, 'backend' | 'models' | 'inspection' | 'runs'>): Disposable {
  const set = new Map<string, boolean>();
  const update = () => {
    const { all } = runs;
    const keys = {
      modelOpen: models.all.length > 0,
      severalModels: models.all.length > 1,
      highlighted: inspection.focus !== undefined,
      backendStarted: backend.state.kind !== 'off',
      hasRuns: all.length > 0,
      runLive: all.some(({ isLive }) => isLive),
      runResumable: all.some(({ isResumable }) => isResumable),
    };
    for (const [name, value] of Object.entries(keys)) {
      if ((set.get(name) ?? false) === value) continue;
      set.set(name, value);
      void vscode.commands.executeCommand('setContext', `subtext.${name}`, value);
    }
  };
  const store = new DisposableStore();
  store.add(models.onDidChange(update));
  store.add(inspection.onDidChange(update));
  store.add(backend.onDidChangeState(update));
  store.add(runs.onDidChangeList(update));
  store.add(runs.onDidChange(update));
  return store;
}
