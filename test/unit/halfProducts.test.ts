// Matrix products in float16: which nodes of a graph become what, and how exact the results are.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan, type Executor, type NamedTensors } from '../../src/backend/engine/executor';
import { startEngine } from '../../src/backend/engine/engines';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph, type Tensor, type TensorData } from '../../src/backend/engine/graph/graph';
import { withHalfProducts } from '../../src/backend/engine/graph/halfProducts';
import { HalfExecutor, STRETCH } from '../../src/backend/engine/halfExecutor';
import { judged, trialRows } from '../../src/backend/engine/onnx/halfSums';
import * as op from '../../src/backend/engine/operations';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { roundToHalf } from '../../src/backend/halfPrecision';
import { seededNormal } from '../../src/backend/random';
import { languageModelLoss } from '../../src/backend/train/loss';
import { buildTransformer } from '../../src/backend/model/transformer';
import { weightShapes } from '../../src/backend/model/weights';
import { tryEngine } from '../support/engines';
import { configurationWith, randomIds, randomWeightTensors } from '../support/randomModel';

/** What float16 rounds a number by, at most, relative to it. */
const ROUNDING = 2 ** -11;

const cpu = async (): Promise<Executor> => (await startEngine('cpu', { threads: 1 })).executor;

function normals(shape: number[], seed: number): TensorData {
  const normal = seededNormal(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  return { type: 'float32', shape, data: Float32Array.from({ length }, () => normal()) };
}

/** How often each operation stands in a graph. */
function counts({ nodes }: Graph): Record<string, number> {
  const found: Record<string, number> = {};
  for (const node of nodes) {
    if (node.kind !== 'operation') continue;
    found[node.forms.name] = (found[node.forms.name] ?? 0) + 1;
  }
  return found;
}

async function run(
  executor: Executor,
  output: Tensor,
  inputs: NamedTensors,
  sizes = {},
): Promise<TensorData> {
  const executable = await executor.compile(output.graph, new Map([['y', output]]), new Map(), { sizes });
  const results = await executable.run(inputs);
  executable.dispose();
  return results.get('y')!;
}

describe('a graph with products in float16', () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [6, 8]);
  const [a, b] = [graph.weight('a', [8, 8]), graph.weight('b', [8, 8])];
  const gain = graph.weight('gain', [8]);
  const hidden = op.relu(op.add(op.matmul(x, a), op.matmul(x, b)));
  const mixed = graph.within('mix', () =>
    op.attend(op.matmul(hidden, x, { transposeB: true }), op.transpose(hidden, [1, 0])),
  );
  const y = op.multiply(op.softmax(mixed), gain);
  const halved = withHalfProducts(
    new Plan(graph, new Map([['y', y]]), new Map([['a', op.add(a, op.matmul(a, b))]])),
    new Map(),
  );

  it('has every product in float16, attention included, and everything else as it was', () => {
    assert.deepEqual(counts(halved.graph), {
      // x, a, b, hidden, and attention's weights and values: once each, though x has three products.
      cast: 6,
      halfMatmul: 5,
      add: 2,
      relu: 1,
      transpose: 1,
      softmax: 2,
      multiply: 1,
    });
  });

  it('rounds operands of products alone: all else takes and gives float32', () => {
    for (const node of halved.graph.nodes) {
      if (node.kind !== 'operation') continue;
      const { name } = node.forms;
      assert.ok(
        node.outputs.every(({ type }) => type === (name === 'cast' ? 'float16' : 'float32')),
        name,
      );
      assert.ok(
        node.inputs.every(({ type }) => type === (name === 'halfMatmul' ? 'float16' : 'float32')),
        name,
      );
    }
  });

  it('keeps outputs, updates and places in the model', () => {
    assert.deepEqual([...halved.outputs.keys(), ...halved.updates.keys()], ['y', 'a']);
    assert.deepEqual(halved.outputs.get('y')!.shape, [6, 8]);
    const scopes = halved.graph.nodes.flatMap((node) =>
      node.kind === 'operation' && node.forms.name === 'halfMatmul' ? [node.scope] : [],
    );
    assert.deepEqual(scopes, ['', '', 'mix', 'mix', '']);
  });

  it('has no product that an engine would add up in float16 beyond a stretch', () => {
    const stretched = withHalfProducts(new Plan(graph, new Map([['y', y]])), new Map(), 3);
    for (const node of stretched.graph.nodes) {
      if (node.kind !== 'operation' || node.forms.name !== 'halfMatmul') continue;
      const { transposeA } = node.attributes as { transposeA: boolean };
      const summands = node.inputs[0].shape.at(transposeA ? -2 : -1)!;
      assert.ok(Number(summands) <= 3, `${summands} summands`);
    }
  });

  it('leaves a product in float32 there if its summands are counted only when it runs', () => {
    const open = new Graph();
    const scores = open.input('scores', 'float32', ['pos', 'pos']);
    const values = open.input('values', 'float32', ['pos', 4]);
    const plan = new Plan(open, new Map([['y', op.matmul(scores, values)]]));
    assert.deepEqual(counts(withHalfProducts(plan, new Map(), 3).graph), { matmul: 1 });
    const known = counts(withHalfProducts(plan, new Map([['pos', 7]]), 3).graph);
    assert.equal(known.matmul, undefined);
    assert.ok(known.halfMatmul > 0);
    assert.deepEqual(counts(withHalfProducts(plan, new Map()).graph), { cast: 2, halfMatmul: 1 });
  });
});

