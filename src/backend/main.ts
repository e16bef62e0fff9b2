// The backend process: a language server that follows open documents and passes questions to the engine's thread.
import {
  createConnection,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
  type CancellationToken,
  type ClientCapabilities,
  type Hover,
  type HoverParams,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { DOCUMENT_REQUESTS, type BackendOptions, type Notifications } from '../protocol/requests';
import { CFG_TEXT_LANGUAGE } from '../protocol/grammars';
import type { Health, ModelSummary } from '../protocol/types';
import type { QuestionName, Questions } from './answers/answers';
import { throwIfCancelled } from './cancellation';
import { withoutComments } from './data/cfg/cfgText';
import { namedGrammars, samplesFile } from './data/cfg/samplesFile';
import { describeError, SubtextError } from './errors';
import type { DocumentText } from './inspection';
import { parseInterventions } from './interpret/interventions/schema';
import { probeChoices } from './interpret/probes/choices';
import { openProbeFolder } from './interpret/probes/openFolder';
import { probePositions } from './interpret/probes/positions';
import { probeSteering } from './interpret/probes/steering';
import { probeConfusion, probeTokens } from './interpret/probes/testTokens';
import { parseTreeReadings } from './language/parseTrees';
import { GrammarLanguages } from './language/register';
import type { HoverModel } from './language/textHover';
import { answering, cancelWith } from './server/answering';
import { CudaInstallation } from './server/cudaInstallation';
import { EngineThread, type ThreadActivity } from './server/engineThread';
import type { Calls } from './server/messages';
import { HOVER_TOP, hoverText } from './server/hover';
import { ProbeTraining } from './server/probeTraining';
import { Training } from './server/training';

const connection = createConnection(ProposedFeatures.all);
const answer = answering(connection);
const documents = new TextDocuments(TextDocument);
let thread: EngineThread;
let training: Training;
let probeTraining: ProbeTraining;
const cudaInstallation = new CudaInstallation(tellProgress);
/** What the host wants to be computed on. */
let wanted: Required<BackendOptions>;

const languages = new GrammarLanguages(connection, documents);
let clientCapabilities: ClientCapabilities;

connection.onInitialize(({ initializationOptions, capabilities }) => {
  clientCapabilities = capabilities;
  const { engine, threads, precision = 'float32' } = initializationOptions as BackendOptions;
  wanted = { engine, threads, precision };
  thread = new EngineThread(wanted, sendHealth, endAfterDeath);
  training = new Training({
    engine: () => thread.call('measureEngine', null, 'Measuring the engine'),
    options: () => wanted,
  });
  probeTraining = new ProbeTraining(() => wanted, tellProgress);
  return {
    capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental, hoverProvider: true },
    serverInfo: { name: 'subtext' },
  };
});
connection.onInitialized(() => {
  languages
    .register(clientCapabilities)
    .catch((error: unknown) => connection.console.error(`No languages: ${describeError(error)}`));
});
connection.onShutdown(() => {
  probeTraining.stop();
  return thread.stop();
});

