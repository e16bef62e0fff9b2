// The logit lens: every layer's residual stream read as a prediction.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { LogitLens } from '../../src/backend/interpret/lens/logitLens';
import { Reading } from '../../src/backend/interpret/reading';
import { LanguageModel, type HookedValue } from '../../src/backend/model/languageModel';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertCloseValues, floatTensor, rowOf, softmaxOf } from '../support/numbers';
import { configurationWith, randomCheckpoint, randomIds, randomModel } from '../support/randomModel';
import { columns, plainLogits, reading, reference } from '../support/lensReadings';

describe('logit lens: the last layer', () => {
  for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
    it(`is the model's own output to a rounding, from which it diverges by exactly 0: ${kind}`, async () => {
      const read = reading(randomModel(changes, reference), 9);
      await assertLastRow(read);
    });
  }

  for (const engine of TESTED_ENGINES) {
    it(`is the model's own output on ${engine}, in more rows than are read at once`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const model = randomModel({ n_ctx: 70, d_vocab: 301, d_model: 33 }, executor);
      await assertLastRow(reading(model, 67));
      model.dispose();
    });
  }

  it('is the output of the model as changed, also where the final norm is', async () => {
    const model = randomModel({}, reference);
    const { tokens } = reading(model, 6);
    const vector = floatTensor(
      [10],
      Array.from({ length: 10 }, (_, i) => i / 10),
    );
    const other = await model.runWithCache([randomIds(6, 17, 5)], ['ln_final.hook_normalized']);
    const changes: HookedValue[] = [
      { hook: 'blocks.0.attn.hook_z', kind: 'scale', value: floatTensor([], [0]) },
      { hook: 'blocks.1.hook_resid_post', kind: 'add', value: vector },
      { hook: 'ln_final.hook_normalized', kind: 'scale', value: vector },
      { hook: 'ln_final.hook_normalized', kind: 'feed', value: other.get('ln_final.hook_normalized')! },
    ];
    for (const change of changes) await assertLastRow(new Reading(model, tokens, [change]));
  });
});

describe('logit lens: every cell', () => {
  for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
    it(`is the final norm of that stream, the unembedding, and plain sums: ${kind}`, async () => {
      const model = randomModel(changes, reference);
      const read = reading(model, 7);
      const lens = new LogitLens(read);
      const found = await columns(lens, 0, 7);
      const streams = await model.runWithCache([read.tokens.map(({ id }) => id)], lens.hooks);
      for (let token = 0; token < 7; token++) {
        const logits = await Promise.all(
          lens.hooks.map((hook) => plainLogits(model, rowOf(streams.get(hook)!, 0, token))),
        );
        const final = softmaxOf(logits[logits.length - 1]);
        const target = lens.targetOf(token);
        for (const [point, row] of logits.entries()) {
          const at = point * 7 + token;
          const p = softmaxOf(row);
          const what = `of token ${token} at ${lens.hooks[point]}`;
          const top = p.indexOf(Math.max(...p));
          assert.equal(found.top[at], top, `top ${what}`);
          assertCloseValues([found.topProbability[at]], [p[top]], 1e-5, `p ${what}`);
          const divergence = final.reduce((sum, each, id) => sum + each * Math.log(each / p[id]), 0);
          assertCloseValues([found.divergence[at]], [divergence], 1e-5, `divergence ${what}`);
          const entropy = p.reduce((sum, each) => sum - each * Math.log(each), 0);
          assertCloseValues([found.entropy[at]], [entropy], 1e-5, `entropy ${what}`);
          if (target === undefined) continue;
          assertCloseValues([found.targetProbability[at]], [p[target]], 1e-5, `target ${what}`);
          assert.equal(found.targetRank[at], 1 + p.filter((each) => each > p[target]).length, `rank ${what}`);
        }
      }
    });
  }

  it('shows an answer only behind the layer that writes it', async () => {
    const configuration = configurationWith({ n_layers: 4 });
    const checkpoint = randomCheckpoint(configuration);
    for (const [name, { data }] of checkpoint.weights) data.fill(name.endsWith('.w') ? 1 : 0);
    const weight = (name: string) => checkpoint.weights.get(name)!.data;
    const answer = 5;
    weight('blocks.1.mlp.b_out').set([1, -1]);
    weight('unembed.W_U')[answer] = 3;
    const lens = new LogitLens(reading(new LanguageModel(checkpoint, reference), 3));
    const path = await lens.path(1, answer, NOT_CANCELLED);
    const before = 1 / 17;
    const scale = Math.sqrt(2 / 10 + 0.01);
    const after = Math.exp(3 / scale) / (Math.exp(3 / scale) + 16);
    assertCloseValues(path.probabilities, [before, before, after, after, after], 1e-6, 'path');
    const { divergence, top } = await columns(lens, 1, 2);
    assert.deepEqual(Array.from(top.slice(2)), [answer, answer, answer]);
    assert.ok(divergence[0] > 1 && divergence[1] > 1);
    assert.deepEqual(Array.from(divergence.slice(2)), [0, 0, 0]);
  });

  it('of two close predictions diverges by their small true difference, not by rounding', async (context) => {
    const executor = await tryEngine('cpu');
    if (typeof executor === 'string') {
      context.skip(executor);
      return;
    }
    const checkpoint = randomCheckpoint(configurationWith({ d_vocab: 5003, tied: false }));
    // Layer 1 writes next to nothing.
    for (const name of [
      'blocks.1.attn.W_O',
      'blocks.1.mlp.W_out',
      'blocks.1.attn.b_O',
      'blocks.1.mlp.b_out',
    ]) {
      const { data } = checkpoint.weights.get(name)!;
      data.forEach((value, index) => (data[index] = 1e-3 * value));
    }
    const fast = new LanguageModel(checkpoint, executor);
    const [found, exact] = await Promise.all(
      [fast, new LanguageModel(checkpoint, reference)].map((model) =>
        columns(new LogitLens(reading(model, 5)), 0, 5),
      ),
    );
    const close = [5, 10];
    assert.ok(exact.divergence.slice(...close).every((value) => value > 0 && value < 1e-4));
    assertCloseValues(found.divergence.slice(...close), exact.divergence.slice(...close), 1e-7, 'divergence');
    fast.dispose();
  });
});

