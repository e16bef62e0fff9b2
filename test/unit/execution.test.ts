// How graphs are executed: every node on the provider that was asked for, and the same numbers every time.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as onnxruntime from 'onnxruntime-node';
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { Graph } from '../../src/backend/engine/graph/graph';
import { OnnxExecutor } from '../../src/backend/engine/onnx/executor';
import { matmul } from '../../src/backend/engine/operations';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { KeyValueCache } from '../../src/backend/model/generate';
import { TrainingStep, type Batch } from '../../src/backend/train/trainingStep';
import { tryEngine } from '../support/engines';
import { floatTensor } from '../support/numbers';
import { configurationWith, randomCheckpoint, randomIds, randomWeightTensors } from '../support/randomModel';

type Session = onnxruntime.InferenceSession;
type Options = onnxruntime.InferenceSession.SessionOptions;

const configuration = configurationWith({ n_ctx: 64, d_vocab: 300, d_model: 48, d_mlp: 192 });
const SIZES = { batch: 4, pos: 64 };

describe('node placement', () => {
  for (const [what, run] of Object.entries({ forward, cached, training })) {
    it(`of a ${what} graph is on the CPU provider, every node`, async (context) => {
      if (typeof (await tryEngine('cpu')) === 'string') {
        context.skip();
        return;
      }
      const folder = await mkdtemp(join(tmpdir(), 'subtext-placement-'));
      try {
        const sessions: Session[] = [];
        const executor = new OnnxExecutor(profiled(folder, sessions), 'profiled', { threads: 1 });
        await run(executor);
        for (const session of sessions) session.endProfiling();
        const nodes = await profiledNodes(folder);
        assert.ok(
          nodes.some(({ name }) => name.includes('blocks.1.attn/')),
          'nodes carry their places',
        );
        const elsewhere = nodes.filter(({ provider }) => provider !== 'CPUExecutionProvider');
        assert.deepEqual(elsewhere, []);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});

it('three training steps on the same number of threads give the same bits, in whichever executor', async (context) => {
  if (typeof (await tryEngine('cpu')) === 'string') {
    context.skip();
    return;
  }
  const train = async (exclusive: boolean) => {
    const { executor } = await startEngine('cpu', { threads: 2, exclusive });
    const weights = await training(executor, 3);
    executor.dispose();
    return weights;
  };
  const [first, second, awake] = [await train(false), await train(false), await train(true)];
  for (const [name, { data }] of first) {
    assert.deepEqual(bits(second.get(name)!.data), bits(data), name);
    assert.deepEqual(bits(awake.get(name)!.data), bits(data), name);
  }
});

it('sessions take the number of threads, and their threads stay awake only in a process of their own', async () => {
  const seen: Options[] = [];
  const runtime = {
    InferenceSession: {
      create: (_model: Uint8Array, options: Options) => {
        seen.push(options);
        return Promise.reject(new Error('enough'));
      },
    },
  } as unknown as typeof onnxruntime;
  for (const exclusive of [false, true]) {
    const executor = new OnnxExecutor(runtime, 'none', { threads: 3, exclusive });
    await assert.rejects(forward(executor), /enough/);
  }
  const spinning = seen.map(({ extra }) => extra?.session as { force_spinning_stop: string });
  assert.deepEqual(
    spinning.map((session) => session.force_spinning_stop),
    ['1', '0'],
  );
  assert.deepEqual(
    seen.map(({ intraOpNumThreads }) => intraOpNumThreads),
    [3, 3],
  );
});

it('a run of little work takes one thread, whatever was run before; more work takes all', async (context) => {
  if (typeof (await tryEngine('cpu')) === 'string') {
    context.skip();
    return;
  }
  const [created, ran]: [number[], number[]] = [[], []];
  const create = async (model: Uint8Array, options: Options) => {
    const threads = options.intraOpNumThreads!;
    created.push(threads);
    const session = await onnxruntime.InferenceSession.create(model, options);
    const run: Session['run'] = (feeds: never, fetches: never) => {
      ran.push(threads);
      return session.run(feeds, fetches);
    };
    return { run, release: () => session.release() };
  };
  const runtime = { ...onnxruntime, InferenceSession: { create } } as unknown as typeof onnxruntime;
  const executor = new OnnxExecutor(runtime, 'counted', { threads: 3 });
  const graph = new Graph();
  const square = graph.weight('square', [100, 100]);
  const product = matmul(graph.input('rows', 'float32', ['row', 100]), square); // 20,000 operations a row
  const weights = new Map([['square', floatTensor([100, 100], new Float32Array(10_000))]]);
  const outputs = new Map([['product', product]]);
  const given = (rows: number) => new Map([['rows', floatTensor([rows, 100], new Float32Array(rows * 100))]]);

  const executable = await executor.compile(graph, outputs, weights);
  for (const rows of [1000, 1001, 7, 1001]) await executable.run(given(rows));
  assert.deepEqual(ran, [1, 3, 1, 3]);
  assert.deepEqual(created, [3, 1], 'each is made once, and compiling makes the one that was asked for');

  created.length = 0;
  const small = await executor.compile(graph, outputs, weights, { sizes: { row: 7 } });
  await small.run(given(7));
  assert.deepEqual(created, [1], 'where sizes are known, only the one that is needed');
  executable.dispose();
  small.dispose();
});

async function forward(executor: Executor): Promise<void> {
  const model = new LanguageModel(randomCheckpoint(configuration), executor);
  await model.runWithCache([randomIds(30, 300)], ['logits', 'blocks.1.attn.hook_pattern']);
}

async function cached(executor: Executor): Promise<void> {
  const cache = new KeyValueCache(new LanguageModel(randomCheckpoint(configuration), executor));
  await cache.extend(randomIds(5, 300));
  await cache.extend([7]);
}

async function training(executor: Executor, steps = 1): Promise<NamedTensors> {
  const weights = randomWeightTensors(configuration, 1);
  const step = await TrainingStep.compile(executor, configuration, weights, {
    optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
    clipNorm: 1,
    sizes: SIZES,
  });
  const tokens = Int32Array.from(randomIds(SIZES.batch * SIZES.pos, 300));
  const batch: Batch = { ...SIZES, tokens, labels: tokens };
  for (let number = 1; number <= steps; number++) await step.run(batch, number, 0.01);
  step.dispose();
  return weights;
}

/** ONNX Runtime as it is, but that every session writes what it ran, and where. */
function profiled(folder: string, sessions: Session[]): typeof onnxruntime {
  const create = async (model: Uint8Array, options: Options) => {
    const profileFilePrefix = join(folder, `session${sessions.length}`);
    const profiling = { enableProfiling: true, profileFilePrefix };
    const session = await onnxruntime.InferenceSession.create(model, { ...options, ...profiling });
    sessions.push(session);
    return { run: session.run.bind(session), release: () => Promise.resolve() };
  };
  return { ...onnxruntime, InferenceSession: { create } } as unknown as typeof onnxruntime;
}

async function profiledNodes(folder: string): Promise<{ name: string; provider: string }[]> {
  const files = await readdir(folder);
  const events = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[]),
  );
  return events
    .flat()
    .filter(({ name, cat }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .map(({ name, args }) => ({ name, provider: args.provider ?? 'none' }));
}

interface ProfileEvent {
  cat: string;
  name: string;
  args: { provider?: string };
}

function bits(data: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number }): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