describe('a product in float16', () => {
  const products: { name: string; a: number[]; b: number[]; transposeA?: true; transposeB?: true }[] = [
    { name: 'of odd sizes', a: [3, 65], b: [65, 17] },
    { name: 'in batches with one weight', a: [2, 5, 257], b: [257, 7] },
    { name: 'in batches', a: [2, 3, 5, 33], b: [2, 3, 33, 9] },
    { name: 'of a left operand transposed', a: [65, 3], b: [65, 17], transposeA: true },
    { name: 'of a right operand transposed', a: [2, 5, 65], b: [17, 65], transposeB: true },
    { name: 'of both transposed', a: [2, 65, 3], b: [2, 17, 65], transposeA: true, transposeB: true },
    { name: 'of one summand', a: [3, 1], b: [1, 5] },
  ];
  for (const { name, a, b, transposeA = false, transposeB = false } of products) {
    for (const stretch of [Infinity, 32, 5]) {
      it(`${name}, ${stretch} summands at a time, is that of rounded numbers`, async () => {
        const inputs = new Map([
          ['a', normals(a, 1)],
          ['b', normals(b, 2)],
        ]);
        const graph = new Graph();
        const product = (round: (x: Tensor) => Tensor) =>
          op.matmul(round(graph.input('a', 'float32', a)), round(graph.input('b', 'float32', b)), {
            transposeA,
            transposeB,
          });
        const rounded = product((x) => op.cast(op.cast(x, 'float16'), 'float32'));
        const expected = await run(new ReferenceExecutor(), rounded, inputs);
        const inner = a.at(transposeA ? -2 : -1)!;
        // Each partial sum is rounded once: they are normal, of deviation √stretch, here below six of these.
        const parts = Math.max(Math.ceil(inner / stretch), 1);
        const bound = parts * ROUNDING * 6 * Math.sqrt(Math.min(inner, stretch)) + 1e-4;
        for (const engine of [await cpu(), new ReferenceExecutor()]) {
          const found = await run(
            new HalfExecutor(engine, stretch),
            product((x) => x),
            inputs,
          );
          assert.deepEqual([...found.shape], [...expected.shape]);
          for (const [index, value] of found.data.entries()) {
            const difference = Math.abs(value - expected.data[index]);
            const most = parts === 1 ? ROUNDING * Math.abs(value) + 1e-5 : bound;
            assert.ok(difference <= most, `[${index}] is ${value}, not ${expected.data[index]}`);
          }
          engine.dispose();
        }
      });
    }
  }

  it('is cut into stretches on WebGPU too, in all orders of its operands', async (context) => {
    const webgpu = await tryEngine('webgpu');
    if (typeof webgpu === 'string') {
      context.skip(webgpu);
      return;
    }
    for (const { a, b, transposeA = false, transposeB = false } of products) {
      const inputs = new Map([
        ['a', normals(a, 1)],
        ['b', normals(b, 2)],
      ]);
      const graph = new Graph();
      const product = op.matmul(graph.input('a', 'float32', a), graph.input('b', 'float32', b), {
        transposeA,
        transposeB,
      });
      const expected = await run(new HalfExecutor(new ReferenceExecutor(), 32), product, inputs);
      const found = await run(new HalfExecutor(webgpu, 32), product, inputs);
      assert.deepEqual([...found.shape], [...expected.shape]);
      // A sum that lies between two numbers of float16 may become either.
      const largest = Math.max(...[...expected.data].map(Math.abs));
      for (const [index, value] of found.data.entries()) {
        const difference = Math.abs(value - expected.data[index]);
        assert.ok(difference <= ROUNDING * largest, `[${index}] is ${value}, not ${expected.data[index]}`);
      }
    }
    webgpu.dispose();
  });

  it('has sizes that are known before it runs, though the graph only names them', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 'pos', 6]);
    const change = graph.input('change', 'float32', ['batch', 'pos', 4]);
    const flat = (each: Tensor) => op.reshape(each, ['batch*pos', each.shape[2]]);
    const gradient = op.matmul(flat(x), flat(change), { transposeA: true });
    const scores = op.matmul(x, x, { transposeB: true });
    const all = op.add(op.sumAll(gradient), op.sumAll(op.attend(scores, op.transpose(x, [0, 2, 1]))));
    const inputs = new Map([
      ['x', normals([3, 11, 6], 1)],
      ['change', normals([3, 11, 4], 2)],
    ]);
    const sizes = { batch: 3, pos: 11 };
    const expected = await run(new ReferenceExecutor(), all, inputs);
    for (const engine of [await cpu(), new ReferenceExecutor()]) {
      const found = await run(new HalfExecutor(engine, 4), all, inputs, sizes);
      const difference = Math.abs(found.data[0] - expected.data[0]);
      assert.ok(difference < 0.05 && difference > 0, `${found.data[0]}, not ${expected.data[0]}`);
      engine.dispose();
    }
  });
});

