// Attention statistics of a grammar summed up by operations: those of the loops over whole patterns.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import {
  grammarAttention,
  type MeasuredGrammarAttention,
} from '../../src/backend/interpret/grammarAttention/grammarAttention';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { countingExecutor } from '../support/countingExecutor';
import { isError } from '../support/errors';
import { FedModel } from '../support/fedModel';
import { assertCloseValues } from '../support/numbers';
import { configurationWith, randomCheckpoint, randomModel } from '../support/randomModel';
import { SUMMING_ENGINES } from '../support/summedPatterns';

const cfg3b = presetGrammar('cfg3b/3');

const MODELS: Record<string, Partial<TransformerConfiguration>> = {
  'one head, one layer': { n_layers: 1, n_heads: 1, n_key_value_heads: 1, d_model: 7, d_head: 3 },
  'three layers of five heads': { n_layers: 3, n_heads: 5, position: 'relative' },
  'a window of three tokens': { windows: [3, null], position: 'rotary' },
  'an encoder': { block: 'post-norm', causal: false },
};

const measured = (
  model: LanguageModel,
  onDevice: boolean,
  { strings = 3, interventions }: { strings?: number; interventions?: Interventions } = {},
) => grammarAttention(model, cfg3b, { strings, seed: 4 }, NOT_CANCELLED, undefined, interventions, onDevice);

function assertAlike(found: MeasuredGrammarAttention, expected: MeasuredGrammarAttention): void {
  for (const part of ['position', 'boundary', 'between', 'ends'] as const) {
    assert.ok(
      expected[part].some((value) => Math.abs(value) > 1e-4),
      `${part} says something`,
    );
    assertCloseValues(found[part], expected[part], 1e-6, part);
  }
  for (const part of ['positionPairs', 'boundaryPairs', 'betweenPairs', 'endPairs'] as const) {
    assert.deepEqual(found[part], expected[part], part);
  }
}

for (const [engine, start] of Object.entries(SUMMING_ENGINES)) {
  describe(`attention statistics of a grammar summed up by operations, on ${engine}`, () => {
    for (const [name, changes] of Object.entries(MODELS)) {
      it(`of ${name}: those of the loops`, async (context) => {
        const executor = await start();
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const model = randomModel({ d_vocab: 5, n_ctx: 23, ...changes }, executor);
        assertAlike(await measured(model, true), await measured(model, false));
      });
    }

    it('are those of the model under interventions, and compile one graph for all strings', async (context) => {
      const executor = await start();
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const counted = countingExecutor(executor);
      const model = randomModel({ d_vocab: 5, n_ctx: 23 }, counted.executor);
      const list = [
        { id: 'a', on: true, part: 'L0.attn', change: { kind: 'ablate' as const, to: 'zero' as const } },
      ];
      const interventions = new Interventions(model, list, new BaseValues(model));
      const found = await measured(model, true, { interventions });
      assert.deepEqual([counted.compiled, counted.runs], [1, 3]);
      assertAlike(found, await measured(model, false, { interventions }));
    });
  });
}

describe('attention statistics of a grammar summed up by operations', () => {
  it('read a sum for each distance and each group of pairs, and no pattern', async () => {
    const checkpoint = randomCheckpoint(configurationWith({ d_vocab: 5, n_ctx: 23 }));
    const model = new FedModel(checkpoint, new ReferenceExecutor());
    const { terminals, boundaryPairs, betweenPairs, endPairs } = await measured(model, true, { strings: 1 });
    const groups = boundaryPairs.length + betweenPairs.length + endPairs.length;
    const { n_layers, n_heads } = model.configuration;
    assert.deepEqual(model.bytes, [4 * n_layers * n_heads * (terminals + 2 + groups)]);
  });

  it('name the activation of a model whose attention is not numbers', async () => {
    const checkpoint = randomCheckpoint(configurationWith({ d_vocab: 5, n_ctx: 23 }));
    checkpoint.weights.get('blocks.1.attn.W_Q')!.data[3] = NaN;
    const broken = new LanguageModel(checkpoint, new ReferenceExecutor());
    await assert.rejects(measured(broken, true), isError('not-a-number', 'blocks.1.attn.hook_q'));
  });
});
