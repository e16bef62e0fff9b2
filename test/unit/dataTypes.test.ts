// Types that hold numbers: float16 and bfloat16 to the bit, int64, on every engine; weights and captures made of them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { Graph, type DataType, type TensorData } from '../../src/backend/engine/graph/graph';
import { numbersOf, stored } from '../../src/backend/engine/graph/storage';
import { add, cast, gather } from '../../src/backend/engine/operations';
import { halfBits, halfValue, widenHalves, type HalfType } from '../../src/backend/halfPrecision';
import { seededRandom } from '../../src/backend/random';
import { tryEngine } from '../support/engines';
import { randomModel } from '../support/randomModel';

/** Each number with the bit patterns it becomes (IEEE 754, ties to even). */
const ROUNDINGS: [string, number, number, number][] = [
  ['one', 1, 0x3c00, 0x3f80],
  ['minus two', -2, 0xc000, 0xc000],
  ['zero', 0, 0x0000, 0x0000],
  ['minus zero', -0, 0x8000, 0x8000],
  ['infinity', Infinity, 0x7c00, 0x7f80],
  ['minus infinity', -Infinity, 0xfc00, 0xff80],
  ['a tie above an even float16', 1 + 2 ** -11, 0x3c00, 0x3f80],
  ['a tie above an odd float16', 1 + 3 * 2 ** -11, 0x3c02, 0x3f80],
  ['a little above a float16 tie', 1 + 2 ** -11 + 2 ** -20, 0x3c01, 0x3f80],
  ['a tie above an even bfloat16', 1 + 2 ** -8, 0x3c04, 0x3f80],
  ['a tie above an odd bfloat16', 1 + 3 * 2 ** -8, 0x3c0c, 0x3f82],
  ['a fraction that rounds up to the next power', 2 - 2 ** -12, 0x4000, 0x4000],
  ['the largest float16', 65504, 0x7bff, 0x4780],
  ['just below the tie to infinity', 65519, 0x7bff, 0x4780],
  ['the tie to infinity', 65520, 0x7c00, 0x4780],
  ['the smallest normal float16', 2 ** -14, 0x0400, 0x3880],
  ['a float16 that rounds up to normal', 2 ** -14 - 2 ** -26, 0x0400, 0x3880],
  ['the largest subnormal float16', 1023 * 2 ** -24, 0x03ff, 0x3880],
  ['the smallest subnormal float16', 2 ** -24, 0x0001, 0x3380],
  ['a tie of subnormal float16, to even', 2.5 * 2 ** -24, 0x0002, 0x3420],
  ['half of the smallest float16, to zero', 2 ** -25, 0x0000, 0x3300],
  ['a little more than that', 1.25 * 2 ** -25, 0x0001, 0x3320],
  ['the largest float32, beyond bfloat16', 3.4028234663852886e38, 0x7c00, 0x7f80],
  ['the largest bfloat16', 3.3895313892515355e38, 0x7c00, 0x7f7f],
  ['the smallest normal float32', 2 ** -126, 0x0000, 0x0080],
  ['a subnormal bfloat16', 3 * 2 ** -133, 0x0000, 0x0003],
];

const HALVES: HalfType[] = ['float16', 'bfloat16'];

async function run(
  executor: Executor,
  build: (graph: Graph) => Map<string, ReturnType<typeof cast>>,
  inputs: NamedTensors,
  weights: NamedTensors = new Map(),
  packWeights = false,
): Promise<NamedTensors> {
  const graph = new Graph();
  const executable = await executor.compile(graph, build(graph), weights, { packWeights });
  const results = await executable.run(inputs);
  executable.dispose();
  return results;
}

function vector(type: DataType, numbers: ArrayLike<number>): TensorData {
  return { type, shape: [numbers.length], data: stored(type, numbers) };
}

describe('bit patterns', () => {
  it('of subnormal bfloat16 are widened as they are, also on a thread that takes such numbers for zero', async () => {
    const engine = await tryEngine('cpu');
    assert.ok(typeof engine !== 'string');
    const graph = new Graph();
    const executable = await engine.compile(
      graph,
      new Map([['x', graph.input('x', 'float32', [1])]]),
      new Map(),
    );
    executable.dispose();
    const widened = widenHalves('bfloat16', Uint16Array.of(0x0003, 0x8001));
    assert.deepEqual([...new Uint32Array(widened.buffer)], [0x00030000, 0x80010000]);
  });

  for (const [name, value, float16, bfloat16] of ROUNDINGS) {
    it(`of ${name}`, () => {
      assert.equal(halfBits('float16', value).toString(16), float16.toString(16));
      assert.equal(halfBits('bfloat16', value).toString(16), bfloat16.toString(16));
    });
  }

  for (const type of HALVES) {
    it(`of all numbers of ${type} come back as they were`, () => {
      for (let bits = 0; bits < 65536; bits++) {
        const value = halfValue(type, bits);
        if (!Number.isNaN(value)) assert.equal(halfBits(type, value), bits);
      }
    });

    it(`of NaN is one in ${type}`, () => {
      assert.ok(Number.isNaN(halfValue(type, halfBits(type, NaN))));
    });
  }
});