describe('sums in float16', () => {
  /** Adds up as a card does that knows nothing but float16: one product after the other, each sum rounded. */
  function sumInHalves(a: ArrayLike<number>, b: ArrayLike<number>): number {
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum = roundToHalf('float16', sum + a[k] * b[k]);
    return sum;
  }

  /** As that card would compute the products of a graph. */
  async function onBadCard<Result>(compute: () => Promise<Result>): Promise<Result> {
    const forms = op.operations.get('halfMatmul')! as { reference: unknown };
    const { reference } = forms;
    const matmul = op.operations.get('matmul')! as unknown as {
      reference: (inputs: unknown, attributes: unknown) => [{ shape: number[]; data: Float64Array }];
    };
    forms.reference = (
      inputs: [{ shape: number[]; data: Float64Array }, { shape: number[]; data: Float64Array }],
      attributes: unknown,
    ) => {
      const [{ shape, data }] = matmul.reference(inputs, attributes);
      // Operands [..., rows, summands] and [..., summands, columns], with the same leading axes.
      const [a, b] = inputs;
      const [rows, summands] = a.shape.slice(-2);
      const columns = b.shape.at(-1)!;
      return [
        {
          shape,
          data: data.map((_, flat) => {
            const batch = Math.floor(flat / (rows * columns));
            const [row, column] = [Math.floor(flat / columns) % rows, flat % columns];
            const left = a.data.subarray(
              (batch * rows + row) * summands,
              (batch * rows + row + 1) * summands,
            );
            const right = Float64Array.from(
              { length: summands },
              (_, k) => b.data[(batch * summands + k) * columns + column],
            );
            return sumInHalves(left, right);
          }),
        },
      ];
    };
    try {
      return await compute();
    } finally {
      forms.reference = reference;
    }
  }

  it('lose digits, and stretches that are added up in float32 do not', async () => {
    const [rows, summands, columns] = [4, 4096, 5];
    const inputs = new Map([
      ['a', normals([rows, summands], 1)],
      ['b', normals([summands, columns], 2)],
    ]);
    const graph = new Graph();
    const product = op.matmul(
      graph.input('a', 'float32', [rows, summands]),
      graph.input('b', 'float32', [summands, columns]),
    );
    const exact = await run(new ReferenceExecutor(), product, inputs);
    const error = async (stretch: number) => {
      const executor = new HalfExecutor(new ReferenceExecutor(), stretch);
      const { data } = await onBadCard(() => run(executor, product, inputs));
      const squares = [...data].reduce((sum, value, index) => sum + (value - exact.data[index]) ** 2, 0);
      return Math.sqrt(squares / data.length / summands);
    };
    const [bad, good] = [await error(Infinity), await error(STRETCH)];
    assert.ok(bad > 5e-3, `${bad}`);
    assert.ok(good < 2e-3, `${good}`);
  });

  it('are told from sums in float32 by what gets lost of many small numbers', () => {
    const [row, ones] = [trialRows().subarray(0, 4096), new Float32Array(4096).fill(1)];
    const exact = (a: Float32Array) =>
      roundToHalf(
        'float16',
        a.reduce((x, y) => x + y),
      );
    assert.equal(judged({ ones: exact(ones), small: exact(row) }), 'float32');
    assert.equal(judged({ ones: sumInHalves(ones, ones), small: sumInHalves(row, ones) }), 'float16');
    // Four, or sixteen, that are added up first do not help.
    for (const width of [4, 16]) {
      let sum = 0;
      for (let k = 0; k < row.length; k += width) {
        sum = roundToHalf('float16', sum + row.subarray(k, k + width).reduce((x, y) => x + y));
      }
      assert.equal(judged({ ones: 4096, small: sum }), 'float16');
    }
    assert.equal(judged({ ones: NaN, small: NaN }), undefined);
    assert.equal(judged({ ones: 0, small: 0 }), undefined);
  });
});

