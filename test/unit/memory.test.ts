// Memory: what a run takes, what there is, and that what does not fit is refused before it starts.
import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { describe, it } from 'node:test';
import * as onnxruntime from 'onnxruntime-node';
import { availableMemory, totalMemory, type MemorySources } from '../../src/backend/engine/availableMemory';
import { Plan } from '../../src/backend/engine/executor';
import { Footprint } from '../../src/backend/engine/footprint';
import { Graph } from '../../src/backend/engine/graph/graph';
import { Lifetimes } from '../../src/backend/engine/lifetimes';
import { OnnxExecutor } from '../../src/backend/engine/onnx/executor';
import { add, matmul, multiply, reshape, sumAll } from '../../src/backend/engine/operations';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { TrainingStep } from '../../src/backend/train/trainingStep';
import { tryEngine } from '../support/engines';
import { configurationWith, randomCheckpoint, randomWeightTensors } from '../support/randomModel';
import { fails } from './checkpointFiles';

const GIGABYTE = 2 ** 30;

describe('the memory of a run', () => {
  it('is that of the values that live at once, from their making to their last use', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n']);
    const a = add(x, x);
    const b = multiply(a, a); // a and b live
    const c = reshape(add(b, b), ['n', 1]); // b and c live, a no more; the reshape has no memory of its own
    const y = sumAll(multiply(c, c));
    const { values } = new Lifetimes(new Plan(graph, new Map([['y', y]]))).memory(new Map([['n', 100]]));
    assert.equal(values, 2 * 100 * 4);
  });

  it('has outputs to its end, and once more where JavaScript sees them', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n']);
    const a = add(x, x);
    const b = multiply(a, a);
    const outputs = new Map([
      ['a', a],
      ['c', add(b, b)],
    ]);
    const found = new Lifetimes(new Plan(graph, outputs)).memory(new Map([['n', 100]]));
    assert.deepEqual(found, { values: 3 * 100 * 4, outputs: 2 * 100 * 4 });
  });

  it('leaves out new weights, which have places of their own, and is the sum of all where nothing is freed', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', []);
    const steps = multiply(add(x, x), x);
    const updated = add(graph.weight('w', [50]), steps);
    const plan = new Plan(graph, new Map([['y', steps]]), new Map([['w', updated]]));
    assert.equal(new Lifetimes(plan).memory(new Map()).values, 2 * 4);
    const chain = new Plan(graph, new Map([['y', add(add(steps, steps), x)]]));
    assert.equal(new Lifetimes(chain, false).memory(new Map()).values, 4 * 4);
  });
});

describe('the memory that can be had', () => {
  const files: Record<string, string> = {
    '/proc/meminfo': 'MemTotal: 999 kB\nMemFree: 1 kB\nMemAvailable:   3000 kB\n',
  };
  const sources = (
    changes: Partial<MemorySources> = {},
    more: Record<string, string> = {},
  ): MemorySources => ({
    platform: 'linux',
    free: () => 5,
    total: () => 900,
    used: () => 200,
    file: (path) => ({ ...files, ...more })[path],
    ...changes,
  });

  it('is on Linux what is free or can be reclaimed', () => {
    assert.equal(availableMemory(sources()), 3000 * 1024);
  });

  it('is in a container at most what its control group leaves, of either version', () => {
    const group = (limit: string): Record<string, string> => ({
      '/sys/fs/cgroup/memory.max': limit,
      '/sys/fs/cgroup/memory.current': '600\n',
      '/sys/fs/cgroup/memory.stat': 'anon 500\ninactive_file 50\n',
    });
    assert.equal(availableMemory(sources({}, group('1000\n'))), 450);
    assert.equal(availableMemory(sources({}, group('max\n'))), 3000 * 1024);
    const first = {
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '1000',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '900',
      '/sys/fs/cgroup/memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 7\n',
    };
    assert.equal(availableMemory(sources({}, first)), 101);
  });

  it('is elsewhere what the system calls free, but on macOS, which calls little so, all but our own', () => {
    assert.equal(availableMemory(sources({ platform: 'win32' })), 5);
    assert.equal(availableMemory(sources({ platform: 'darwin' })), 700);
  });

  it('is at most what the machine has, or what a limit leaves of it', () => {
    assert.equal(totalMemory(0), totalmem());
    assert.equal(totalMemory(2 ** 64), totalmem());
    assert.equal(totalMemory(1000), 1000);
    assert.ok(totalMemory() > 0);
  });

  it('is told of this machine', () => {
    assert.ok(availableMemory() > 0);
  });
});