for (const engine of ['reference', 'cpu', 'wasm'] as const) {
  describe(`data types on ${engine}`, () => {
    async function started(context: { skip: (reason: string) => void }): Promise<Executor | undefined> {
      const executor = await tryEngine(engine);
      if (typeof executor !== 'string') return executor;
      context.skip(executor);
      return undefined;
    }

    for (const type of HALVES) {
      it(`cast to ${type} rounds to the bit`, async (context) => {
        const executor = await started(context);
        if (!executor) return;
        const random = seededRandom(3);
        const many = Array.from({ length: 5000 }, () => (random() - 0.5) * 2 ** (40 * random() - 30));
        // Ties, which random numbers never are: halfway between neighbours of each format.
        const ties = Array.from(
          { length: 500 },
          (_, i) => 1 + (2 * i + 1) * 2 ** (type === 'float16' ? -11 : -8),
        );
        const numbers = Float32Array.from([...ROUNDINGS.map(([, value]) => value), ...many, ...ties, NaN]);
        const results = await run(
          executor,
          (graph) => new Map([['y', cast(graph.input('x', 'float32', ['n']), type)]]),
          new Map([['x', vector('float32', numbers)]]),
        );
        const { type: given, data } = results.get('y')!;
        assert.equal(given, type);
        assert.ok(Number.isNaN(numbersOf(results.get('y')!).at(-1)));
        numbers.subarray(0, -1).forEach((value, i) => {
          assert.equal(data[i], halfBits(type, value), `of ${value}`);
        });
      });

      it(`${type} goes in, keeps NaN, and is cast to float32 exactly`, async (context) => {
        const executor = await started(context);
        if (!executor) return;
        const numbers = [1.5, -0.25, 2 ** -14, Infinity, NaN, 0];
        const results = await run(
          executor,
          (graph) => new Map([['y', cast(graph.input('x', type, ['n']), 'float32')]]),
          new Map([['x', vector(type, numbers)]]),
        );
        assert.deepEqual(results.get('y')!.data, Float32Array.from(numbers));
      });

      for (const packWeights of [false, true]) {
        it(`an embedding in ${type}${packWeights ? ', packed' : ''}`, async (context) => {
          const executor = await started(context);
          if (!executor) return;
          const table = { ...vector(type, [1, 2, 3, 4, 5, 6]), shape: [3, 2] };
          const results = await run(
            executor,
            (graph) => {
              const rows = gather(graph.weight('table', [3, 2], type), graph.input('ids', 'int32', ['n']));
              return new Map([['y', cast(rows, 'float32')]]);
            },
            new Map([['ids', vector('int32', [2, 0])]]),
            new Map([['table', table]]),
            packWeights,
          );
          assert.deepEqual([...results.get('y')!.data], [5, 6, 1, 2]);
        });
      }
    }

    it('int64 goes in, is cast to indices, and comes out', async (context) => {
      const executor = await started(context);
      if (!executor) return;
      const results = await run(
        executor,
        (graph) => {
          const wide = graph.input('x', 'int64', ['n']);
          return new Map([
            ['same', wide],
            ['narrow', cast(wide, 'int32')],
          ]);
        },
        new Map([['x', vector('int64', [3, -1, 2_000_000_000])]]),
      );
      assert.deepEqual(results.get('narrow')!.data, Int32Array.of(3, -1, 2_000_000_000));
      assert.deepEqual(results.get('same'), vector('int64', [3, -1, 2_000_000_000]));
    });

    it('captures in float16 are those in float32, rounded', async (context) => {
      const executor = await started(context);
      if (!executor) return;
      const model = randomModel({}, executor);
      const names = ['blocks.0.mlp.hook_post', 'logits'];
      const exact = await model.runWithCache([[1, 2, 3]], names);
      const rounded = await model.runWithCache([[1, 2, 3]], names, 'float16');
      for (const name of names) {
        const [found, expected] = [numbersOf(rounded.get(name)!), numbersOf(exact.get(name)!)];
        assert.equal(rounded.get(name)!.type, 'float16');
        found.forEach((value, i) =>
          assert.ok(Math.abs(value - expected[i]) <= 2 ** -11 * Math.abs(expected[i]) + 2 ** -24),
        );
      }
      model.dispose();
    });
  });
}

describe('types that hold numbers', () => {
  for (const type of ['float16', 'bfloat16', 'int64'] as const) {
    it(`${type} is not computed with`, () => {
      const x = new Graph().input('x', type, [3]);
      assert.throws(() => add(x, x), new RegExp(`cast ${type} first`));
    });
  }
});
