// Scores of attention heads: known answers of hand-made models, and a slow plain recomputation by their definitions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { AttentionMaps } from '../../src/backend/interpret/attention/attentionMaps';
import { Reading } from '../../src/backend/interpret/reading';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { HEAD_SCORES, type HeadScore } from '../../src/protocol/attention';
import { characters } from '../support/characters';
import { MadeUpModel, rowsOf, UNEVEN, type Weight } from '../support/madeUpPatterns';
import { assertCloseValues } from '../support/numbers';
import { duplicateTokenModel, inductionModel, previousTokenModel } from '../support/handMadeAttention';
import { randomIds, randomModel } from '../support/randomModel';

const reference = new ReferenceExecutor();

describe('head scores: against a plain loop', () => {
  const cases: Record<
    string,
    { length: number; n_ctx?: number; begins?: boolean } & Partial<TransformerConfiguration>
  > = {
    'one token': { length: 1 },
    'three tokens': { length: 3 },
    '17 tokens': { length: 17 },
    '65 tokens': { length: 65 },
    'after a begin-of-text token': { length: 17, begins: true },
    'an encoder': { length: 17, causal: false },
    'a local window': { length: 33, windows: [5, null] },
    'a window of one token': { length: 9, windows: [1, null] },
    'an encoder with a local window': { length: 17, causal: false, windows: [4, null] },
    'uniform heads': { length: 33, position: 'uniform' },
    'a text of several windows': { length: 40, n_ctx: 11 },
    'several windows that each begin with a begin-of-text token': { length: 40, n_ctx: 11, begins: true },
    'several windows of an encoder': { length: 40, n_ctx: 11, causal: false },
  };
  for (const [name, { length, begins = false, n_ctx = 65, ...changes }] of Object.entries(cases)) {
    it(`${name}: every score is what it says, with the sink and without`, async () => {
      const { reading, scores, scoresWithoutSink } = await gridOf(length, begins, { n_ctx, ...changes });
      const { n_layers, n_heads } = reading.model.configuration;
      for (let row = 0; row < n_layers * n_heads; row++) {
        const [layer, head] = [Math.floor(row / n_heads), row % n_heads];
        const expected = slowScores(reading, layer, head);
        for (const score of HEAD_SCORES) {
          const what = `${score} of L${layer}H${head}`;
          const [raw, without] = [scores[score][row], scoresWithoutSink[score][row]];
          assertCloseValues([raw], [expected.raw[score]], 2e-5, what);
          assertCloseValues([without], [expected.withoutSink[score]], 2e-5, `${what} without sink`);
        }
      }
    });
  }

  it('a row with a number that is none counts in no score, and is counted', async () => {
    const broken: Weight = (layer, head, destination, source) =>
      layer === 0 && head === 1 && destination === 5 ? NaN : UNEVEN(layer, head, destination, source);
    const { reading, scores, notNumbers } = await gridOf(17, false, { n_ctx: 17 }, broken);
    assert.deepEqual(Array.from(notNumbers), [0, 6, 0, 0, 0, 0]);
    const expected = slowScores(reading, 0, 1);
    for (const score of HEAD_SCORES)
      assertCloseValues([scores[score][1]], [expected.raw[score]], 2e-5, score);
  });
});

