// The thread of the engine: answers one call after the other on a workbench, so that the thread of the language
// server stays free to answer.
import { parentPort, workerData } from 'node:worker_threads';
import { collectGarbage } from '../collectGarbage';
import { SharedCancellation, throwIfCancelled } from '../cancellation';
import { describeError, SubtextError } from '../errors';
import { Workbench } from '../workbench';
import type { CallMessage, CallName, Calls, ThreadMessage, ThreadOptions, ThreadState } from './messages';

type Answer<Name extends CallName> = (
  parameters: Calls[Name]['parameters'],
  cancellation: SharedCancellation,
  progress: (share: number) => void,
  piece: (text: string) => void,
) => Promise<Calls[Name]['result']> | Calls[Name]['result'];

const port = parentPort!;
const workbench = new Workbench(workerData as ThreadOptions);

const calls: { [Name in CallName]: Answer<Name> } = {
  openModel: ({ path }, cancellation) => workbench.openModel(path, cancellation),
  closeModel: ({ model }) => {
    workbench.closeModel(model);
    return null;
  },
  listEngines: () => workbench.listEngines(),
  selectEngine: async ({ engine, precision }) => {
    await workbench.selectEngine(engine, precision);
    return null;
  },
  precisionError: ({ model, text }) => workbench.precisionError(model, text),
  measureEngine: () => workbench.measureEngine(),
  neuronWrites: ({ model, id, count }) => workbench.neuronWrites(model, id, count),
  setInterventions: ({ model, interventions }) => workbench.setInterventions(model, interventions),
  continueText: ({ document, model, options }, cancellation, _, piece) =>
    workbench.continueText(document, model, options, cancellation, piece),
  compareContinuations: ({ document, model, options }, cancellation, progress) =>
    workbench.compareContinuations(document, model, options, cancellation, progress),
  patchMap: (question, cancellation, progress) => workbench.patchMap(question, cancellation, progress),
  grammarAttention: (question, cancellation, progress) =>
    workbench.grammarAttention(question, cancellation, progress),
  alignTexts: ({ model, source, target }) => workbench.alignTexts(model, source, target),
  listProbes: ({ model, folders }) => workbench.listProbes(model, folders),
  probedModel: ({ file }) => workbench.probedModel(file),
  release: async ({ view, uri, model }) => {
    workbench.release(view, uri, model);
    await collectGarbage();
    return null;
  },
  readParseTrees: ({ model, ...question }, cancellation, progress) =>
    workbench.readParseTrees(model, question, cancellation, progress),
  ask: ({ question, document, model, parameters }, cancellation, progress) =>
    workbench.ask(question, document, model, parameters, cancellation, progress),
};

port.on('message', (message: CallMessage) => void answer(message));

async function answer({ id, name, parameters, cancellation }: CallMessage): Promise<void> {
  const shared = new SharedCancellation(cancellation);
  try {
    throwIfCancelled(shared);
    const call = calls[name] as Answer<CallName>;
    const result = await call(
      parameters,
      shared,
      (share) => send({ type: 'progress', id, share }),
      (text) => send({ type: 'piece', id, text }),
    );
    send({ type: 'done', id, result, state: await state() });
  } catch (error) {
    const known = error instanceof SubtextError;
    send({
      type: 'failed',
      id,
      reason: known ? error.reason : 'internal',
      message: known ? error.message : ((error as Error).stack ?? describeError(error)),
      remedy: known ? error.remedy : 'This is a fault of Subtext: please report it with the log.',
      state: await state(),
    });
  }
}

async function state(): Promise<ThreadState> {
  const used = await workbench.engineInUse();
  const { openModels: models, currentModel: current } = workbench;
  const { engine, adapter, card, precision, note: engineNote } = used ?? {};
  return { models, current, engine, adapter, card, precision, engineNote };
}

function send(message: ThreadMessage): void {
  port.postMessage(message);
}
