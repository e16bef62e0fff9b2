// The context keys that package.json's `when` clauses ask for.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from './disposables';
import type { SessionParts } from './session';

export function followContextKeys({
  attention,
  parseTree,
  backend,
  models,
  interventions,
  continuations,
  highlights,
  runs,
}: Pick<
  SessionParts,
  'attention' | 'parseTree' | 'backend' | 'models' | 'interventions' | 'continuations' | 'highlights' | 'runs'
>): Disposable {
  const set = new Map<string, boolean>();
  const update = () => {
    const { all } = runs;
    const keys = {
      modelOpen: models.all.length > 0,
      hasInterventions: models.all.some(({ id }) => interventions.of(id).length > 0),
      continuing: continuations.writing,
      severalModels: models.all.length > 1,
      highlighted: highlights.shown !== undefined,
      treeShown: parseTree.inspection.answer !== undefined,
      headOpen: attention.inspection.locked !== undefined,
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
  store.add(interventions.onDidChange(update));
  store.add(continuations.onDidChange(update));
  store.add(highlights.onDidChange(update));
  store.add(attention.inspection.onDidChange(update));
  store.add(parseTree.inspection.onDidChange(update));
  store.add(backend.onDidChangeState(update));
  store.add(runs.onDidChangeList(update));
  store.add(runs.onDidChange(update));
  return store;
}
