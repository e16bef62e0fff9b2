// Parts of a lens: some tokens of a text, one place, what is not a number.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import { CancelledError } from '../../src/backend/errors';
import type { LensRows } from '../../src/backend/interpret/lens/lensReadout';
import { lensNote, LogitLens } from '../../src/backend/interpret/lens/logitLens';
import { ResidualStreams } from '../../src/backend/interpret/lens/residualStreams';
import { letMessagesIn } from '../../src/backend/interpret/reading';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { countingExecutor } from '../support/countingExecutor';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertCloseValues, rowOf, softmaxOf } from '../support/numbers';
import { configurationWith, randomCheckpoint, randomModel } from '../support/randomModel';
import { fails } from './checkpointFiles';
import { columns, plainLogits, reading, reference } from '../support/lensReadings';

describe('logit lens: parts of a text', () => {
  it('are the same as in the whole, in whatever order they are asked for, and not computed twice', async () => {
    const model = randomModel({}, reference);
    const whole = await columns(new LogitLens(reading(model, 40)), 0, 40);
    let readouts = 0;
    const { readout } = model;
    model.readout = (...given) => (readouts++, readout.apply(model, given));
    const lens = new LogitLens(reading(model, 40));
    for (const [start, end] of [
      [20, 24],
      [3, 30],
      [39, 40],
      [0, 40],
    ])
      assertPart(await columns(lens, start, end), start, end, whole, 40);
    const before = readouts;
    assert.ok(before > 0);
    assertPart(await columns(lens, 7, 33), 7, 33, whole, 40);
    assert.equal(readouts, before);
    lens.release();
    assertPart(await columns(lens, 7, 33), 7, 33, whole, 40);
    assert.ok(readouts > before);
  });

  it('are let go of with the graphs that read them, which hold the memory of their runs; others stay', async () => {
    const counts = countingExecutor(reference);
    const read = reading(randomModel({}, counts.executor), 5);
    await read.run(['blocks.1.hook_resid_post'], () => undefined, NOT_CANCELLED);
    const others = counts.compiled;
    const lens = new LogitLens(read);
    await columns(lens, 0, 5);
    assert.equal(counts.compiled, others + 2, 'the streams, and what they say');
    lens.release();
    await letMessagesIn();
    assert.equal(counts.disposed, 2);
    await read.run(['blocks.1.hook_resid_post'], () => undefined, NOT_CANCELLED);
    assert.equal(counts.compiled, others + 2);
  });

  it('keep streams up to a limit and run others again', async () => {
    const read = reading(randomModel({}, reference), 40);
    let runs = 0;
    const { run } = read;
    read.run = (...given) => (runs++, run.apply(read, given));
    const [first, second, third] = read.windows;
    const bytes = 3 * 4 * 10 * 11;
    const streams = new ResidualStreams(read, 2 * bytes);
    for (const window of [first, second, first, third, first]) await streams.of(window, NOT_CANCELLED);
    assert.equal(runs, 3);
    await streams.of(second, NOT_CANCELLED);
    assert.equal(runs, 4);
  });

  it('end with CancelledError between two runs, keep what was done, and report progress until then', async () => {
    const lens = new LogitLens(reading(randomModel({}, reference), 40));
    const cancellation = new SharedCancellation();
    const seen: number[] = [];
    const progress = (share: number) => {
      seen.push(share);
      if (seen.length === 2) cancellation.cancel();
    };
    await assert.rejects(lens.columns({ start: 0, end: 40 }, cancellation, progress), CancelledError);
    assert.ok(seen.length === 2 && seen[0] > 0 && seen[0] < seen[1] && seen[1] < 1);
    const again: number[] = [];
    await lens.columns({ start: 0, end: 40 }, NOT_CANCELLED, (share) => again.push(share));
    assert.ok(again[0] > seen[1]);
    assert.equal(again.at(-1), 1);
  });
});