answer('subtext/openModel', ({ path }, onCancel) =>
  thread.call('openModel', { path }, `Opening ${path}`, onCancel),
);
answer('subtext/closeModel', ({ model }) => thread.call('closeModel', { model }, 'Closing a model'));
answer('subtext/listEngines', () => thread.call('listEngines', null, 'Looking for engines'));
answer('subtext/offerCuda', (_, onCancel) => cudaInstallation.offer(onCancel));
answer('subtext/installCuda', (asked, onCancel) => cudaInstallation.install(asked, onCancel));
answer('subtext/removeCuda', () => cudaInstallation.remove());
answer('subtext/selectEngine', async ({ engine, precision = wanted.precision }) => {
  await thread.call('selectEngine', { engine, precision }, `Starting the ${engine} engine`);
  wanted = { ...wanted, engine, precision };
  return health({});
});
answer('subtext/precisionError', (question, onCancel) =>
  thread.call('precisionError', question, 'Comparing float16 with float32', onCancel),
);
for (const name of DOCUMENT_REQUESTS) {
  answer(name, ({ uri, model, ...parameters }, onCancel) => ask(name, uri, model, parameters, onCancel));
}
answer('subtext/neuronWrites', ({ model, id, count }, onCancel) =>
  thread.call('neuronWrites', { model, id, count }, 'Reading what a neuron writes', onCancel),
);
answer('subtext/setInterventions', (parameters, onCancel) =>
  thread.call('setInterventions', parameters, 'Setting interventions', onCancel),
);
answer('subtext/readInterventions', ({ text, name }) => Promise.resolve(parseInterventions(text, name)));
answer('subtext/continueText', ({ uri, model, stream, ...options }, onCancel) => {
  const call = { document: documentText(uri), model, options };
  const send = (text: string) => {
    const piece: Notifications['subtext/continuationPiece'] = { stream, text };
    void connection.sendNotification('subtext/continuationPiece', piece);
  };
  return thread.call('continueText', call, `Continuing ${nameOf(uri)}`, onCancel, send);
});
answer('subtext/compareContinuations', ({ uri, model, ...options }, onCancel) => {
  const call = { document: documentText(uri), model, options };
  return thread.call('compareContinuations', call, `Continuing ${nameOf(uri)} twice`, onCancel);
});
answer('subtext/patchMap', (question, onCancel) =>
  thread.call('patchMap', question, 'Patching activations', onCancel),
);
answer('subtext/grammarAttention', (question, onCancel) =>
  thread.call('grammarAttention', question, `Reading strings of ${nameOf(question.grammar)}`, onCancel),
);
answer('subtext/alignTexts', (texts) => thread.call('alignTexts', texts, 'Aligning texts'));
answer('subtext/releaseAttention', ({ uri, model }) =>
  thread.call('release', { view: 'attention', uri, model }, `Closing the attention of ${nameOf(uri)}`),
);
answer('subtext/releaseNeurons', ({ uri, model }) =>
  thread.call('release', { view: 'neurons', uri, model }, `Closing the neurons of ${nameOf(uri)}`),
);
answer('subtext/releaseLens', ({ uri, model }) =>
  thread.call('release', { view: 'lens', uri, model }, `Closing the lens of ${nameOf(uri)}`),
);
answer('subtext/listGrammars', () => Promise.resolve(namedGrammars()));
answer('subtext/sampleGrammar', ({ grammar, count, seed }) =>
  Promise.resolve({ text: samplesFile(grammar, count, seed) }),
);
answer('subtext/probeChoices', probeChoices);
answer('subtext/checkProbeRecipe', (recipe) => Promise.resolve(probeTraining.check(recipe)));
answer('subtext/trainProbes', (question, onCancel) => probeTraining.train(question, onCancel));
answer('subtext/openProbes', ({ path }) => openProbeFolder(path));
answer('subtext/listProbes', (question) =>
  thread.call('listProbes', question, 'Looking for probes of the model'),
);
answer('subtext/probeConfusion', probeConfusion);
answer('subtext/probeTokens', probeTokens);
answer('subtext/probePositions', probePositions);
answer('subtext/probeSteering', probeSteering);
answer('subtext/probeModel', (question) =>
  thread.call('probedModel', question, 'Looking for the model of a probe'),
);
answer('subtext/readParseTree', async ({ uri, model, ranges, ...wanted }, onCancel) => {
  const asked = languages.trees(uri, ranges);
  const { grammar } = asked;
  const strings = asked.strings.map(({ tokens }) => tokens);
  const call = { ...wanted, model, grammar, strings };
  const read = await thread.call('readParseTrees', call, `Reading ${nameOf(uri)}`, onCancel);
  const { engine } = thread.state.models.find(({ id }) => id === model)!;
  return parseTreeReadings({ uri, model, engine, ranges }, asked, read);
});
answer('subtext/trainingChoices', (question) => training.choices(question));
answer('subtext/composeRecipe', (question) => training.compose(question));
answer('subtext/estimateRun', (question) => training.estimate(question));
answer('subtext/startRun', (question, onCancel) => {
  const cancellation = { cancelled: false };
  onCancel(() => (cancellation.cancelled = true));
  throwIfCancelled(cancellation);
  return Promise.resolve(training.start(question));
});

