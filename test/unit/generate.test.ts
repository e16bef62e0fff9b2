// Continuing a text: the cache of keys and values, sampling, and where generation stops.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation, type Cancellation } from '../../src/backend/cancellation';
import { CancelledError } from '../../src/backend/errors';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import {
  chooseNext,
  generate,
  KeyValueCache,
  type GenerationOptions,
} from '../../src/backend/model/generate';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import { buildTransformer } from '../../src/backend/model/transformer';
import { seededRandom } from '../../src/backend/random';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertCloseValues, rowOf, softmaxOf } from '../support/numbers';
import { randomIds, randomModel } from '../support/randomModel';
import { fails } from './checkpointFiles';

const reference = new ReferenceExecutor();

describe('generate: the cache', () => {
  for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
    if (changes.causal === false) continue;
    it(`gives what a run without it gives, whatever the stretches: ${kind}`, async () => {
      const model = randomModel(changes, reference);
      await assertCached(model);
    });
  }

  for (const engine of TESTED_ENGINES) {
    it(`gives what a run without it gives, on ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      for (const kind of [
        'rotary halves, gated, rms, grouped keys',
        'relative positions',
        'no positions, windows',
      ]) {
        const model = randomModel(CONFIGURATIONS[kind], executor);
        await assertCached(model);
        model.dispose();
      }
    });
  }
});

describe('generate: batches', () => {
  for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
    if (changes.causal === false) continue;
    it(`a text gives the same alone, among others and padded: ${kind}`, async () => {
      const model = randomModel(changes, reference);
      const { d_vocab } = model.configuration;
      const texts = [randomIds(3, d_vocab, 1), randomIds(8, d_vocab, 2), randomIds(1, d_vocab, 3)];
      const together = (await model.runWithCache(texts, ['logits'])).get('logits')!;
      for (const [row, ids] of texts.entries()) {
        const alone = (await model.runWithCache([ids], ['logits'])).get('logits')!;
        for (let position = 0; position < ids.length; position++) {
          assertCloseValues(rowOf(together, row, position), rowOf(alone, 0, position), 1e-4, `text ${row}`);
        }
      }
    });
  }
});

describe('generate: the next token', () => {
  it('at temperature 0 is the likeliest, every time', async () => {
    const model = randomModel({}, reference);
    const prompt = [1, 2, 3];
    const ids = await produce(model, prompt, { temperature: 0, maxTokens: 5, seed: 1 });
    assert.deepEqual(await produce(model, prompt, { temperature: 0, maxTokens: 5, seed: 2 }), ids);
    const logits = (await model.runWithCache([[...prompt, ...ids]], ['logits'])).get('logits')!;
    for (const [index, id] of ids.entries()) {
      const row = rowOf(logits, 0, prompt.length - 1 + index);
      assert.equal(id, row.indexOf(Math.max(...row)));
    }
  });

  it('is the same for the same seed, and another text for another', async () => {
    const model = randomModel({}, reference);
    const options = { temperature: 1, maxTokens: 8 };
    const first = await produce(model, [1], { ...options, seed: 7 });
    assert.deepEqual(await produce(model, [1], { ...options, seed: 7 }), first);
    assert.notDeepEqual(await produce(model, [1], { ...options, seed: 8 }), first);
  });

  for (const temperature of [0.5, 1, 2]) {
    it(`follows softmax(logits / ${temperature})`, () => {
      const logits = Float32Array.of(0, 1, -1, 2, -Infinity, 0.5);
      const expected = softmaxOf(Array.from(logits, (logit) => logit / temperature));
      const random = seededRandom(11);
      const draws = 20000;
      const counts = expected.map(() => 0);
      for (let draw = 0; draw < draws; draw++) counts[chooseNext(logits, temperature, random)!]++;
      assert.equal(counts[4], 0);
      const statistic = expected.reduce(
        (sum, p, id) => sum + (p === 0 ? 0 : (counts[id] - draws * p) ** 2 / (draws * p)),
        0,
      );
      assert.ok(statistic < 18.5, `chi-square of 4 degrees is ${statistic}`); // 0.1% of true samples are above.
    });
  }

  it('never is one of probability zero, at the ends of the random numbers', () => {
    const logits = Float32Array.of(-Infinity, 3, -Infinity, 3, -Infinity);
    assert.equal(
      chooseNext(logits, 1, () => 0),
      1,
    );
    assert.equal(
      chooseNext(logits, 1, () => 1 - 2 ** -32),
      3,
    );
  });

  it('is none where a logit is not a number, wherever that stands', () => {
    for (const place of [0, 2, 4]) {
      const logits = Float32Array.of(-Infinity, 3, -1, 3, -Infinity).with(place, NaN);
      for (const temperature of [0, 1]) {
        assert.equal(
          chooseNext(logits, temperature, () => 0.5),
          undefined,
        );
      }
    }
  });

  it('is all that is unembedded: a prompt of any length costs one row of logits', () => {
    const { configuration } = randomModel({}, reference);
    const { unembedding } = buildTransformer(configuration, { captures: ['logits'], cached: true });
    assert.deepEqual(unembedding.input.shape, ['batch', 1, configuration.d_model]);
  });
});

describe('generate: the end', () => {
  it('stops before a stop id', async () => {
    const model = randomModel({}, reference);
    const all = await produce(model, [1], { maxTokens: 6 });
    const stop = all[3];
    const ids = await produce(model, [1], { maxTokens: 6, stopIds: new Set([stop]) });
    assert.deepEqual(ids, all.slice(0, all.indexOf(stop)));
  });

  it('stops at the end of the context, having read every position of it', async () => {
    const model = randomModel({}, reference);
    const { n_ctx } = model.configuration;
    assert.equal((await produce(model, [1, 2, 3], { maxTokens: 1000 })).length, n_ctx - 3 + 1);
    assert.equal((await produce(model, randomIds(n_ctx, 17), { maxTokens: 1000 })).length, 1);
  });

  it('gives at most as many tokens as wanted', async () => {
    const model = randomModel({}, reference);
    assert.equal((await produce(model, [1], { maxTokens: 4 })).length, 4);
    assert.equal((await produce(model, [1], { maxTokens: 0 })).length, 0);
  });

  it('ends with CancelledError between two tokens once it is cancelled', async () => {
    const model = randomModel({}, reference);
    const cancellation = new SharedCancellation();
    const ids: number[] = [];
    const work = async () => {
      for await (const id of generate(model, [1], options({ maxTokens: 9 }), cancellation)) {
        ids.push(id);
        if (ids.length === 2) cancellation.cancel();
      }
    };
    await assert.rejects(work(), CancelledError);
    assert.equal(ids.length, 2);
  });

  it('says so when the model computes what is no number', async () => {
    const model = randomModel({}, reference);
    model.weight('ln_final.w')!.data[0] = NaN;
    const options = { maxTokens: 1, temperature: 0, seed: 0, stopIds: new Set<number>() };
    const first = generate(model, [1], options, NOT_CANCELLED).next();
    await fails(first, 'not-a-number', 'logits is the first activation with NaN');
  });

  it('refuses ids outside the vocabulary', async () => {
    const model = randomModel({}, reference);
    await fails(produce(model, [0, 17], {}), 'tokenizer', '17');
    await fails(produce(model, [-1], {}), 'tokenizer', '-1');
  });
});

/** Reads a text in stretches of several lengths; after each the logits must be those of a plain run. */
async function assertCached(model: LanguageModel): Promise<void> {
  const { n_ctx, d_vocab } = model.configuration;
  const ids = randomIds(n_ctx, d_vocab);
  const logits = (await model.runWithCache([ids], ['logits'])).get('logits')!;
  for (const stretches of [[n_ctx], [1, 1, 1, 1], [4, 1, 3, 1]]) {
    const cache = new KeyValueCache(model);
    for (const length of stretches) {
      const found = await cache.extend(ids.slice(cache.length, cache.length + length));
      assertCloseValues(found, rowOf(logits, 0, cache.length - 1), 1e-4, `logits after ${cache.length}`);
    }
  }
}

function options(changes: Partial<GenerationOptions>): GenerationOptions {
  return { maxTokens: 10, temperature: 0, seed: 0, stopIds: new Set(), ...changes };
}

async function produce(
  model: LanguageModel,
  prompt: number[],
  changes: Partial<GenerationOptions>,
  cancellation: Cancellation = NOT_CANCELLED,
): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of generate(model, prompt, options(changes), cancellation)) ids.push(id);
  return ids;
}