describe('logit lens: one place', () => {
  it('has the likeliest tokens in order, and the path of any token over the layers', async () => {
    const model = randomModel({}, reference);
    const read = reading(model, 25);
    const lens = new LogitLens(read);
    const { window, row } = read.placeOf(20);
    const streams = await model.runWithCache([window.ids], lens.hooks);
    const rows = await Promise.all(
      lens.hooks.map(async (hook) => softmaxOf(await plainLogits(model, rowOf(streams.get(hook)!, 0, row)))),
    );
    for (const [point, p] of rows.entries()) {
      const found = await lens.likeliest(point, 20, 6, NOT_CANCELLED);
      const order = [...p.keys()].sort((a, b) => p[b] - p[a]).slice(0, 6);
      assert.deepEqual(
        found.map(({ id }) => id),
        order,
      );
      assertCloseValues(
        found.map((each) => Math.exp(each.logProbability)),
        order.map((id) => p[id]),
        1e-6,
        'p',
      );
    }
    const path = await lens.path(20, 7, NOT_CANCELLED);
    assertCloseValues(
      path.probabilities,
      rows.map((p) => p[7]),
      1e-6,
      'path',
    );
    assert.deepEqual(
      Array.from(path.ranks),
      rows.map((p) => 1 + p.filter((each) => each > p[7]).length),
    );
  });

  it('is refused where there is no such layer, token or target', async () => {
    const lens = new LogitLens(reading(randomModel({}, reference), 4));
    await fails(lens.likeliest(3, 0, 5, NOT_CANCELLED), 'usage', 'point 3');
    await fails(lens.likeliest(0, 4, 5, NOT_CANCELLED), 'usage', 'token 4');
    await fails(lens.path(-1, 0, NOT_CANCELLED), 'usage', 'token -1');
    await fails(lens.path(0, 17, NOT_CANCELLED), 'usage', '17');
  });
});

describe('logit lens: what is not a number', () => {
  for (const engine of ['reference', ...TESTED_ENGINES] as const) {
    it(`is marked where it is, and only there: ${engine}`, async (context) => {
      const executor = engine === 'reference' ? reference : await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const checkpoint = randomCheckpoint(configurationWith());
      checkpoint.weights.get('blocks.1.mlp.b_out')!.data[0] = NaN;
      const model = new LanguageModel(checkpoint, executor);
      const lens = new LogitLens(reading(model, 3));
      const { top, topProbability, targetRank, entropy, divergence } = await columns(lens, 0, 3);
      for (let at = 0; at < 9; at++) {
        const broken = at >= 6;
        assert.equal(top[at] === -1, broken, `top ${at}`);
        assert.equal(Number.isNaN(topProbability[at]), broken, `p ${at}`);
        assert.equal(Number.isNaN(entropy[at]), broken, `entropy ${at}`);
        assert.equal(targetRank[at] === 0, broken || at % 3 === 2, `rank ${at}`);
        assert.ok(Number.isNaN(divergence[at]), 'there is nothing to diverge from');
      }
      assert.deepEqual(await lens.likeliest(2, 1, 5, NOT_CANCELLED), []);
      model.dispose();
    });
  }
});

describe('logit lens: the note', () => {
  it('says which norm is applied, and what else lies before the unembedding', () => {
    assert.equal(lensNote(configurationWith()), "final norm with each layer's own statistics");
    const bert = configurationWith({ block: 'post-norm', head_transform: true });
    assert.match(lensNote(bert), /no further norm.*layer before the unembedding/);
  });
});

function assertPart(part: LensRows, start: number, end: number, whole: LensRows, length: number): void {
  for (const name of Object.keys(whole) as (keyof LensRows)[]) {
    for (let at = 0; at < part[name].length; at++) {
      const [point, token] = [Math.floor(at / (end - start)), start + (at % (end - start))];
      assert.ok(
        Object.is(part[name][at], whole[name][point * length + token]),
        `${name} ${start}-${end} ${at}`,
      );
    }
  }
}
