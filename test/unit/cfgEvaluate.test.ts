// Evaluating models on a grammar: models that know it to a chosen degree must get the numbers that follow from that.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import { streamEntropy, stringEntropy } from '../../src/backend/data/cfg/entropy';
import { evaluateGrammarModel } from '../../src/backend/data/cfg/evaluate';
import { readGrammar } from '../../src/backend/data/cfg/grammarText';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { grammarStatistics } from '../../src/backend/data/cfg/statistics';
import { cfgTokenizerJson } from '../../src/backend/data/cfg/tokens';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError } from '../../src/backend/errors';
import { JsonValue } from '../../src/backend/tokenizer/jsonValue';
import { readHuggingFaceTokenizer } from '../../src/backend/tokenizer/huggingFace';
import { everyDerivation } from '../support/grammars';
import { positionModel } from '../support/positionModel';
import { randomModel } from '../support/randomModel';
import { fails } from './checkpointFiles';

const reference = new ReferenceExecutor();

/** Two independent terminals, then a third: `a a c`, `a b c`, `b a c`, `b b c`. Tokens: begin, a, b, c, end. */
const grammar = readGrammar('S -> A A C\nA -> a | b\nC -> c', 'pairs');
const LITTLE = 1e-9;
const TRUE_ROWS = [
  [LITTLE, 0.5, 0.5, LITTLE, LITTLE],
  [LITTLE, 0.5, 0.5, LITTLE, LITTLE],
  [LITTLE, LITTLE, LITTLE, 1, LITTLE],
  [LITTLE, LITTLE, LITTLE, LITTLE, 1],
];

