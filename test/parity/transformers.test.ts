// Small random checkpoints written by Hugging Face transformers give here what they gave there, on every engine.
// The goldens are made by make_goldens.py; bounds are those of the field (docs/architecture.md, "Correctness").
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { openCheckpoint } from '../../src/backend/checkpoint/open';

import { generate } from '../../src/backend/model/generate';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { readSafetensors } from '../support/safetensors';
import { TESTED_ENGINES, tryEngine } from '../support/engines';

const FIXTURES = join(__dirname, '../fixtures/parity');

/** Largest allowed difference for each kind of activation. */
function bound(name: string): number {
  if (name === 'logits') return 1e-3;
  return 1e-4;
}

for (const engine of TESTED_ENGINES) {
  describe(`transformers parity on ${engine}`, () => {
    for (const name of readdirSync(FIXTURES)) {
      it(`${name}: logits, every layer's activations and the greedy continuation`, async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const model = new LanguageModel(await openCheckpoint(join(FIXTURES, name)), executor);
        const golden = await readSafetensors(join(FIXTURES, name, 'golden.safetensors'));
        const { shape, data } = golden.get('input_ids')!;
        const texts = Array.from({ length: shape[0] }, (_, row) =>
          Array.from(data.subarray(row * shape[1], (row + 1) * shape[1])),
        );
        const wanted = [...golden.keys()].filter((key) => !key.endsWith('_ids'));
        assert.ok(wanted.includes(`blocks.${model.configuration.n_layers - 1}.hook_resid_post`));

        const found = await model.runWithCache(texts, wanted);
        for (const key of wanted) {
          const expected = golden.get(key)!;
          const actual = found.get(key)!;
          assert.deepEqual([...actual.shape], [...expected.shape], key);
          const differences = Array.from(expected.data, (value, index) =>
            Math.abs(value - actual.data[index]),
          );
          const largest = Math.max(...differences);
          assert.ok(largest <= bound(key), `${key} differs by up to ${largest}`);
          if (key === 'logits') {
            const mean = differences.reduce((a, b) => a + b, 0) / differences.length;
            assert.ok(mean <= 5e-5, `logits differ by ${mean} on average`);
            assertSameDistributions(actual.data as Float32Array, expected.data, expected.shape[2]);
          }
        }

        const greedy = golden.get('greedy_ids')?.data;
        assert.equal(greedy !== undefined, model.configuration.causal, 'encoders continue nothing');
        if (greedy) {
          const options = { maxTokens: greedy.length, temperature: 0, seed: 0, stopIds: new Set<number>() };
          const produced: number[] = [];
          for await (const id of generate(model, texts[0], options, NOT_CANCELLED)) produced.push(id);
          assert.deepEqual(produced, Array.from(greedy));
        }
        model.dispose();
      });
    }
  });
}

/** KL divergence per position, computed in float64: at most 1e-8, on average 1e-9. */
function assertSameDistributions(actual: Float32Array, expected: Float32Array, vocabulary: number): void {
  const divergences: number[] = [];
  for (let start = 0; start < expected.length; start += vocabulary) {
    const p = logProbabilities(expected.subarray(start, start + vocabulary));
    const q = logProbabilities(actual.subarray(start, start + vocabulary));
    divergences.push(p.reduce((sum, value, id) => sum + Math.exp(value) * (value - q[id]), 0));
  }
  const mean = divergences.reduce((a, b) => a + b, 0) / divergences.length;
  assert.ok(Math.max(...divergences) <= 1e-8, `KL is up to ${Math.max(...divergences)}`);
  assert.ok(mean <= 1e-9, `KL is ${mean} on average`);
}

function logProbabilities(logits: Float32Array): Float64Array {
  const wide = Float64Array.from(logits);
  const top = wide.reduce((a, b) => Math.max(a, b));
  const total = Math.log(wide.reduce((sum, value) => sum + Math.exp(value - top), 0)) + top;
  return wide.map((value) => value - total);
}
