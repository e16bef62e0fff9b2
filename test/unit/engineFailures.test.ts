// What is told when a graph and its values do not fit each other, or an engine lacks an operation: the operation, where in
// the model it stands, and the shapes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as onnxruntime from 'onnxruntime-node';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { EngineProcess } from '../../src/backend/engine/guarded/engineProcess';
import { GuardedExecutor } from '../../src/backend/engine/guarded/executor';
import { Graph, type Tensor, type TensorData } from '../../src/backend/engine/graph/graph';
import {
  add,
  attend,
  average,
  concatenate,
  gather,
  linearCrossEntropy,
  matmul,
  maximum,
  pad,
  repeat,
  reshape,
  rmsNorm,
  slice,
  softmax,
  split,
  sum,
  takeAlong,
} from '../../src/backend/engine/operations';
import { OnnxExecutor } from '../../src/backend/engine/onnx/executor';
import type { SubtextError } from '../../src/backend/errors';
import { buildTransformer } from '../../src/backend/model/transformer';
import { TrainingStep } from '../../src/backend/train/trainingStep';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { missing } from '../support/missingOperations';
import { floatTensor } from '../support/numbers';
import { configurationWith, randomWeightTensors } from '../support/randomModel';
import { fails } from './checkpointFiles';

const TOKENS: TensorData = { type: 'int32', shape: [2, 3], data: Int32Array.from([1, 2, 3, 4, 5, 6]) };