describe('evaluateGrammarModel', () => {
  it('gives a model that knows the grammar accuracy 1, divergence 0 and the entropy as cross-entropy', async () => {
    const model = positionModel(TRUE_ROWS, reference);
    const found = await evaluateGrammarModel(model, grammar, { cut: 0, samples: 50, seed: 1 }, NOT_CANCELLED);
    assert.deepEqual([found.accuracy, found.n, found.positions], [1, 50, 200]);
    assertNear(found.accuracyError, Math.sqrt(((52 / 54) * (2 / 54)) / 54), 1e-12);
    assertNear(found.kl, 0, 1e-6);
    assertNear(found.entropy, (2 * Math.LN2) / 4, 1e-12);
    assertNear(found.crossEntropy, found.entropy, 1e-6);
  });

  it('gives a model that is wrong by a known amount the accuracy and divergence that follow', async () => {
    // Second terminal: c with 0.3, and begin of text with 0.1; third position: 0.2 on end of text.
    const rows = [
      TRUE_ROWS[0],
      [0.1, 0.4, 0.2, 0.3, LITTLE],
      [LITTLE, LITTLE, LITTLE, 0.8, 0.2],
      TRUE_ROWS[3],
    ];
    const model = positionModel(rows, reference);
    const options = { cut: 0, samples: 200, seed: 2 };
    const found = await evaluateGrammarModel(model, grammar, options, NOT_CANCELLED);
    const right = 0.6 * 0.8;
    assertNear(found.accuracy, right, 4 * Math.sqrt((right * (1 - right)) / 200));
    const share = (200 * found.accuracy + 2) / 204;
    assertNear(found.accuracyError, Math.sqrt((share * (1 - share)) / 204), 1e-12);
    const second = 0.5 * Math.log(0.5 / 0.4) + 0.5 * Math.log(0.5 / 0.2);
    assertNear(found.kl, (second - Math.log(0.8)) / 4, 1e-6);
  });

  it('continues true prefixes behind a cut', async () => {
    // Only the first terminal is wrong, which the cut gives.
    const rows = [[LITTLE, LITTLE, LITTLE, 1, LITTLE], ...TRUE_ROWS.slice(1)];
    const model = positionModel(rows, reference);
    const accuracyAt = async (cut: number) =>
      (await evaluateGrammarModel(model, grammar, { cut, samples: 20, seed: 1 }, NOT_CANCELLED)).accuracy;
    assert.deepEqual([await accuracyAt(0), await accuracyAt(1), await accuracyAt(3)], [0, 1, 1]);
  });

  it('counts a string that does not end as wrong, whether the language or the context is over', async () => {
    const endless = positionModel(
      [...TRUE_ROWS.slice(0, 3), TRUE_ROWS[2], TRUE_ROWS[2], TRUE_ROWS[2]],
      reference,
    );
    const short = positionModel(TRUE_ROWS.slice(0, 3), reference);
    for (const [model, positions] of [
      [endless, 40],
      [short, 30],
    ] as const) {
      const options = { cut: 0, samples: 10, seed: 1 };
      const found = await evaluateGrammarModel(model, grammar, options, NOT_CANCELLED);
      assert.deepEqual([found.accuracy, found.positions], [0, positions]);
    }
  });

  it('repeats with its seed, and measures the divergence on the same samples whatever the cut', async () => {
    const model = randomModel({ d_vocab: 5, n_ctx: 19 }, reference);
    const small = presetGrammar('cfg3b/3');
    const evaluate = (cut: number, seed: number) =>
      evaluateGrammarModel(model, small, { cut, samples: 4, seed }, NOT_CANCELLED);
    const first = await evaluate(0, 1);
    assert.deepEqual(await evaluate(0, 1), first);
    assert.equal((await evaluate(5, 1)).kl, first.kl);
    assert.notEqual((await evaluate(0, 2)).kl, first.kl);
  });

  it('refuses models of another vocabulary, models that see both ways, and cuts that no sample reaches', async () => {
    const evaluate = (model: Parameters<typeof evaluateGrammarModel>[0], cut = 0) =>
      evaluateGrammarModel(model, grammar, { cut, samples: 2, seed: 1 }, NOT_CANCELLED);
    await fails(evaluate(randomModel({ d_vocab: 4 }, reference)), 'grammar', '4 tokens and pairs needs 5');
    await fails(evaluate(randomModel({ d_vocab: 5, causal: false }, reference)), 'grammar', 'comes after');
    await fails(evaluate(positionModel(TRUE_ROWS, reference), 4), 'grammar', 'after 4 terminals');
    const json = JSON.stringify(cfgTokenizerJson(readGrammar('S -> b a c', 'x')));
    const tokenizer = readHuggingFaceTokenizer(JsonValue.parse(json, 'tokenizer.json'));
    const other = positionModel(TRUE_ROWS, reference, tokenizer);
    await fails(evaluate(other), 'grammar', 'Token 1 of the model is b, that of pairs is a');
    const rare = readGrammar(`S -> ${'A '.repeat(30)}\nA -> a | ${'a '.repeat(2)}`, 'rare');
    const long = randomModel({ d_vocab: 3, n_ctx: 70 }, reference);
    const options = { cut: 60, samples: 1, seed: 1 };
    await fails(evaluateGrammarModel(long, rare, options, NOT_CANCELLED), 'grammar', 'None of');
  });

  it('ends with CancelledError once it is cancelled', async () => {
    const cancellation = new SharedCancellation();
    cancellation.cancel();
    const options = { cut: 0, samples: 2, seed: 1 };
    const work = evaluateGrammarModel(positionModel(TRUE_ROWS, reference), grammar, options, cancellation);
    await assert.rejects(work, CancelledError);
  });
});

describe('the entropy of strings', () => {
  it('is that of the trees where no string has two, and as sampled elsewhere', () => {
    const plain = presetGrammar('cfg3b/2');
    assertNear(stringEntropy(plain, 1), grammarStatistics(plain).entropy, 1e-9);
    const ambiguous = readGrammar('S -> A A | A\nA -> x | x x | B x\nB -> x | y', 'ambiguous');
    const strings = new Map<string, number>();
    for (const { tokens, probability } of everyDerivation(ambiguous))
      strings.set(tokens.join(), (strings.get(tokens.join()) ?? 0) + probability);
    const exact = [...strings.values()].reduce((sum, p) => sum - p * Math.log(p), 0);
    const trees = grammarStatistics(ambiguous).entropy;
    assert.ok(trees - exact > 0.3, 'the trees say more than the strings');
    assertNear(stringEntropy(ambiguous, 1, 4000), exact, 0.05);
  });

  it('is given per token of a stream too, begin and end of text among them', () => {
    assertNear(streamEntropy(presetGrammar('cfg3b/3')), 0.367, 0.0001); // specs: H / (mean length + 2)
    assertNear(streamEntropy(presetGrammar('cfg3b/2')), 0.403, 0.0001);
  });
});

function assertNear(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} ± ${tolerance}`);
}
