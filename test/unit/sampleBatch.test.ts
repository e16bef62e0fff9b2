// Continuing many texts at once gives each what it would be given alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError } from '../../src/backend/errors';
import { generate, KeyValueCache } from '../../src/backend/model/generate';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import { sampleBatch } from '../../src/backend/model/sampleBatch';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertCloseValues, rowOf, softmaxOf } from '../support/numbers';
import { randomIds, randomModel } from '../support/randomModel';
import { fails } from './checkpointFiles';

const reference = new ReferenceExecutor();
const sampled = { maxTokens: 8, temperature: 1, seed: 3, stopIds: new Set<number>() };
const greedy = { ...sampled, temperature: 0 };

describe('the cache of several texts', () => {
  for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
    if (changes.causal === false) continue;
    it(`gives each the logits that it has alone, also after others were forgotten: ${kind}`, async () => {
      await assertRows(randomModel(changes, reference));
    });
  }

  for (const engine of TESTED_ENGINES) {
    it(`gives each the logits that it has alone, on ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const model = randomModel(CONFIGURATIONS['rotary halves, gated, rms, grouped keys'], executor);
      await assertRows(model);
      model.dispose();
    });
  }
});

describe('sampleBatch', () => {
  it('at temperature 0 continues each prompt as generate does, up to its own stop id', async () => {
    const model = randomModel({}, reference);
    const prompts = promptsOf(model, 12);
    const whole = await Promise.all(prompts.map((prompt) => produce(model, prompt, new Set())));
    const stopIds = new Set([whole[0][2], whole[5][0]]);
    const found = await sampleBatch(model, prompts, { ...greedy, stopIds }, NOT_CANCELLED);
    const ends = new Set(found.map(({ ids }) => ids.length));
    assert.ok(ends.size > 2, 'texts end at several places');
    for (const [index, prompt] of prompts.entries()) {
      const expected = await produce(model, prompt, stopIds);
      assert.deepEqual(found[index].ids, expected);
      assert.equal(found[index].stop, whole[index].at(expected.length));
    }
  });

  it('gives a prompt the same random continuation among few and among many', async () => {
    const model = randomModel({}, reference);
    const prompts = promptsOf(model, 20);
    const options = { ...sampled, stopIds: new Set([1, 2, 3, 4, 5]) };
    const many = await sampleBatch(model, prompts, options, NOT_CANCELLED);
    assert.deepEqual(await sampleBatch(model, prompts.slice(0, 3), options, NOT_CANCELLED), many.slice(0, 3));
    const other = await sampleBatch(model, prompts, { ...options, seed: 4 }, NOT_CANCELLED);
    assert.notDeepEqual(other, many);
  });

  it('follows the model’s distribution', async () => {
    const model = randomModel({ d_vocab: 5 }, reference);
    const prompt = [3, 1, 4];
    const logits = (await model.runWithCache([prompt], ['logits'])).get('logits')!;
    const expected = softmaxOf(rowOf(logits, 0, 2));
    const draws = 800;
    const prompts = Array.from({ length: draws }, () => prompt);
    const found = await sampleBatch(model, prompts, { ...sampled, maxTokens: 1 }, NOT_CANCELLED);
    const counts = expected.map(() => 0);
    for (const { ids } of found) counts[ids[0]]++;
    const statistic = expected.reduce((sum, p, id) => sum + (counts[id] - draws * p) ** 2 / (draws * p), 0);
    assert.ok(statistic < 18.5, `chi-square of 4 degrees is ${statistic}`); // 0.1% of true samples are above.
  });

  it('ends at the end of the context and at the most tokens that are wanted', async () => {
    const model = randomModel({}, reference);
    const { n_ctx } = model.configuration;
    const [full] = await sampleBatch(model, [[1, 2, 3]], { ...greedy, maxTokens: 1000 }, NOT_CANCELLED);
    assert.deepEqual([full.ids.length, full.stop], [n_ctx - 3 + 1, undefined]);
    const [short] = await sampleBatch(model, [[1, 2, 3]], { ...greedy, maxTokens: 2 }, NOT_CANCELLED);
    assert.deepEqual(short, { ids: full.ids.slice(0, 2), stop: undefined });
    assert.deepEqual(await sampleBatch(model, [], greedy, NOT_CANCELLED), []);
  });

  it('ends with CancelledError once it is cancelled', async () => {
    const cancellation = new SharedCancellation();
    cancellation.cancel();
    await assert.rejects(
      sampleBatch(randomModel({}, reference), [[1]], greedy, cancellation),
      CancelledError,
    );
  });

  it('says which text is not made of numbers', async () => {
    const model = randomModel({}, reference);
    damage(model, 5);
    const prompts = [
      [1, 2],
      [1, 5],
    ];
    await fails(
      sampleBatch(model, prompts, { ...greedy, maxTokens: 1 }, NOT_CANCELLED),
      'not-a-number',
      'hook_embed is the first',
    );
  });

  it('does not look at what a text that has ended computes in vain', async () => {
    const model = randomModel({}, reference);
    const options = { ...greedy, maxTokens: 3 };
    const prompts = promptsOf(model, 20);
    const [[stop], ...texts] = await Promise.all(prompts.map((prompt) => produce(model, prompt, new Set())));
    const others = prompts.slice(1).filter((prompt, index) => ![...prompt, ...texts[index]].includes(stop));
    assert.ok(others.length >= 4 && !prompts[0].includes(stop), 'one of five ends, and stays in the cache');
    damage(model, stop);
    const [first] = await sampleBatch(
      model,
      [prompts[0], ...others],
      { ...options, stopIds: new Set([stop]) },
      NOT_CANCELLED,
    );
    assert.deepEqual(first, { ids: [], stop });
  });

  it('refuses ids outside the vocabulary, and names what is no number', async () => {
    const model = randomModel({}, reference);
    await fails(sampleBatch(model, [[1], [17]], greedy, NOT_CANCELLED), 'tokenizer', '17');
    model.weight('ln_final.w')!.data[0] = NaN;
    await fails(sampleBatch(model, [[1], [2]], greedy, NOT_CANCELLED), 'not-a-number', 'logits is the first');
  });
});

/** Takes the numbers out of one token's embedding. */
function damage(model: LanguageModel, id: number): void {
  const { d_model } = model.configuration;
  model.weight('embed.W_E')!.data.fill(NaN, id * d_model, (id + 1) * d_model);
}

function promptsOf(model: LanguageModel, count: number): number[][] {
  const { d_vocab } = model.configuration;
  return Array.from({ length: count }, (_, seed) => randomIds(3, d_vocab, seed + 1));
}

async function produce(model: LanguageModel, prompt: number[], stopIds: Set<number>): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of generate(model, prompt, { ...greedy, stopIds }, NOT_CANCELLED)) ids.push(id);
  return ids;
}

/** Reads four texts side by side, two of them to their end. */
async function assertRows(model: LanguageModel): Promise<void> {
  const { n_ctx, d_vocab } = model.configuration;
  const texts = [1, 2, 3, 4].map((seed) => randomIds(n_ctx, d_vocab, seed));
  const logits = (await model.runWithCache(texts, ['logits'])).get('logits')!;
  const cache = new KeyValueCache(model, texts.length);
  const read = async (rows: number[], length: number): Promise<void> => {
    const found = await cache.extend(
      rows.flatMap((text) => texts[text].slice(cache.length, cache.length + length)),
    );
    for (const [row, text] of rows.entries()) {
      const alone = rowOf(logits, text, cache.length - 1);
      assertCloseValues(found.slice(row * d_vocab, (row + 1) * d_vocab), alone, 1e-4, `text ${text}`);
    }
  };
  await read([0, 1, 2, 3], 4);
  await read([0, 1, 2, 3], 1);
  await cache.keep([3, 1]);
  await read([3, 1], 1);
  await read([3, 1], 3);
}
