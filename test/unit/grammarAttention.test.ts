// Attention statistics of a grammar: against their definitions pair by pair, and on patterns whose statistics are known.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Grammar } from '../../src/backend/data/cfg/grammar';
import { readGrammar } from '../../src/backend/data/cfg/grammarText';
import { latentLabels, type LatentLabels } from '../../src/backend/data/cfg/labels';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { derive, sampleTree, samplingRandom } from '../../src/backend/data/cfg/sample';
import { BEGIN_ID, cfgTokenizerJson, endId } from '../../src/backend/data/cfg/tokens';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import {
  grammarAttention,
  type MeasuredGrammarAttention,
} from '../../src/backend/interpret/grammarAttention/grammarAttention';
import {
  GrammarAttentionTally,
  type TalliedAttention,
} from '../../src/backend/interpret/grammarAttention/tally';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { readHuggingFaceTokenizer } from '../../src/backend/tokenizer/huggingFace';
import { JsonValue } from '../../src/backend/tokenizer/jsonValue';
import { BOUNDARY_SHIFTS, MOST_BACK } from '../../src/protocol/grammarAttention';
import { isError } from '../support/errors';
import { configurationWith, randomCheckpoint, randomModel } from '../support/randomModel';

const reference = new ReferenceExecutor();
const cfg3b = presetGrammar('cfg3b/3');

/** What the patterns of one string are told by. */
interface ReadString {
  labels: LatentLabels;
  /** By row of heads: [destination][source] of the terminals. */
  patterns: number[][][];
}

interface Pair {
  text: number;
  j: number;
  i: number;
}

/** All statistics by their definitions, in float64, from all pairs of all strings at once. */
class Oracle {
  readonly pairs: Pair[] = [];

  constructor(
    readonly strings: readonly ReadString[],
    causal: boolean,
  ) {
    for (const [text, { labels }] of strings.entries()) {
      const length = labels.shallowestEnds.length;
      for (let j = 0; j < length; j++)
        for (let i = 0; i < length; i++) if (causal ? i < j : i !== j) this.pairs.push({ text, j, i });
    }
  }

  attention(row: number, { text, j, i }: Pair): number {
    return this.strings[text].patterns[row][j][i];
  }

  position(row: number, distance: number): number {
    return mean(this.pairs.filter(({ j, i }) => j - i === distance).map((pair) => this.attention(row, pair)));
  }

