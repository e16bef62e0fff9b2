// Every operation, forward and backward, in shapes that a fixed seed draws: sizes of one, odd sizes, a whole vocabulary.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Graph } from '../../src/backend/engine/graph/graph';
import * as op from '../../src/backend/engine/operations';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { seededNormal } from '../../src/backend/random';
import { drawnCases, SIZES } from '../support/drawnCases';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { largeCases } from '../support/largeCases';
import { assertCloseValues, floatTensor } from '../support/numbers';
import { assertEngine, assertGradients, prepare } from '../support/operationRuns';

const DRAWN = drawnCases(2024);
const CASES = Object.entries({ ...DRAWN, ...largeCases() });
/** Elements of each gradient that are compared with finite differences, besides two that are chosen. */
const SAMPLED = 2;

describe('operations in drawn shapes', () => {
  it('are all operations, each in all sizes', () => {
    const expected = [...op.operations.keys()].flatMap((name) => SIZES.map((size) => `${name}, ${size}`));
    const drawn = Object.keys(DRAWN).map((name) => name.replace(/, axis −\d/, ''));
    assert.deepEqual([...new Set(drawn)].sort(), expected.sort());
  });

  it('have the size that they are named by on one of their axes', () => {
    const without = CASES.filter(
      ([name, { given }]) => !given.some(({ shape }) => shape.some((size) => name.endsWith(`, ${size}`))),
    );
    assert.deepEqual(
      without.map(([name]) => name),
      [],
    );
  });

  describe('have gradients that equal finite differences in float64', () => {
    for (const [name, each] of CASES) it(name, () => assertGradients(prepare(each), SAMPLED));
  });

  for (const engine of TESTED_ENGINES) {
    describe(`on ${engine}`, () => {
      it('a layer norm far from zero keeps its digits', async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const graph = new Graph();
        const vector = (value: number) => graph.constant(floatTensor([257], Array<number>(257).fill(value)));
        const x = graph.input('x', 'float32', ['rows', 257]);
        const outputs = new Map([['y', op.layerNorm(x, vector(1), vector(0), 1e-5)]]);
        const normal = seededNormal(1);
        const inputs = new Map([
          [
            'x',
            floatTensor(
              [7, 257],
              Array.from({ length: 1799 }, () => 1000 + 2 * normal()),
            ),
          ],
        ]);
        const [found, exact] = await Promise.all(
          [executor, new ReferenceExecutor()].map(async (each) =>
            (await (await each.compile(graph, outputs, new Map())).run(inputs)).get('y')!,
          ),
        );
        assertCloseValues(found.data, exact.data, 5e-5, 'y');
      });

      for (const [name, each] of CASES) {
        it(name, async (context) => {
          const executor = await tryEngine(engine);
          if (typeof executor === 'string') context.skip(executor);
          else await assertEngine(executor, prepare(each));
        });
      }
    });
  }
});
