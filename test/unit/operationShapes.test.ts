// Every operation, forward and backward, in shapes that a fixed seed draws: sizes of one, odd sizes, a whole vocabulary.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as op from '../../src/backend/engine/operations';
import { drawnCases, SIZES } from '../support/drawnCases';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { largeCases } from '../support/largeCases';
import { assertEngine, assertGradients, prepare } from '../support/operationRuns';

const DRAWN = drawnCases(2024);
const CASES = Object.entries({ ...DRAWN, ...largeCases() });
/** Elements of each gradient that are compared with finite differences, besides two that are chosen. */
const SAMPLED = 2;

describe('operations in drawn shapes', () => {
  it('are all operations, each in all sizes', () => {
    const expected = [...op.operations.keys()].flatMap((name) => SIZES.map((size) => `${name}, ${size}`));
    assert.deepEqual(Object.keys(DRAWN).sort(), expected.sort());
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
