// A backend that the tests of the extension host hold in their hands.
import type { Params, RequestName, Result } from '../../src/protocol/requests';
import type {
  Health,
  ModelSummary,
  NeuronActivations,
  NeuronId,
  NeuronTable,
  TextSource,
} from '../../src/protocol/types';
import type { Requester } from '../../src/host/backend/requester';

/** A request that waits for the test to answer it. */
export interface Waiting {
  name: RequestName;
  params: unknown;
  signal: AbortSignal | undefined;
  answer(result: unknown): void;
  fail(error: Error): void;
}

/** Keeps every request until the test answers it, or answers at once where `automatic` knows how. */
export class FakeRequester implements Requester {
  readonly asked: Waiting[] = [];
  automatic: (name: RequestName, params: unknown) => unknown = () => undefined;

  request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Name>> {
    return new Promise((resolve, reject) => {
      // Whether an answer fits its request is the test's business.
      const answer = resolve as (result: unknown) => void;
      this.asked.push({ name, params, signal, answer, fail: reject });
      const known = this.automatic(name, params);
      if (known instanceof Error) reject(known);
      else if (known !== undefined) answer(known);
    });
  }

  /** Requests of this name, in the order in which they came. */
  named(name: RequestName): Waiting[] {
    return this.asked.filter((waiting) => waiting.name === name);
  }
}

/** One life of a fake backend process. */
export class FakeLife extends FakeRequester {
  readonly processId = 1;
  stopped = false;
  private end: (how: string) => void = () => undefined;
  readonly ended = new Promise<string>((resolve) => (this.end = resolve));

  die(how = 'signal SIGKILL'): void {
    this.end(how);
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.die('exit code 0');
    return Promise.resolve();
  }
}

export function modelSummary(id: string): ModelSummary {
  return {
    id,
    name: id.slice(1),
    architecture: 'Llama',
    parameters: 260_032,
    layers: 2,
    heads: 8,
    neuronsPerLayer: 4,
    context: 512,
    engine: 'cpu',
    notes: [],
  };
}

export function healthWith(...models: ModelSummary[]): Health {
  return { state: 'idle', engine: 'cpu', models };
}

/** Where an answer comes from: a version of a document. */
export function sourceOf(version: number, uri = 'file:///story.txt'): TextSource {
  const windows = { count: 1, length: 3, overlap: 0 };
  return { uri, version, model: '/a', modelName: 'a', engine: 'cpu', windows, interventions: 0 };
}

/** A table of two layers of four neurons on three tokens. */
export function tableOf(version: number): NeuronTable {
  const rows = 8;
  return {
    source: sourceOf(version),
    tokens: {
      ids: Int32Array.of(1, 2, 3),
      pieces: ['a', 'b', 'c'],
      starts: Int32Array.of(0, 1, 2),
      ends: Int32Array.of(1, 2, 3),
    },
    layers: 2,
    neuronsPerLayer: 4,
    scope: { start: 0, end: 3 },
    selected: false,
    maximum: new Float32Array(rows).fill(1),
    strongest: new Int32Array(rows * 3),
    on: new Float32Array(rows),
    selectivity: new Float32Array(rows),
    profile: new Uint8Array(rows * 16),
    milliseconds: 1,
  };
}

export function activationsOf(version: number, id: NeuronId): NeuronActivations {
  return {
    source: sourceOf(version),
    id,
    starts: Int32Array.of(0, 1, 2),
    ends: Int32Array.of(1, 2, 3),
    values: Float32Array.of(0, 1, 2),
  };
}

/** Lets everything that is settled take its course. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