describe('two shapes that do not fit', () => {
  it('are told while the graph is built, with the operation and its place', () => {
    const graph = new Graph();
    const product = () => matmul(graph.input('x', 'float32', ['pos', 3]), graph.weight('w', [4, 5]));
    assert.throws(
      () => graph.within('blocks.1.mlp', product),
      (error: SubtextError) =>
        error.reason === 'graph' &&
        /matmul\(float32 \[pos, 3\], float32 \[4, 5\]\) in blocks\.1\.mlp/.test(error.message),
    );
  });

  it('are told of parts that a tensor does not have, from its beginning or its end', () => {
    const x = new Graph().input('x', 'float32', ['pos', 3]);
    for (const [axis, start, end] of [
      [1, 2, 4],
      [1, 2, 1],
      [1, -4, 0],
      [1, -2, 1],
      [0, -1, 1],
    ]) {
      assert.throws(() => slice(x, axis, start, end), new RegExp(`slice.*${start} to ${end}`), `${axis}`);
    }
    assert.deepEqual(slice(x, 0, -2, 0).shape, [2, 3]);
  });

  it('are told of another number of elements, as far as names tell it', () => {
    const x = new Graph().input('x', 'float32', ['batch', 6]);
    assert.throws(() => reshape(x, ['batch', 7]), /reshape\(float32 \[batch, 6\]\): to \[batch,7\]/);
    assert.deepEqual(reshape(x, ['batch*2', 3]).shape, ['batch*2', 3]);
    assert.deepEqual(reshape(x, [4, 6]).shape, [4, 6]);
  });

  it('are told of indices that lead to other rows', () => {
    const graph = new Graph();
    const indices = graph.input('indices', 'int32', [2, 4, 4]);
    assert.throws(() => takeAlong(graph.input('x', 'float32', [2, 3, 7]), indices), /takeAlong.*do not fit/);
  });

  it('are told of an axis that a tensor does not have, with the operation and its place', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['pos', 3]);
    const calls: Record<string, () => unknown> = {
      sum: () => sum(x, [5]),
      maximum: () => maximum(x, [-3]),
      repeat: () => repeat(x, 4, 2),
      slice: () => slice(x, 2, 0, 1),
      split: () => split(x, 2, [1, 2]),
      pad: () => pad(x, 2, 1, 1),
      concatenate: () => concatenate([x, x], 2),
    };
    for (const [name, call] of Object.entries(calls)) {
      assert.throws(
        () => graph.within('blocks.0.mlp', call),
        (error: SubtextError) =>
          error.reason === 'graph' &&
          new RegExp(`^${name}\\(.*in blocks\\.0\\.mlp: axis`).test(error.message),
        name,
      );
    }
  });

  it('are told of numbers of another type', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3, 3]);
    const whole = graph.input('whole', 'int32', [3, 3]);
    const calls: Record<string, () => unknown> = {
      matmul: () => matmul(x, whole),
      softmax: () => softmax(whole),
      average: () => average(whole),
      rmsNorm: () => rmsNorm(whole, graph.weight('gain', [3]), 1e-5),
      attend: () => attend(whole, x),
    };
    for (const [name, call] of Object.entries(calls))
      assert.throws(call, new RegExp(`^SubtextError: ${name}\\(.*int32.*expects float32`), name);
  });

  it('are told of a loss over a vocabulary, by its own name', () => {
    const graph = new Graph();
    const operands = {
      x: graph.input('x', 'float32', ['batch', 5]),
      weight: graph.weight('w', [5, 7]),
      labels: graph.input('labels', 'int32', ['batch']),
    };
    const wrong: Partial<typeof operands>[] = [
      { x: graph.input('x4', 'float32', ['batch', 4]) },
      { weight: graph.weight('turned', [7, 5]) },
      { labels: graph.input('pairs', 'int32', ['batch', 2]) },
    ];
    for (const each of wrong)
      assert.throws(
        () => graph.within('unembed', () => linearCrossEntropy({ ...operands, ...each })),
        /linearCrossEntropy\(.* in unembed: expects x/,
      );
    linearCrossEntropy(operands);
  });

  it('are told of an input with both shapes, the sizes of the run, and who takes it', async () => {
    const { executor, graph, outputs, weights } = await model();
    const executable = await executor.compile(graph, outputs, weights);
    const run = async () => executable.run(inputs);
    const inputs: NamedTensors = new Map([
      ['tokens', TOKENS],
      ['positions', { type: 'int32', shape: [4], data: new Int32Array(4) }],
    ]);
    await fails(run(), 'graph', 'input positions is [4], not [pos] (pos 3), as gather in embed takes it');
  });

  it('are told of a weight with both shapes and who takes it', async () => {
    const { executor, graph, outputs, weights } = await model();
    weights.set('blocks.1.attn.W_Q', floatTensor([2, 2], [1, 2, 3, 4]));
    const wanted = 'W_Q is [2,2], not [10,12], as matmul in blocks.1.attn takes it';
    await fails(compile(executor, graph, outputs, weights), 'graph', wanted);
    weights.delete('blocks.1.attn.W_Q');
    await fails(compile(executor, graph, outputs, weights), 'graph', /W_Q is missing: .* in blocks\.1\.attn/);
  });

  it('are told of weights that are to be trained', async () => {
    const { executor, configuration, weights } = await model();
    const train = () =>
      TrainingStep.compile(executor, configuration, weights, {
        optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 },
        clipNorm: 1,
      });
    weights.set('blocks.1.mlp.b_in', floatTensor([3], [1, 2, 3]));
    await fails(train(), 'graph', 'weight blocks.1.mlp.b_in is [3], not [14]');
    weights.delete('blocks.1.mlp.b_in');
    await fails(train(), 'graph', 'weight blocks.1.mlp.b_in is missing');
  });
});

for (const engine of TESTED_ENGINES) {
  describe(`a failure inside the ${engine} engine`, () => {
    it('names the operation that it cannot run, its place and its types', async (context) => {
      const shared = await tryEngine(engine);
      if (typeof shared === 'string') {
        context.skip(shared);
        return;
      }
      const executor = await lacking(shared);
      const graph = new Graph();
      const x = graph.input('x', 'float32', ['n']);
      const y = graph.within('blocks.2.attn', () => missing([add(x, x)], null)[0]);
      const run = async () => {
        const executable = await executor.compile(graph, new Map([['y', y]]), new Map());
        return executable.run(new Map([['x', floatTensor([2], [1, 2])]]));
      };
      await fails(run(), 'engine-failed', /missing\(float32 \[[n2]\]\) in blocks\.2\.attn: .*NoSuch/);
    });

    it('names the operation that fails in a run, its place and the shapes of the run', async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const graph = new Graph();
      const x = graph.input('x', 'float32', ['n', 'm']);
      const y = graph.input('y', 'float32', ['k', 'm']);
      // Named sizes that the graph takes for equal, and the run does not.
      const product = graph.within('blocks.0.mlp', () => matmul(x, { ...y, shape: ['m', 'k'] }));
      const executable = await executor.compile(graph, new Map([['z', product]]), new Map());
      const inputs = new Map([
        ['x', floatTensor([2, 3], [1, 2, 3, 4, 5, 6])],
        ['y', floatTensor([4, 3], new Float32Array(12))],
      ]);
      await fails(executable.run(inputs), 'engine-failed', /matmul\(.*\[2, 3\].*\) in blocks\.0\.mlp: /);
      executable.dispose();
    });
  });
}

