// The choice of a precision: which engines refuse it, and what it is measured to cost.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor } from '../../src/backend/engine/executor';
import { HalfExecutor } from '../../src/backend/engine/halfExecutor';
import { SubtextError } from '../../src/backend/errors';
import { generate, KeyValueCache } from '../../src/backend/model/generate';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { precisionError } from '../../src/backend/precisionError';
import type { EngineName } from '../../src/protocol/types';
import { configurationWith, randomCheckpoint, randomIds } from '../support/randomModel';

const refusal = (words: string) => (error: unknown) => {
  assert.ok(error instanceof SubtextError);
  assert.equal(error.reason, 'precision-unavailable');
  assert.ok(error.line.includes(words), error.line);
  return true;
};

describe('float16', () => {
  for (const engine of ['cpu', 'wasm', 'reference'] satisfies EngineName[]) {
    it(`is refused by the ${engine} engine, by name and with a remedy`, async () => {
      const started = startEngine(engine, { threads: 1, precision: 'float16' });
      await assert.rejects(started, refusal(`float16: the ${engine} engine computes in float32`));
      await assert.rejects(
        startEngine(engine, { threads: 1, precision: 'float16' }),
        refusal('Choose float32 (subtext.precision, --precision, train.precision)'),
      );
    });
  }

  it('is refused for its own sake where no engine that could be used has it', async () => {
    const started = startEngine('auto', { threads: 1, precision: 'float16' });
    await assert.rejects(started, refusal('No engine computes in float16 here'));
    await assert.rejects(
      startEngine('auto', { threads: 1, precision: 'float16' }),
      refusal('Choose float32 (subtext.precision'),
    );
  });

  it('is said by an engine that computes in it', async () => {
    const { executor } = await startEngine('cpu', { threads: 1 });
    const half = new HalfExecutor(executor);
    assert.equal(half.precision, 'float16');
    assert.equal(executor.precision ?? 'float32', 'float32');
    assert.match(half.detail, /, float16$/);
    half.dispose();
  });

  it('is not taken for generating, where each weight would be rounded for one token', async () => {
    const { executor } = await startEngine('cpu', { threads: 1 });
    const checkpoint = randomCheckpoint(configurationWith());
    const cached = async (each: Executor) => {
      const model = new LanguageModel(checkpoint, each);
      const ids: number[] = [];
      const options = { maxTokens: 6, temperature: 0, seed: 1, stopIds: new Set<number>() };
      for await (const id of generate(model, [1, 2, 3], options, NOT_CANCELLED)) ids.push(id);
      return { ids, logits: await new KeyValueCache(model).extend([1, 2, 3]) };
    };
    assert.deepEqual(await cached(new HalfExecutor(executor)), await cached(executor));
    executor.dispose();
  });
});

describe('the error of float16', () => {
  const configuration = configurationWith({ d_vocab: 101, d_model: 24, d_mlp: 40, n_ctx: 64 });
  const checkpoint = randomCheckpoint(configuration);
  const ids = randomIds(80, 101);

  it('is small, and not zero, on a text as long as the context', async () => {
    const { executor } = await startEngine('cpu', { threads: 1 });
    const full = new LanguageModel(checkpoint, executor);
    const half = new LanguageModel(checkpoint, new HalfExecutor(executor));
    const error = await precisionError(half, full, ids);
    assert.equal(error.tokens, 64);
    assert.ok(error.largest > 1e-4 && error.largest < 0.05, `largest ${error.largest}`);
    assert.ok(error.mean > 1e-5 && error.mean < error.largest / 2, `mean ${error.mean}`);
    assert.ok(error.loss !== 0 && Math.abs(error.loss) < error.largest, `loss ${error.loss}`);
    const none = await precisionError(full, full, ids);
    assert.deepEqual(none, { tokens: 64, largest: 0, mean: 0, loss: 0 });
    executor.dispose();
  });

  it('has the sign and the size of what the logits of one model were changed by', async () => {
    // A tokens' loss under equal logits is the logarithm of their number, whatever is added to all of them.
    const logitsOf = (values: (index: number) => number) =>
      ({
        configuration: { n_ctx: 64, d_vocab: 4 },
        runWithCache: () =>
          Promise.resolve(
            new Map([['logits', { data: Float32Array.from({ length: 12 }, (_, i) => values(i)) }]]),
          ),
      }) as unknown as LanguageModel;
    const flat = logitsOf(() => 1);
    const shifted = await precisionError(
      logitsOf(() => 1.5),
      flat,
      [0, 1, 2],
    );
    assert.deepEqual(shifted, { tokens: 3, largest: 0.5, mean: 0.5, loss: 0 });
    // Position 0 prefers token 1, which follows, by one nat: its loss falls from log 4 to log(e + 3) − 1.
    const surer = await precisionError(
      logitsOf((index) => (index === 1 ? 2 : 1)),
      flat,
      [0, 1, 2],
    );
    assert.equal(surer.mean, 1 / 12);
    assert.ok(Math.abs(surer.loss - (Math.log(Math.E + 3) - 1 - Math.log(4)) / 2) < 1e-6);
  });

  it('needs two tokens', async () => {
    const { executor } = await startEngine('cpu', { threads: 1 });
    const full = new LanguageModel(checkpoint, executor);
    await assert.rejects(precisionError(full, full, [1]), /fewer than two tokens/);
    executor.dispose();
  });
});