describe('gradients with products in float16', () => {
  it('of a model of two layers are those of float32, but for some three digits', async () => {
    const configuration = configurationWith({ tied: true });
    const shapes = [...weightShapes(configuration)];
    const { graph, logits } = buildTransformer(configuration, { captures: [] });
    const labels = graph.input('labels', 'int32', ['batch', 'pos']);
    const loss = languageModelLoss(logits, labels);
    const sources = shapes.map(([name, shape]) => graph.weight(name, shape));
    const outputs = new Map(
      differentiate(loss, sources).map((gradient, index) => [shapes[index][0], gradient]),
    );
    const weights = randomWeightTensors(configuration, 1);
    const ids = (seed: number): TensorData => ({
      type: 'int32',
      shape: [2, 9],
      data: Int32Array.from(randomIds(18, configuration.d_vocab, seed)),
    });
    const inputs: NamedTensors = new Map([
      ['tokens', ids(1)],
      ['labels', ids(2)],
      ['positions', { type: 'int32', shape: [9], data: Int32Array.from({ length: 9 }, (_, at) => at) }],
    ]);
    const engine = await cpu();
    const gradients = async (executor: Executor) =>
      (await executor.compile(graph, outputs, weights, { sizes: { batch: 2, pos: 9 } })).run(inputs);
    const full = await gradients(engine);
    for (const stretch of [Infinity, 4]) {
      const half = await gradients(new HalfExecutor(engine, stretch));
      for (const [name] of shapes) {
        const [found, expected] = [half.get(name)!.data, full.get(name)!.data];
        const norm = (values: ArrayLike<number>) =>
          Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
        const difference = norm(Array.from(found, (value, index) => value - expected[index]));
        // Biases of keys move no attention: their gradients are what rounding leaves.
        if (norm(expected) < 1e-6) continue;
        assert.ok(difference <= 5e-3 * norm(expected), `${name}: ${difference} of ${norm(expected)}`);
        assert.ok(difference > 0, name);
      }
    }
  });
});