describe('head scores: known answers', () => {
  it('a head that looks at the position before it scores exactly 1 on previous-token', async () => {
    const { scores, kinds } = await gridOfModel(previousTokenModel(), randomIds(9, 17));
    assert.equal(scores.previousToken[0], 1);
    assert.equal(scores.distanceExplained[0], 1);
    assert.equal(scores.distanceMean[0], 1);
    assert.equal(scores.distanceSpread[0], 0);
    assert.equal(kinds[0], 'distance');
  });

  it('a head that looks for the same token scores 1 on duplicate-token, and distance explains little of it', async () => {
    const ids = [0, 1, 2, 3, 4, 1, 5, 3, 2, 4];
    const { scores, kinds } = await gridOfModel(duplicateTokenModel(), ids);
    assertCloseValues([scores.duplicateToken[0]], [1], 1e-6, 'duplicate-token');
    assert.ok(scores.distanceExplained[0] < 0.5, `distance explains ${scores.distanceExplained[0]}`);
    assert.equal(kinds[0], 'semantic');
  });

  it('the second layer of an induction circuit scores 1 on induction when a sequence comes again', async () => {
    const sequence = [1, 2, 3, 4, 5, 6];
    const { scores } = await gridOfModel(inductionModel(), [0, ...sequence, ...sequence]);
    assertCloseValues([scores.previousToken[0]], [1], 1e-6, 'previous-token of the first layer');
    assertCloseValues([scores.induction[1]], [1], 1e-4, 'induction of the second layer');
  });

  it('heads whose attention depends on distance alone are explained by it', async () => {
    const model = randomModel({ position: 'distance-only', n_ctx: 65 }, reference);
    // Only near the start do rows differ: there they hold less.
    for (let head = 0; head < 3; head++) {
      const table = model.weight('blocks.0.attn.distance_scores')!.data;
      for (let distance = 0; distance < 65; distance++) table[head * 65 + distance] = distance < 3 ? 30 : -30;
    }
    const { scores, kinds } = await gridOfModel(model, randomIds(65, 17));
    for (let head = 0; head < 3; head++) {
      assert.ok(scores.distanceExplained[head] > 0.95, `${scores.distanceExplained[head]}`);
      assert.equal(kinds[head], 'distance');
    }
  });

  it('uniform heads say that they have no learned pattern', async () => {
    const { kinds } = await gridOfModel(randomModel({ position: 'uniform' }, reference), randomIds(9, 17));
    assert.deepEqual(new Set(kinds), new Set(['unlearned']));
  });

  it('a head that only looks at the first token is a sink head, whatever is left', async () => {
    const sink: Weight = (_layer, _head, _destination, source) => (source === 0 ? 1 : 1e-6);
    const { kinds, scores } = await gridOf(17, false, { n_ctx: 17 }, sink);
    assert.ok(scores.sink[0] > 0.99);
    assert.deepEqual(new Set(kinds), new Set(['sink']));
  });

  it('a head that looks at all alike is broad', async () => {
    const { kinds, scores } = await gridOf(65, false, { n_ctx: 65 }, () => 1);
    assertCloseValues([scores.normalizedEntropy[0]], [1], 1e-6, 'entropy');
    assert.equal(kinds[0], 'broad');
  });

  it('special tokens are sink wherever they stand', async () => {
    // The letter-by-letter tokenizer decodes its begin-of-text token to nothing, as all do.
    const tokenizer = {
      ...characters(17, true),
      decode: (ids: ArrayLike<number>) => (ids[0] === 0 ? '' : 'x'),
    };
    const toThird: Weight = (_layer, _head, _destination, source) => (source === 3 ? 1 : 0.001);
    const model = new MadeUpModel({ n_ctx: 17 }, toThird, tokenizer);
    const reading = new Reading(
      model,
      [0, 5, 6, 0, 7, 8, 9].map((id) => ({ id, piece: 'x', start: 0, end: 1 })),
    );
    const { scores } = await new AttentionMaps(reading).grid(NOT_CANCELLED);
    // Destinations 1, 2 see the first token of the sink alone, 4 to 6 both.
    const shares = [1 / 2, 1 / 3, 1.001 / 1.004, 1.001 / 1.005, 1.001 / 1.006];
    assertCloseValues([scores.sink[0]], [shares.reduce((a, b) => a + b, 0) / 5], 1e-5, 'sink');
  });
});

async function gridOf(
  length: number,
  begins: boolean,
  changes: Partial<TransformerConfiguration>,
  weight: Weight = UNEVEN,
) {
  const model = new MadeUpModel(changes, weight, characters(17, begins));
  // Tokens that repeat at uneven distances.
  const text = randomIds(length, 7)
    .map((id) => String.fromCharCode(97 + id))
    .join('');
  const reading = Reading.ofText(model, text);
  return { reading, ...(await new AttentionMaps(reading).grid(NOT_CANCELLED)) };
}

function gridOfModel(model: LanguageModel, ids: number[]) {
  return new AttentionMaps(Reading.ofIds(model, ids)).grid(NOT_CANCELLED);
}

