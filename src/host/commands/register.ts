// Every command of package.json and what it runs.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import type { Session } from '../session';
import { compareModels, showLossChanges } from './compareLosses';
import { compareContinuations } from './compareContinuations';
import { continueStory } from './continueStory';
import { attributeAtCursor } from './attribute';
import { installCudaEngine, removeCudaEngine } from './cudaEngine';
import { selectEngine } from './engine';
import { useFloat32 } from './precision';
import { headsBetween } from './headsBetween';
import {
  ablate,
  addIntervention,
  clearInterventions,
  editIntervention,
  patchPart,
  removeIntervention,
  scale,
  steer,
} from './interventions';
import { loadInterventions, saveInterventions } from './interventionFiles';
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
import { chooseParseTreeLevels, inspectParseTree } from './parseTree';
import { patchMap } from './patchMap';
import { sampleCfgText } from './sampleCfgText';
import { showGrammarAttention } from './showGrammarAttention';
import { showProbes } from './showProbes';
import { showTextView } from './showTextView';
import { train } from './train';
import { trainProbes } from './trainProbes';

export function registerCommands(session: Session): Disposable {
  const { backend, highlights, log, runs, recipes } = session.parts;
  const commands: Record<string, (target?: unknown) => unknown> = {
    openModel: (target) => openModel(session, target),
    closeModel: (target) => closeModel(session, target),
    selectModel: (target) => selectModel(session, target),
    showNeurons: (target) => showTextView(session, session.parts.neurons, target),
    showAttention: (target) => showTextView(session, session.parts.attention, target),
    headsBetween: () => headsBetween(session),
    pinAttention: () => session.parts.attention.inspection.togglePin(),
    attribute: (target) => attributeAtCursor(session, target),
    patchMap: () => patchMap(session),
    showProbes: (target) => showProbes(session, target),
    showLens: (target) => showTextView(session, session.parts.lens, target),
    inspectParseTree: (target) => inspectParseTree(session, target),
    chooseParseTreeLevels: () => chooseParseTreeLevels(session),
    clearHighlight: () => highlights.shown?.clear(),
    selectEngine: () => selectEngine(session),
    useFloat32: () => useFloat32(session),
    installCudaEngine: () => installCudaEngine(session),
    removeCudaEngine: () => removeCudaEngine(session),
    showLog: () => log.show(),
    restartBackend: () => session.attempt(() => backend.restart()),
    showMenu: () => showMenu(session),
    ablate: (target) => ablate(session, target),
    scale: (target) => scale(session, target),
    steer: (target) => steer(session, target),
    patchPart: (target) => patchPart(session, target),
    addIntervention: () => addIntervention(session),
    editIntervention: (target) => editIntervention(session, target),
    removeIntervention: (target) => removeIntervention(session, target),
    clearInterventions: () => clearInterventions(session),
    saveInterventions: () => saveInterventions(session),
    loadInterventions: (target) => loadInterventions(session, target),
    continueStory: (target) => continueStory(session, target),
    stopContinuing: () => session.parts.continuations.stop(),
    compareContinuations: (target) => compareContinuations(session, target),
    showLossChanges: (target) => showLossChanges(session, target),
    compareModels: (target) => compareModels(session, target),
    showGrammarAttention: () => showGrammarAttention(session),
    sampleCfgText: () => sampleCfgText(session),
    train: () => train(session),
    trainProbes: (target) => trainProbes(session, target),
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