describe('a graph that needs more memory than there is', () => {
  /** Scores of all pairs: n² numbers, 4 GB for 32768. */
  const pairs = () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 'pos', 1]);
    return new Plan(graph, new Map([['y', sumAll(matmul(x, x, { transposeB: true }))]]));
  };
  const sizes = (batch: number, pos: number) =>
    new Map([
      ['batch', batch],
      ['pos', pos],
    ]);

  it('is refused with its need, what is free, and what to lower', async () => {
    const footprint = new Footprint(pairs(), { available: () => 2 * GIGABYTE });
    const run = (batch: number, pos: number) =>
      Promise.resolve().then(() => footprint.admit(sizes(batch, pos)));
    await fails(
      run(4, 16384),
      'memory',
      'About 5 GB of memory are needed for batch 4, tokens 16384; 2 GB are free',
      'Lower batch to 1 (about 1.3 GB)',
    );
    await fails(run(2, 65536), 'memory', 'Lower batch to 1 and tokens to 16384 (about 1.3 GB)');
    await run(1, 16384);
  });

  it('is measured against what the engine already holds, which the next run takes again', async () => {
    let free = 2 * GIGABYTE;
    const footprint = new Footprint(pairs(), { available: () => free });
    footprint.admit(sizes(1, 16384));
    assert.ok(footprint.bytes > GIGABYTE && footprint.bytes < 1.5 * GIGABYTE);
    free = 0;
    footprint.admit(sizes(1, 16384));
    footprint.admit(sizes(4, 8192));
    await fails(
      Promise.resolve().then(() => footprint.admit(sizes(2, 16384))),
      'memory',
    );
  });

  it('needs what is held from run to run too, until that is taken', async () => {
    const footprint = new Footprint(pairs(), { own: GIGABYTE, available: () => 2 * GIGABYTE });
    const run = () => Promise.resolve().then(() => footprint.admit(sizes(1, 16384)));
    await fails(
      run(),
      'memory',
      'About 2.3 GB of memory are needed for batch 1, tokens 16384',
      'tokens to 8192',
    );
    footprint.hold();
    await run();
  });

  it('is refused before a session is made for it, where its sizes are known', async () => {
    const runtime = {
      InferenceSession: { create: () => Promise.reject(new Error('was compiled')) },
    } as unknown as typeof onnxruntime;
    const options = { threads: 1, availableMemory: () => 50e6 };
    const executor = new OnnxExecutor(runtime, 'none', options);
    const configuration = configurationWith({ n_ctx: 512 });
    const weights = randomWeightTensors(configuration, 1);
    const training = TrainingStep.compile(executor, configuration, weights, {
      optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 },
      clipNorm: 1,
      sizes: { batch: 64, pos: 512 },
    });
    await fails(training, 'memory', 'for batch 64, tokens 512', 'Lower batch to ');
  });

  it('is refused when a long text comes, and a short one still runs', async (context) => {
    if (typeof (await tryEngine('cpu')) === 'string') {
      context.skip();
      return;
    }
    const options = { threads: 1, availableMemory: () => 20e6 };
    const executor = new OnnxExecutor(onnxruntime, 'little memory', options);
    const model = new LanguageModel(randomCheckpoint(configurationWith({ n_ctx: 2048 })), executor);
    const ids = Array.from({ length: 2048 }, (_, index) => index % 17);
    await fails(
      model.runWithCache([ids], ['logits']),
      'memory',
      'for batch 1, tokens 2048',
      'Lower tokens to ',
    );
    const { shape } = (await model.runWithCache([ids.slice(0, 9)], ['logits'])).get('logits')!;
    assert.deepEqual([...shape], [1, 9, 17]);
    model.dispose();
  });
});
