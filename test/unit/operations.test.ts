// Every operation, forward and backward: on every engine against the float64 reference, there against finite differences.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as op from '../../src/backend/engine/operations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { cases } from '../support/operationCases';
import { assertEngine, assertGradients, prepare } from '../support/operationRuns';

describe('operations', () => {
  it('every one of them has a case here', () => {
    const covered = new Set(Object.values(cases).flatMap(({ covers }) => covers));
    assert.deepEqual(
      [...op.operations.keys()].filter((name) => !covered.has(name)),
      [],
    );
  });

  describe('gradients equal finite differences in float64', () => {
    for (const [name, testCase] of Object.entries(cases)) {
      if (testCase.notDifferentiated) continue;
      it(name, () => assertGradients(prepare(testCase)));
    }
  });

  for (const engine of TESTED_ENGINES) {
    describe(`on ${engine}`, () => {
      for (const [name, testCase] of Object.entries(cases)) {
        it(name, async (context) => {
          const executor = await tryEngine(engine);
          if (typeof executor === 'string') context.skip(executor);
          else await assertEngine(executor, prepare(testCase));
        });
      }
    });
  }
});