describe('logit lens: the target', () => {
  it('is the token that follows; at the end of the text there is none', async () => {
    const lens = new LogitLens(reading(randomModel({}, reference), 4));
    const ids = lens.reading.tokens.map(({ id }) => id);
    assert.deepEqual(
      [0, 1, 2, 3].map((token) => lens.targetOf(token)),
      [...ids.slice(1), undefined],
    );
    const { targetRank, targetProbability } = await columns(lens, 0, 4);
    for (const [at, rank] of targetRank.entries()) {
      assert.equal(rank === 0, at % 4 === 3);
      assert.equal(Number.isNaN(targetProbability[at]), at % 4 === 3);
    }
  });

  it('is the token itself for an encoder', () => {
    const lens = new LogitLens(reading(randomModel({ causal: false }, reference), 4));
    const ids = lens.reading.tokens.map(({ id }) => id);
    assert.deepEqual(
      [0, 1, 2, 3].map((token) => lens.targetOf(token)),
      ids,
    );
  });

  it('follows the text across windows', async () => {
    const model = randomModel({}, reference);
    const long = reading(model, 40);
    const found = await columns(new LogitLens(long), 0, 40);
    for (const token of [5, 10, 11, 26, 38]) {
      const { window, row } = long.placeOf(token);
      const run = await model.runWithCache([window.ids], ['log_probs']);
      const expected = Math.exp(rowOf(run.get('log_probs')!, 0, row)[long.tokens[token + 1].id]);
      assertCloseValues([found.targetProbability[2 * 40 + token]], [expected], 1e-6, `token ${token}`);
    }
  });
});

async function assertLastRow(read: Reading): Promise<void> {
  const { model, changes, tokens } = read;
  const lens = new LogitLens(read);
  const found = await columns(lens, 0, tokens.length);
  const run = await model.runWithHooks([tokens.map(({ id }) => id)], ['log_probs'], changes);
  const first = (lens.hooks.length - 1) * tokens.length;
  for (let token = 0; token < tokens.length; token++) {
    const row = rowOf(run.get('log_probs')!, 0, token);
    const top = row.indexOf(Math.max(...row));
    const target = lens.targetOf(token);
    const at = first + token;
    assert.equal(found.top[at], top);
    const float = (value: number) => Math.fround(Math.exp(value));
    assertCloseValues([found.topProbability[at]], [float(row[top])], 1e-6, 'top');
    assert.equal(found.divergence[at], 0);
    if (target === undefined) continue;
    assertCloseValues([found.targetProbability[at]], [float(row[target])], 1e-6, 'target');
    assert.equal(found.targetRank[at], 1 + row.filter((value) => value > row[target]).length);
  }
}