connection.onHover(async (params, token): Promise<Hover | null> => {
  const { uri } = params.textDocument;
  try {
    const ours = languages.hover(params, hoverModel(uri, token));
    return ours === 'else' ? await tokenHover(params, token) : ((await ours) ?? null);
  } catch (error) {
    // A hover that cannot be answered (empty, binary, huge) stays away; the log says why.
    connection.console.info(`No hover: ${describeError(error)}`);
    return null;
  }
});

documents.listen(connection);
connection.listen();

/** What the current model expected of a token, and expects after it. */
async function tokenHover(
  { textDocument, position }: HoverParams,
  token: CancellationToken,
): Promise<Hover | null> {
  const document = documents.get(textDocument.uri);
  const model = currentModel();
  if (!document || !model) return null;
  const { version } = document;
  const place = { offset: document.offsetAt(position), top: HOVER_TOP };
  const found = await ask('predictionsAt', textDocument.uri, model.id, place, cancelWith(token));
  // The text may have changed meanwhile: then these places are no longer its own.
  if (found.length === 0 || document.version !== version) return null;
  const [{ start, end }] = found.map((each) => each.token);
  const range = { start: document.positionAt(start), end: document.positionAt(end) };
  return { contents: hoverText(found, model.name), range };
}

function currentModel(): ModelSummary | undefined {
  return thread.state.models.find(({ id }) => id === thread.state.current);
}

/** The current model, for a hover over one string of a document: it reads that string alone. */
function hoverModel(uri: string, token: CancellationToken): HoverModel | undefined {
  const summary = currentModel();
  if (!summary) return undefined;
  const { id: model } = summary;
  return {
    summary,
    predict: async (text, offset, top) => {
      const document = { uri: `${uri}#string`, version: 0, text };
      const call = { question: 'predictionsAt' as const, document, model, parameters: { offset, top } };
      const found = await thread.call('ask', call, `Reading ${nameOf(uri)}`, cancelWith(token));
      return found as Questions['predictionsAt']['answer'];
    },
  };
}

/** A question about a document, as it stands now. @throws SubtextError `no-document`; all that answers throw */
async function ask<Name extends QuestionName>(
  question: Name,
  uri: string,
  model: string,
  parameters: Questions[Name]['parameters'],
  onCancel: (cancel: () => void) => void,
): Promise<Questions[Name]['answer']> {
  const call = { question, document: documentText(uri), model, parameters } as Calls['ask']['parameters'];
  return thread.call('ask', call, `Reading ${nameOf(uri)}`, onCancel);
}

/** @throws SubtextError `no-document` */
function documentText(uri: string): DocumentText {
  const document = documents.get(uri);
  if (document) {
    const text = document.getText();
    const isCfgText = document.languageId === CFG_TEXT_LANGUAGE;
    return { uri, version: document.version, text: isCfgText ? withoutComments(text) : text };
  }
  throw new SubtextError(
    'no-document',
    `${nameOf(uri)} is not open`,
    'Open it in the editor, then ask again.',
  );
}

function nameOf(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Without the engine's thread nothing can be answered: the host starts a new process and opens the models again. */
function endAfterDeath(cause: string): void {
  connection.console.error(`The engine's thread ended: ${cause}`);
  // A moment for the failures of what was asked to be sent.
  setTimeout(() => process.exit(1), 100);
}

function health({ activity, progress }: ThreadActivity): Health {
  const state = activity === undefined ? 'idle' : 'busy';
  return { state, activity, progress, ...thread.state };
}

function tellProgress(note: Notifications['subtext/progress']): void {
  void connection.sendNotification('subtext/progress', note);
}

function sendHealth(activity: ThreadActivity): void {
  const snapshot: Notifications['subtext/health'] = health(activity);
  void connection.sendNotification('subtext/health', snapshot);
}
