// The composition root: makes the parts, wires them and registers them. Nothing heavy runs before it is needed.
import { loadTime } from './host/loadTime';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SubtextApi } from './host/api';
import { launchBackend } from './host/backend/launch';
import { BackendSupervisor } from './host/backend/supervisor';
import { attributeFromLens, attributeOther, selectHead, selectNeuron } from './host/commands/attribute';
import { registerCommands } from './host/commands/register';
import { addProbes, openProbeToken } from './host/commands/showProbes';
import { steerAlongProbe } from './host/commands/steerProbe';
import { openRunRecipe } from './host/commands/recipes';
import { controlRun, resumeRun } from './host/commands/runs';
import { ComparedTexts } from './host/continuation/comparedTexts';
import { Continuations } from './host/continuation/continuations';
import { connect } from './host/connect';
import { followContextKeys } from './host/contextKeys';
import { AttentionHighlight } from './host/decorations/attentionHighlight';
import { AttributionHighlight } from './host/decorations/attributionHighlight';
import { Highlights } from './host/decorations/highlight';
import { registerLockLens } from './host/decorations/lockLens';
import { LossHighlight } from './host/decorations/lossHighlight';
import { NeuronHighlight } from './host/decorations/neuronHighlight';
import { Painter } from './host/decorations/painter';
import { PinMark } from './host/decorations/pinMark';
import { TextLink } from './host/decorations/textLink';
import { registerValueHover } from './host/decorations/valueHover';
import { followGrammars } from './host/editors/grammarLanguages';
import { RecipeChecks } from './host/editors/recipeChecks';
import { registerInterventionsLens } from './host/editors/interventionsLens';
import { probeRecipes, trainingRecipes } from './host/editors/recipe';
import { registerProbeRecipeLens, registerRecipeLens } from './host/editors/recipeLens';
import { AttentionInspection } from './host/inspection/attentionInspection';
import { cursorOffset, followCursor, wordsIn } from './host/inspection/followCursor';
import { documentFacts, followDocuments } from './host/inspection/followDocuments';
import { AttributionInspection } from './host/inspection/attributionInspection';
import { LossInspection } from './host/inspection/lossInspection';
import { ModelQuestion } from './host/inspection/modelQuestion';
import { NeuronInspection } from './host/inspection/neuronInspection';
import { PatchInspection } from './host/inspection/patchInspection';
import { Interventions } from './host/interventions/interventions';
import { makeLossesView } from './host/losses/view';
import { Models } from './host/models';
import { makeAttentionView, makeNeuronsView } from './host/panels/activationViews';
import { makeAttributionView, makeLensView } from './host/panels/logitViews';
import { GrammarAttentionPanel } from './host/panels/grammarAttentionPanel';
import { ParseTreeHighlight } from './host/parseTree/highlight';
import { registerParseTree } from './host/parseTree/register';
import { makeParseTreeInspection, makeParseTreeView } from './host/parseTree/view';
import { PatchPanel } from './host/panels/patchPanel';
import { ProbesPanel } from './host/panels/probesPanel';
import { restorePanels } from './host/panels/restorePanels';
import { RunPanel } from './host/panels/runPanel';
import { ProbeChart } from './host/probes/probeChart';
import { followWorkspaceFolders } from './host/runs/workspaceFolders';
import { Runs } from './host/runs/runs';
import type { TextView } from './host/panels/textView';
import { Session } from './host/session';
import { settings } from './host/settings';
import { registerInterventionsTree } from './host/views/interventionsTree';
import { registerModelsTree } from './host/views/modelsTree';
import { announceRunEnds } from './host/views/runEnds';
import { registerRunsTree } from './host/views/runsTree';
import { registerStatusBar } from './host/views/statusBar';

let running: BackendSupervisor | undefined;
/** VS Code waits for other things between loading this file and calling `activate`. */
const loadMilliseconds = loadTime();

