// The backend process: a language server that follows open documents and passes questions to the engine's thread.
import {
  createConnection,
  LSPErrorCodes,
  ProposedFeatures,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type CancellationToken,
  type Hover,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { packArrays } from '../protocol/arrays';
import {
  SUBTEXT_FAILURE,
  type BackendOptions,
  type FailureData,
  type Notifications,
  type Params,
  type RequestName,
  type Result,
} from '../protocol/requests';
import type { Health } from '../protocol/types';
import { throwIfCancelled } from './cancellation';
import { describeError, SubtextError } from './errors';
import { EngineThread, type ThreadActivity } from './server/engineThread';
import { HOVER_TOP, hoverText } from './server/hover';
import { Training } from './server/training';
import type { DocumentText } from './workbench';

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
let thread: EngineThread;
let training: Training;
let wantedEngine: BackendOptions['engine'];

connection.onInitialize(({ initializationOptions }) => {
  const { engine, threads } = initializationOptions as BackendOptions;
  wantedEngine = engine;
  thread = new EngineThread({ engine, threads }, sendHealth, endAfterDeath);
  training = new Training({
    engine: () => thread.call('measureEngine', null, 'Measuring the engine'),
    options: () => ({ engine: wantedEngine, threads }),
  });
  return {
    capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental, hoverProvider: true },
    serverInfo: { name: 'subtext' },
  };
});
connection.onShutdown(() => thread.stop());

answer('subtext/openModel', ({ path }, onCancel) =>
  thread.call('openModel', { path }, `Opening ${path}`, onCancel),
);
answer('subtext/closeModel', ({ model }) => thread.call('closeModel', { model }, 'Closing a model'));
answer('subtext/listEngines', () => thread.call('listEngines', null, 'Looking for engines'));
answer('subtext/selectEngine', async ({ engine }) => {
  await thread.call('selectEngine', { engine }, `Starting the ${engine} engine`);
  wantedEngine = engine;
  return health({});
});
answer('subtext/rankNeurons', ({ uri, model, selection }, onCancel) => {
  const document = documentText(uri);
  return thread.call('rankNeurons', { document, model, selection }, `Reading ${nameOf(uri)}`, onCancel);
});
answer('subtext/neuronActivations', ({ uri, model, id }, onCancel) => {
  const document = documentText(uri);
  return thread.call('neuronActivations', { document, model, id }, `Reading ${nameOf(uri)}`, onCancel);
});
answer('subtext/neuronWrites', ({ model, id, count }, onCancel) =>
  thread.call('neuronWrites', { model, id, count }, 'Reading what a neuron writes', onCancel),
);
answer('subtext/trainingChoices', (question) => training.choices(question));
answer('subtext/composeRecipe', (question) => training.compose(question));
answer('subtext/estimateRun', (question) => training.estimate(question));
answer('subtext/startRun', (question, onCancel) => {
  const cancellation = { cancelled: false };
  onCancel(() => (cancellation.cancelled = true));
  throwIfCancelled(cancellation);
  return Promise.resolve(training.start(question));
});

connection.onHover(async ({ textDocument, position }, token): Promise<Hover | null> => {
  const document = documents.get(textDocument.uri);
  const model = thread.state.models.find(({ id }) => id === thread.state.current);
  if (!document || !model) return null;
  const question = {
    document: documentText(textDocument.uri),
    model: model.id,
    offset: document.offsetAt(position),
    top: HOVER_TOP,
  };
  try {
    const onCancel = cancelWith(token);
    const found = await thread.call(
      'predictionsAt',
      question,
      `Reading ${nameOf(textDocument.uri)}`,
      onCancel,
    );
    // The text may have changed meanwhile: then these places are no longer its own.
    if (found.length === 0 || document.version !== question.document.version) return null;
    const [{ start, end }] = found.map((each) => each.token);
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    return { contents: hoverText(found, model.name), range };
  } catch (error) {
    // A hover that cannot be answered (empty, binary, huge) stays away; the log says why.
    connection.console.info(`No hover: ${describeError(error)}`);
    return null;
  }
});

documents.listen(connection);
connection.listen();

/** Registers the answer to a custom request: arrays packed, failures with reason and remedy. */
function answer<Name extends RequestName>(
  name: Name,
  handle: (params: Params<Name>, onCancel: (cancel: () => void) => void) => Promise<Result<Name>>,
): void {
  connection.onRequest(name, async (params: Params<Name>, token: CancellationToken) => {
    try {
      return packArrays(await handle(params, cancelWith(token)));
    } catch (error) {
      return failure(error);
    }
  });
}

/** Tells a call when its asker gives up; at once if that has happened already, since such a token fires no event. */
function cancelWith(token: CancellationToken): (cancel: () => void) => void {
  return (cancel) => {
    if (token.isCancellationRequested) cancel();
    else token.onCancellationRequested(cancel);
  };
}

function failure(error: unknown): ResponseError<FailureData> {
  if (!(error instanceof SubtextError)) throw error;
  if (error.reason === 'cancelled') return new ResponseError(LSPErrorCodes.RequestCancelled, error.message);
  connection.console.error(error.line);
  const { reason, remedy } = error;
  return new ResponseError(SUBTEXT_FAILURE, error.message, { reason, remedy });
}

/** @throws SubtextError `no-document` */
function documentText(uri: string): DocumentText {
  const document = documents.get(uri);
  if (document) return { uri, version: document.version, text: document.getText() };
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

function sendHealth(activity: ThreadActivity): void {
  const snapshot: Notifications['subtext/health'] = health(activity);
  void connection.sendNotification('subtext/health', snapshot);
}