/** Scores by the words of `HeadStatistics`, a destination at a time. */
function slowScores(reading: Reading, layer: number, head: number) {
  const isSink = (position: number) => position === 0;
  const rows = rowsOf(reading, layer, head).filter(
    ({ position, sources }) => !isSink(position) && sources.every(({ value }) => Number.isFinite(value)),
  );
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const mean = (values: number[]) => sum(values) / values.length;
  const others = rows.map((row) => ({
    ...row,
    sources: row.sources.filter(({ position }) => !isSink(position)),
  }));
  const entropyOf = (values: number[]) => sum(values.map((a) => (a > 0 ? -a * Math.log(a) : 0)));
  const valuesOf = ({ sources }: { sources: { value: number }[] }) => sources.map(({ value }) => value);

  const target = (isTarget: (ids: Int32Array, i: number, j: number) => boolean) => {
    const applied = others.flatMap((row) => {
      const found = row.sources.filter(({ position }) => isTarget(row.window.ids, row.position, position));
      return found.length > 0
        ? [{ mass: sum(found.map(({ value }) => value)), left: sum(valuesOf(row)) }]
        : [];
    });
    const masses = applied.map(({ mass }) => mass);
    return [mean(masses), sum(masses) / sum(applied.map(({ left }) => left))];
  };
  const targets = {
    previousToken: target((_, i, j) => j === i - 1),
    duplicateToken: target((ids, i, j) => j !== i && ids[j] === ids[i]),
    induction: target((ids, i, j) => j !== i && j !== i + 1 && ids[j - 1] === ids[i]),
    self: target((_, i, j) => i === j),
  };

  const sinkRows = rows.filter(({ sources }) => sources.some(({ position }) => isSink(position)));
  const sink = mean(
    sinkRows.map(({ sources }) =>
      sum(sources.filter(({ position }) => isSink(position)).map(({ value }) => value)),
    ),
  );

  const pairs = others.flatMap(({ position, sources }) =>
    sources.map((s) => ({ distance: position - s.position, value: s.value })),
  );
  const mass = sum(pairs.map(({ value }) => value));
  const distanceMean = sum(pairs.map(({ distance, value }) => Math.abs(distance) * value)) / mass;
  const variance =
    sum(pairs.map(({ distance, value }) => (Math.abs(distance) - distanceMean) ** 2 * value)) / mass;
  const average = mean(pairs.map(({ value }) => value));
  const byDistance = new Map<number, number[]>();
  for (const { distance, value } of pairs)
    byDistance.set(distance, [...(byDistance.get(distance) ?? []), value]);
  const total = sum(pairs.map(({ value }) => (value - average) ** 2));
  const residual = sum(pairs.map(({ distance, value }) => (value - mean(byDistance.get(distance)!)) ** 2));

  const renormalised = others.map((row) => {
    const left = sum(valuesOf(row));
    const seen = row.sources.length;
    return { left, seen, entropy: left > 0 ? entropyOf(valuesOf(row).map((value) => value / left)) : 0 };
  });
  const several = renormalised.filter(({ seen }) => seen > 1);
  const seesSeveral = rows.filter(({ sources }) => sources.length > 1);
  const shared = {
    sink,
    distanceMean,
    distanceSpread: Math.sqrt(variance),
    distanceExplained: total > 1e-9 ? 1 - residual / total : NaN,
  };
  const pick = (which: 0 | 1) =>
    Object.fromEntries(Object.entries(targets).map(([name, both]) => [name, both[which]])) as Record<
      keyof typeof targets,
      number
    >;
  const raw: Record<HeadScore, number> = {
    ...shared,
    ...pick(0),
    entropy: mean(rows.map((row) => entropyOf(valuesOf(row)))),
    normalizedEntropy: mean(
      seesSeveral.map((row) => entropyOf(valuesOf(row)) / Math.log(row.sources.length)),
    ),
  };
  const withoutSink: Record<HeadScore, number> = {
    ...shared,
    ...pick(1),
    entropy:
      sum(renormalised.map(({ left, entropy }) => left * entropy)) /
      sum(renormalised.map(({ left }) => left)),
    normalizedEntropy:
      sum(several.map(({ left, seen, entropy }) => (left * entropy) / Math.log(seen))) /
      sum(several.map(({ left }) => left)),
  };
  return { raw, withoutSink };
}
