// Texts of different lengths in one run: each gets what it gets alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan } from '../../src/backend/engine/executor';
import { buildTransformer } from '../../src/backend/model/transformer';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { configurationWith, randomModel } from '../support/randomModel';

const TEXTS = [[3, 1, 4], [1, 5, 9, 2, 6, 5, 3, 5], [8], [9, 7, 9, 3, 2]];
const NAMES = ['logits', 'blocks.0.hook_resid_post'];

for (const engine of TESTED_ENGINES) {
  describe(`a batch of texts of different lengths on ${engine}`, () => {
    for (const [name, changes] of Object.entries(CONFIGURATIONS)) {
      for (const causal of [true, false]) {
        it(`${name}, ${causal ? 'causal' : 'bidirectional'}`, async (context) => {
          const executor = await tryEngine(engine);
          if (typeof executor === 'string') {
            context.skip(executor);
            return;
          }
          const model = randomModel({ ...changes, causal }, executor);
          const together = await model.runWithCache(TEXTS, NAMES);
          for (const [row, text] of TEXTS.entries()) {
            const alone = await model.runWithCache([text], NAMES);
            for (const each of NAMES) {
              const { data, shape } = together.get(each)!;
              const start = row * shape[1] * shape[2];
              alone.get(each)!.data.forEach((expected, i) => {
                const found = data[start + i];
                assert.ok(
                  Math.abs(found - expected) <= 1e-4,
                  `${each} of text ${row}: ${found}, not ${expected}`,
                );
              });
            }
          }
          model.dispose();
        });
      }
    }
  });
}

describe('the graph', () => {
  it('asks for lengths only where texts may be padded', () => {
    const inputsOf = (padded: boolean) => {
      const { graph, outputs } = buildTransformer(configurationWith(), { captures: ['logits'], padded });
      return new Plan(graph, outputs).inputs.map(({ name }) => name).sort();
    };
    assert.deepEqual(inputsOf(false), ['positions', 'tokens']);
    assert.deepEqual(inputsOf(true), ['lengths', 'positions', 'tokens']);
  });
});