  /** Mean residual of the pairs that `holds` is true of, and how many they are. */
  residual(row: number, holds: (labels: LatentLabels, j: number, i: number) => boolean): [number, number] {
    const found = this.pairs.filter(({ text, j, i }) => holds(this.strings[text].labels, j, i));
    const averages = new Map(
      [...new Set(found.map(({ j, i }) => j - i))].map((distance) => [
        distance,
        this.position(row, distance),
      ]),
    );
    return [
      mean(found.map((pair) => this.attention(row, pair) - averages.get(pair.j - pair.i)!)),
      found.length,
    ];
  }
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

async function readStrings(
  model: LanguageModel,
  grammar: Grammar,
  count: number,
  seed: number,
): Promise<ReadString[]> {
  const { n_layers, n_heads } = model.configuration;
  const random = samplingRandom(seed, 'attention');
  const hooks = Array.from({ length: n_layers }, (_, layer) => `blocks.${layer}.attn.hook_pattern`);
  const found: ReadString[] = [];
  for (let made = 0; made < count; made++) {
    const { tokens, tree } = sampleTree(grammar, random);
    const captured = await model.runWithCache([[BEGIN_ID, ...tokens, endId(grammar)]], hooks);
    const width = tokens.length + 2;
    const patterns = hooks.flatMap((hook) =>
      Array.from({ length: n_heads }, (_, head) =>
        tokens.map((_, j) =>
          tokens.map((_, i) => captured.get(hook)!.data[(head * width + j + 1) * width + i + 1]),
        ),
      ),
    );
    found.push({ labels: latentLabels(grammar, tree), patterns });
  }
  return found;
}

function near(found: number, wanted: number, what: string): void {
  if (Number.isNaN(wanted)) assert.ok(Number.isNaN(found), `${what}: ${found} instead of nothing`);
  else assert.ok(Math.abs(found - wanted) < 1e-6, `${what}: ${found} instead of ${wanted}`);
}

/** Every number of an answer against the oracle. */
function assertAsDefined(found: MeasuredGrammarAttention, oracle: Oracle): void {
  const { levels, layers, heads, distances, back } = found;
  const [L, S, R] = [levels.length, BOUNDARY_SHIFTS.length, back.length];
  const endsAt = ({ levels: labels }: LatentLabels, level: number, place: number) =>
    labels[level].ends[place] === 1;
  for (let row = 0; row < layers * heads; row++) {
    for (const [column, distance] of distances.entries()) {
      const what = `row ${row}, distance ${distance}`;
      near(found.position[row * distances.length + column], oracle.position(row, distance), what);
      assert.equal(
        found.positionPairs[column],
        oracle.pairs.filter(({ j, i }) => j - i === distance).length,
        what,
      );
    }
    const check = (
      [values, pairs]: [Float32Array, Int32Array],
      at: number,
      holds: Parameters<Oracle['residual']>[1],
      what: string,
    ) => {
      const [value, count] = oracle.residual(row, holds);
      assert.equal(pairs[at], count, what);
      near(values[row * pairs.length + at], value, `row ${row}, ${what}`);
    };
    for (let level = 0; level < L; level++) {
      for (const [from, d1] of BOUNDARY_SHIFTS.entries()) {
        check(
          [found.boundary, found.boundaryPairs],
          level * S + from,
          (labels, _, i) => endsAt(labels, level, i + d1),
          `boundary ${level} ${d1}`,
        );
        for (const [to, d2] of BOUNDARY_SHIFTS.entries()) {
          check(
            [found.between, found.betweenPairs],
            (level * S + to) * S + from,
            (labels, j, i) => endsAt(labels, level, i + d1) && endsAt(labels, level, j + d2),
            `between ${level} ${d2} ${d1}`,
          );
        }
      }
      for (let of = 0; of < L; of++) {
        for (const [at, r] of back.entries()) {
          check(
            [found.ends, found.endPairs],
            (of * L + level) * R + at,
            ({ shallowestEnds, levels: labels }, j, i) =>
              shallowestEnds[j] === levels[of] &&
              shallowestEnds[i] === levels[level] &&
              labels[level].indices[j] - labels[level].indices[i] === r,
            `ends ${of} ${level} ${r}`,
          );
        }
      }
    }
  }
}

const MODELS: Record<string, Partial<TransformerConfiguration>> = {
  'one head, one layer': { n_layers: 1, n_heads: 1, n_key_value_heads: 1, d_model: 7, d_head: 3 },
  'three layers of five heads, relative positions': { n_layers: 3, n_heads: 5, position: 'relative' },
  'a window of three tokens': { windows: [3, null], position: 'rotary' },
  'distances alone': { position: 'distance-only' },
  'an encoder': { block: 'post-norm', causal: false },
};

describe('grammarAttention', () => {
  for (const [name, changes] of Object.entries(MODELS)) {
    it(`is what its definitions say, pair by pair: ${name}`, async () => {
      const model = randomModel({ d_vocab: 5, n_ctx: 23, ...changes }, reference);
      const found = await grammarAttention(model, cfg3b, { strings: 3, seed: 4 }, NOT_CANCELLED);
      const oracle = new Oracle(await readStrings(model, cfg3b, 3, 4), model.configuration.causal);
      assert.equal(
        found.terminals,
        oracle.strings.reduce((sum, { labels }) => sum + labels.shallowestEnds.length, 0),
      );
      assertAsDefined(found, oracle);
    });
  }

  it('counts what an encoder sees in both directions, and says how far ahead', async () => {
    const model = randomModel({ d_vocab: 5, n_ctx: 23, causal: false }, reference);
    const { distances, positionPairs, back, terminals } = await grammarAttention(
      model,
      cfg3b,
      { strings: 1, seed: 1 },
      NOT_CANCELLED,
    );
    const ahead = Array.from({ length: terminals - 1 }, (_, index) => index - terminals + 1);
    assert.deepEqual([...distances], [...ahead, ...ahead.map((distance) => -distance).reverse()]);
    assert.deepEqual(
      [...positionPairs],
      Array.from(distances, (distance) => terminals - Math.abs(distance)),
    );
    assert.deepEqual([back[0], back.at(-1)], [-MOST_BACK, MOST_BACK]);
  });

  it('reads the strings under interventions', async () => {
    const model = randomModel({ d_vocab: 5, n_ctx: 23 }, reference);
    const list = [
      { id: 'a', on: true, part: 'L0.attn', change: { kind: 'ablate' as const, to: 'zero' as const } },
    ];
    const interventions = new Interventions(model, list, new BaseValues(model));
    const question = { strings: 2, seed: 1 };
    const plain = await grammarAttention(model, cfg3b, question, NOT_CANCELLED);
    const progress: number[] = [];
    const changed = await grammarAttention(
      model,
      cfg3b,
      question,
      NOT_CANCELLED,
      (share) => progress.push(share),
      interventions,
    );
    assert.deepEqual([plain.interventions, changed.interventions], [0, 1]);
    assert.deepEqual(progress, [0.5, 1]);
    const layers = ({ position }: TalliedAttention) => [
      position.slice(0, position.length / 2),
      position.slice(position.length / 2),
    ];
    assert.deepEqual(layers(changed)[0], layers(plain)[0]);
    assert.notDeepEqual(layers(changed)[1], layers(plain)[1]);
  });

  it('gives the same strings for the same seed, and others for another', async () => {
    const model = randomModel({ d_vocab: 5, n_ctx: 23 }, reference);
    const read = (seed: number) => grammarAttention(model, cfg3b, { strings: 5, seed }, NOT_CANCELLED);
    const first = await read(1);
    assert.deepEqual(await read(1), first);
    assert.notDeepEqual(await read(2), { ...first, seed: 2 });
  });

  it('refuses what it cannot measure, and says what to do', async () => {
    const model = randomModel({ d_vocab: 5, n_ctx: 23 }, reference);
    const measure = (of: LanguageModel, grammar: Grammar, strings = 2) =>
      grammarAttention(of, grammar, { strings, seed: 1 }, NOT_CANCELLED);
    await assert.rejects(measure(model, cfg3b, 0), isError('usage', '0 is not a number of strings'));
    await assert.rejects(measure(model, cfg3b, 10_001), isError('usage'));
    await assert.rejects(measure(model, cfg3b, 1.5), isError('usage'));
    const short = randomModel({ d_vocab: 5, n_ctx: 13 }, reference);
    await assert.rejects(measure(short, cfg3b), isError('grammar', 'cfg3b/3', 'the model reads 13 tokens'));
    const flat = presetGrammar('cfg3b/5');
    await assert.rejects(measure(model, flat), isError('grammar', 'no level between'));
    const uneven = readGrammar('S -> A b\nA -> a | b', 'uneven');
    await assert.rejects(measure(model, uneven), isError('grammar', 'not layered'));
    const small = randomModel({ d_vocab: 4 }, reference);
    await assert.rejects(measure(small, cfg3b), isError('grammar', '4 tokens'));
    const letters = readGrammar('S -> A A\nA -> a b | c a', 'letters');
    const json = JSON.stringify(cfgTokenizerJson(letters));
    const tokenizer = readHuggingFaceTokenizer(JsonValue.parse(json, 'tokenizer.json'));
    const other = new LanguageModel(
      randomCheckpoint(configurationWith({ d_vocab: 5, n_ctx: 23 }), 1, tokenizer),
      reference,
    );
    await assert.rejects(measure(other, cfg3b), isError('grammar', 'Token 1 of the model is a'));
    const uniform = randomModel({ d_vocab: 5, n_ctx: 23, position: 'uniform' }, reference);
    await assert.rejects(measure(uniform, cfg3b), isError('hook', 'no attention patterns'));
  });

  it('names the activation of a model whose attention is not numbers', async () => {
    const checkpoint = randomCheckpoint(configurationWith({ d_vocab: 5, n_ctx: 23 }));
    checkpoint.weights.get('blocks.1.attn.W_Q')!.data[3] = NaN;
    const broken = new LanguageModel(checkpoint, reference);
    await assert.rejects(
      grammarAttention(broken, cfg3b, { strings: 1, seed: 1 }, NOT_CANCELLED),
      isError('not-a-number', 'blocks.1.attn.hook_q'),
    );
  });

  it('stops between two strings', async () => {
    const model = randomModel({ d_vocab: 5, n_ctx: 23 }, reference);
    const cancellation = { cancelled: false };
    let read = 0;
    const stop = () => {
      read++;
      cancellation.cancelled = true;
    };
    await assert.rejects(
      grammarAttention(model, cfg3b, { strings: 9, seed: 1 }, cancellation, stop),
      isError('cancelled'),
    );
    assert.equal(read, 1);
  });
});

describe('GrammarAttentionTally', () => {
  /** Strings of three pairs; pairs end at 1, 3 and 5. */
  const threePairs = readGrammar('S -> A A A\nA -> a a', 'three-pairs');

  /** @param attention of a terminal to another; everything else is not a number */
  function tallied(
    grammar: Grammar,
    causal: boolean,
    attention: (j: number, i: number) => number,
    texts = 1,
  ): TalliedAttention {
    const { length } = derive(grammar, () => 0).tokens;
    const levels = grammar.levels!.length - 2;
    const tally = new GrammarAttentionTally({ layers: 1, heads: 1, levels, causal, longest: length });
    const width = length + 2;
    for (let text = 0; text < texts; text++) {
      const labels = latentLabels(grammar, derive(grammar, () => 0).tree);
      const pattern = Float32Array.from({ length: width ** 2 }, (_, at) => {
        const [j, i] = [Math.floor(at / width) - 1, (at % width) - 1];
        const counts = [j, i].every((place) => place >= 0 && place < length) && (causal ? i < j : i !== j);
        return counts ? attention(j, i) : NaN;
      });
      assert.equal(tally.addLayer(tally.addString(labels), 0, pattern), true);
    }
    return tally.statistics();
  }

  it('finds all of attention in the position part where it follows distance alone', () => {
    const grammar = presetGrammar('cfg3b/2');
    for (const causal of [true, false]) {
      const byDistance = (distance: number) => 1 / (3 + distance ** 2 + distance);
      const found = tallied(grammar, causal, (j, i) => byDistance(j - i));
      for (const [column, distance] of found.distances.entries())
        near(found.position[column], byDistance(distance), `distance ${distance}`);
      for (const values of [found.boundary, found.between, found.ends]) {
        assert.ok(values.some((value) => !Number.isNaN(value)));
        for (const value of values) assert.ok(Number.isNaN(value) || Math.abs(value) < 1e-7, String(value));
      }
    }
  });

  it('finds a head that goes from each end to the nearest one before it', () => {
    const toNearest = (j: number, i: number) => Number(j % 2 === 1 && i === j - 2);
    const found = tallied(threePairs, true, toNearest, 3);
    // Half of the pairs at distance 2, and no others.
    assert.deepEqual([...found.position], [0, 0.5, 0, 0, 0]);
    assert.deepEqual([...found.positionPairs], [15, 12, 9, 6, 3]);
    assert.deepEqual([...found.ends.slice(0, 3)], [0.5, 0, NaN]);
    assert.deepEqual([...found.endPairs.slice(0, 3)], [6, 3, 0]);
    // Sources by shift −2…2: {3, 5}, {2, 4}, {1, 3, 5}, {0, 2, 4}, {1, 3}, with all later destinations.
    const boundary = [0.5 / 2, -0.5 / 4, 1 / 6, -1 / 9, 1 / 6];
    for (const [at, value] of boundary.entries()) near(found.boundary[at], value, `shift ${at - 2}`);
    assert.deepEqual([...found.boundaryPairs], [6, 12, 18, 27, 18]);
    const shift = (to: number, from: number) => found.between[(to + 2) * 5 + from + 2];
    near(shift(0, 0), 1 / 3, 'from an end to an end');
    near(shift(1, 1), -1 / 3, 'from before an end to before an end');
    near(shift(0, 1), 0, 'distances 1, 3 and 5');
  });

  it('finds a head of an encoder that looks ahead to the next end', () => {
    const found = tallied(threePairs, false, (j, i) => Number(j % 2 === 1 && i === j + 2));
    const at = (back: number) => found.ends[found.back.indexOf(back)];
    assert.deepEqual([at(-1), at(1), at(-2), at(0)], [0.5, 0, 0, NaN]);
    assert.equal(found.position[found.distances.indexOf(-2)], 0.5);
  });

  it('tells the levels apart that end at a place', () => {
    // Level 2 ends at 3 and 7, where level 3 ends too; level 3 alone at 1 and 5.
    const grammar = readGrammar('S -> A A\nA -> B B\nB -> a a', 'nested');
    const found = tallied(
      grammar,
      true,
      (j, i) => Number(j === 7 && i === 3) + Number(j === 7 && i === 5) / 2,
    );
    const at = (of: number, level: number, back: number) =>
      found.ends[((of - 2) * 2 + level - 2) * found.back.length + found.back.indexOf(back)];
    const average = (distance: number) => found.position[found.distances.indexOf(distance)];
    assert.deepEqual([average(4), average(2)], [1 / 4, 0.5 / 6].map(Math.fround));
    near(at(2, 2, 1), 1 - average(4), 'from 7 to 3');
    near(at(2, 3, 1), (0.5 - average(2) + 0 - average(2)) / 2, 'from 7 to 5, and from 3 to 1');
    near(at(2, 3, 3), -average(6), 'from 7 to 1');
    near(at(3, 2, 1), -average(2), 'from 5 to 3');
    near(at(3, 3, 2), -average(4), 'from 5 to 1');
    assert.ok(Number.isNaN(at(3, 3, 1)));
  });
});
