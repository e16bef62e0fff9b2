// The process of a guarded engine: the executor itself, and nothing that would be missed if it dies.
import { describeError, SubtextError } from '../../errors';
import { allFinite, type Executable, type Executor, type HeldTensor, type NamedTensors } from '../executor';
import { startHere } from '../here';
import type { TensorData } from '../graph/graph';
import { graphFrom } from './graphData';
import type { Answer, GuardedCall, GuardedCalls, HeldData, Request } from './messages';

let executor: Executor;
const weights = new Map<number, NamedTensors>();
const executables = new Map<number, { executable: Executable; onlyFinite: boolean }>();
/** Whose last run failed, or left the new weights. */
const notTaken = new Set<number>();
const held = new Map<number, HeldTensor>();
let heldCount = 0;

const calls: {
  [Name in GuardedCall]: (
    parameters: GuardedCalls[Name]['parameters'],
  ) => Promise<GuardedCalls[Name]['result']> | GuardedCalls[Name]['result'];
} = {
  start: async (options) => {
    executor = await startHere(options.engine, options);
    return { detail: executor.detail, threads: executor.threads, features: executor.features ?? [] };
  },
  compile: async ({ executable: number, weights: map, graph: data, ...options }) => {
    const { graph, outputs, updates } = graphFrom(data);
    const executable = await executor.compile(graph, outputs, weightsOf(map), { ...options, updates });
    executables.set(number, { executable, onlyFinite: options.onlyFinite });
    return { bytes: executable.bytes };
  },
  run: async ({ executable: number, inputs, ahead }) => {
    if (ahead && notTaken.has(number))
      throw new SubtextError('engine-failed', 'The run before this one was not taken', 'Ask again.');
    const { executable, onlyFinite } = executables.get(number)!;
    notTaken.add(number);
    const run = await executable.runHolding(
      new Map([...inputs].map(([name, value]) => [name, 'held' in value ? held.get(value.held)! : value])),
    );
    if (!onlyFinite || allFinite(run.outputs)) notTaken.delete(number);
    const kept = new Map(
      [...run.held].map(([name, tensor]): [string, HeldData] => {
        held.set(heldCount, tensor);
        return [name, { held: heldCount++, type: tensor.type, shape: [...tensor.shape] }];
      }),
    );
    return { outputs: run.outputs, held: kept, bytes: executable.bytes };
  },
  readHeld: ({ held: number }) => held.get(number)!.read(),
  dropHeld: ({ held: number }) => {
    held.get(number)?.release();
    held.delete(number);
    return null;
  },
  setWeights: ({ weights: number, values }) => {
    const map = weightsOf(number);
    executor.release(new Map([...map].filter(([name]) => values.has(name))));
    for (const each of values) map.set(...each);
    return null;
  },
  fetchWeights: async ({ weights: number }) => {
    const map = weightsOf(number);
    return new Map((await executor.fetchWeights(map)).map((name) => [name, map.get(name)!]));
  },
  dropWeights: ({ weights: number }) => {
    executor.release(weightsOf(number));
    weights.delete(number);
    return null;
  },
  dropExecutable: ({ executable: number }) => {
    executables.get(number)?.executable.dispose();
    executables.delete(number);
    notTaken.delete(number);
    return null;
  },
};

function weightsOf(number: number): NamedTensors {
  let map = weights.get(number);
  if (!map) weights.set(number, (map = new Map<string, TensorData>()));
  return map;
}

/** One after the other, in the order in which they came. */
let before = Promise.resolve();
process.on('message', (request: Request) => {
  before = before.then(() => answer(request));
});
process.on('disconnect', () => process.exit());

async function answer({ id, name, parameters }: Request): Promise<void> {
  try {
    const call = calls[name] as (given: unknown) => unknown;
    send({ id, result: await call(parameters) });
  } catch (error) {
    const known = error instanceof SubtextError;
    send({
      id,
      error: {
        reason: known ? error.reason : 'engine-failed',
        message: known ? error.message : describeError(error),
        remedy: known ? error.remedy : 'Use another engine (setting `subtext.engine`).',
      },
    });
  }
}

function send(message: Answer): void {
  process.send!(message);
}