it('a session for small runs that fails is told as one that is compiled, and is tried again by the next run', async (context) => {
  if (typeof (await tryEngine('cpu')) === 'string') {
    context.skip();
    return;
  }
  let made = 0;
  const create = (...given: [Uint8Array]) =>
    ++made === 2 ? Promise.reject(new Error('no room')) : onnxruntime.InferenceSession.create(...given);
  const runtime = { ...onnxruntime, InferenceSession: { create } } as unknown as typeof onnxruntime;
  const executor = new OnnxExecutor(runtime, 'failing once', { threads: 2 });
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['n']);
  const executable = await executor.compile(graph, new Map([['y', add(x, x)]]), new Map());
  const run = () => executable.run(new Map([['x', floatTensor([2], [1, 2])]]));
  await fails(run(), 'engine-failed', 'failed while compiling a graph: no room');
  assert.deepEqual([...(await run()).get('y')!.data], [2, 4]);
  executable.dispose();
});

it('an index beyond a table is told with the operation and its place', async (context) => {
  const executor = await tryEngine('cpu');
  if (typeof executor === 'string') {
    context.skip(executor);
    return;
  }
  const graph = new Graph();
  const indices = graph.input('indices', 'int32', ['n']);
  const rows = graph.within('embed', () => gather(graph.weight('table', [2, 3]), indices));
  const weights = new Map([['table', floatTensor([2, 3], [1, 2, 3, 4, 5, 6])]]);
  const executable = await executor.compile(graph, new Map([['rows', rows]]), weights);
  const inputs = new Map([['indices', { type: 'int32' as const, shape: [1], data: Int32Array.of(7) }]]);
  await fails(
    executable.run(inputs),
    'engine-failed',
    'gather(float32 [2, 3], int32 [1]) in embed: ',
    'idx=7',
  );
});

it('every operation of a model stands in a named part of it', () => {
  const { graph } = buildTransformer(configurationWith({ n_layers: 2 }), { captures: ['logits'] });
  const scopes = new Set(graph.nodes.flatMap((node) => (node.kind === 'operation' ? [node.scope] : [])));
  const layer = (index: number) => ['ln1', 'attn', 'ln2', 'mlp'].map((part) => `blocks.${index}.${part}`);
  const expected = [...layer(0), 'blocks.0', ...layer(1), 'blocks.1', 'embed', 'ln_final', 'unembed'];
  assert.deepEqual([...scopes].sort(), expected.sort());
});

/** The engine, with a process that knows the operation where it has one. */
async function lacking(shared: Executor): Promise<Executor> {
  const program = join(__dirname, '../support/lackingEngineProcess.ts');
  const { engine } = shared;
  if (!(shared instanceof GuardedExecutor)) return shared;
  return GuardedExecutor.start({ engine, threads: 0 }, new EngineProcess(engine, [program]));
}

async function model() {
  const executor = await tryEngine('reference');
  assert.ok(typeof executor !== 'string');
  const configuration = configurationWith();
  const weights = randomWeightTensors(configuration, 1);
  return { executor, configuration, weights, ...buildTransformer(configuration, { captures: ['logits'] }) };
}

/** What an executor throws at once becomes a rejection. */
async function compile(
  executor: Executor,
  graph: Graph,
  outputs: Map<string, Tensor>,
  weights: NamedTensors,
): Promise<void> {
  await executor.compile(graph, outputs, weights);
}