/** Called by VS Code on the first command, view or restored panel. */
export function activate(context: vscode.ExtensionContext): SubtextApi {
  const activateStart = loadTime();
  const { subscriptions, extensionUri } = context;
  const log = vscode.window.createOutputChannel('Subtext', { log: true });
  const places = {
    folder: join(context.extensionPath, 'dist'),
    engines: join(context.globalStorageUri.fsPath, 'engines'),
  };
  const backend: BackendSupervisor = new BackendSupervisor({
    launch: (...told) => launchBackend(places, log, ...told),
    restore: async (life) => {
      await models.restore(life);
      await interventions.restore(life);
    },
  });
  const models: Models = new Models(backend, context.globalState);
  const interventions: Interventions = new Interventions(backend, models, context.workspaceState);
  const continuations = new Continuations({ requester: backend, onPiece: backend.onDidContinue });
  const comparedTexts = new ComparedTexts();
  const asking = {
    requester: backend,
    document: documentFacts,
    delay: () => settings.recomputeDelay(),
  };
  const inspection = new NeuronInspection(asking);
  const attentionInspection = new AttentionInspection({
    ...asking,
    words: wordsIn,
    cursor: cursorOffset,
  });
  const lossInspection = new LossInspection(asking);
  const attributionInspection = new AttributionInspection(asking);
  const attributionHighlight = new AttributionHighlight(attributionInspection);
  const treeInspection = makeParseTreeInspection(asking);
  const treeHighlight = new ParseTreeHighlight(treeInspection);
  const highlights = new Highlights([
    treeHighlight,
    new NeuronHighlight(inspection),
    new AttentionHighlight(attentionInspection),
    new LossHighlight(lossInspection),
    attributionHighlight,
  ]);
  const link = new TextLink();
  const painter = new Painter(highlights);
  const viewParts = { asking, extensionUri, link, models, interventions, backend };
  const neurons = makeNeuronsView(inspection, viewParts);
  const attention = makeAttentionView(attentionInspection, viewParts);
  const lens = makeLensView(viewParts, {
    attribute: (choice) => void session.attempt(() => attributeFromLens(session, choice)),
  });
  const losses = makeLossesView(lossInspection, {
    ...viewParts,
    openModel: (path) => session.openModel(path),
  });
  const attribution = makeAttributionView(attributionInspection, viewParts, {
    choose: (choice) => void attributeOther(session, choice),
    selectNeuron: (id) => void session.attempt(() => selectNeuron(session, id)),
    selectHead: (head) => void session.attempt(() => selectHead(session, head)),
  });
  const parseTree = makeParseTreeView(treeInspection, viewParts);
  const treeParts = { highlights, highlight: treeHighlight, inspection: treeInspection };
  const trees = registerParseTree(treeParts, parseTree);
  const textViews: TextView[] = [neurons, attention, lens, losses, attribution, parseTree];
  const patchInspection = new PatchInspection(backend);
  const patch = {
    inspection: patchInspection,
    panel: new PatchPanel({ extensionUri, inspection: patchInspection, models, backend }),
  };
  const grammarQuestion = new ModelQuestion(backend, 'subtext/grammarAttention');
  const grammarAttention = {
    inspection: grammarQuestion,
    panel: new GrammarAttentionPanel({ extensionUri, inspection: grammarQuestion, models, backend }),
  };
  const probeChart = new ProbeChart(backend);
  const probes = {
    chart: probeChart,
    panel: new ProbesPanel({
      extensionUri,
      chart: probeChart,
      openToken: (probe, token, column) => void openProbeToken(session, probe, token, column),
      addFolders: () => void addProbes(session),
      steer: (probe) => void steerAlongProbe(session, probe),
    }),
  };
  const runs = new Runs();
  const runPanel = new RunPanel({
    extensionUri,
    runs,
    control: (run, request) =>
      void (request === 'resume' ? resumeRun(session, run) : controlRun(session, request, run)),
    openCheckpoint: (path) => void session.openModel(path),
    openRecipe: (run) => void openRunRecipe(session, run),
  });
  const recipes = new RecipeChecks(backend, trainingRecipes);
  const probeChecks = new RecipeChecks(backend, probeRecipes);
  const session: Session = new Session({
    backend,
    models,
    interventions,
    continuations,
    comparedTexts,
    sampleModels: vscode.Uri.joinPath(extensionUri, 'media', 'models'),
    neurons,
    attention,
    lens,
    losses,
    attribution,
    parseTree,
    patch,
    grammarAttention,
    probes,
    textViews,
    highlights,
    runs,
    runPanel,
    recipes,
    log,
  });
  running = backend;

  subscriptions.push(
    log,
    inspection,
    highlights,
    attributionHighlight,
    painter,
    new PinMark(highlights),
    link,
    neurons.panel,
    lens.inspection,
    lens.panel,
    lossInspection,
    losses.panel,
    attribution.inspection,
    attribution.panel,
    patch.inspection,
    patch.panel,
    grammarAttention.inspection,
    grammarAttention.panel,
    probes.chart,
    probes.panel,
    runs,
    runPanel,
    recipes,
  );
  subscriptions.push(followDocuments(textViews.map((view) => view.inspection)));
  subscriptions.push(attentionInspection, attention.panel, followCursor(attentionInspection));
  subscriptions.push(treeInspection, parseTree.panel, trees);
  subscriptions.push(registerValueHover(highlights));
  subscriptions.push(registerLockLens(highlights));
  subscriptions.push(registerCommands(session));
  subscriptions.push(registerModelsTree(models, session.parts.sampleModels));
  subscriptions.push(interventions, continuations, comparedTexts, registerInterventionsLens());
  subscriptions.push(registerInterventionsTree(models, interventions, (step) => session.attempt(step)));
  subscriptions.push(followWorkspaceFolders(runs));
  subscriptions.push(registerRunsTree(runs));
  subscriptions.push(announceRunEnds(session));
  subscriptions.push(registerRecipeLens(recipes));
  subscriptions.push(probeChecks, registerProbeRecipeLens(probeChecks));
  subscriptions.push(followGrammars(backend));
  subscriptions.push(registerStatusBar(session.parts));
  subscriptions.push(followContextKeys(session.parts));
  subscriptions.push(...connect(session));
  subscriptions.push(...restorePanels(session));
  return {
    activationMilliseconds: loadMilliseconds + loadTime() - activateStart,
    inspection,
    attention: attentionInspection,
    lens: lens.inspection,
    losses: lossInspection,
    parseTree: treeInspection,
    models,
    backend,
    interventions,
    panel: neurons.panel,
    patch: patch.inspection,
    probes: probes.chart,
    runs,
    runPanel,
    painted: (document) => painter.paintingOf(document),
    bands: (document) => trees.painter.drawnOn(document),
  };
}

/** Lets the backend end by itself before VS Code ends this process. */
export async function deactivate(): Promise<void> {
  await running?.stop();
}
