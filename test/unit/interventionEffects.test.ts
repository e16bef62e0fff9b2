// What interventions do to a model: against plain loops, linear algebra, and models made by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { Reading } from '../../src/backend/interpret/reading';
import { LanguageModel } from '../../src/backend/model/languageModel';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import type { Change, Intervention } from '../../src/protocol/interventions';
import { characters } from '../support/characters';
import { CONFIGURATIONS } from '../support/configurations';
import { isError } from '../support/errors';
import { inductionModel, INDUCTION_VOCABULARY } from '../support/inductionModel';
import {
  assertClose,
  assertCloseValues,
  element,
  largestDifference,
  rowOf,
  softmaxOf,
} from '../support/numbers';
import { configurationWith, NO_BIASES, randomCheckpoint } from '../support/randomModel';
import { TEXT, entry, logitsOf, randomModel, reference, under, zero } from '../support/interventionRuns';

describe('ablating', () => {
  it('takes out a neuron that is no number', async () => {
    const { model, neuron } = writingModel(NaN);
    const plain = Reading.ofText(model, TEXT);
    assert.ok((await logitsOf(plain)).data.some(Number.isNaN));
    const changed = await logitsOf(await under(plain, [zero(`L0N${neuron}`)]));
    assert.ok(!changed.data.some(Number.isNaN));
  });

  it('a neuron changes exactly the logits that it writes to, by what it writes', async () => {
    const { model, neuron, written } = writingModel();
    const plain = Reading.ofText(model, TEXT);
    const before = (await plain.activation('blocks.0.mlp.hook_post', NOT_CANCELLED)).data;
    const [base, changed] = [
      await logitsOf(plain),
      await logitsOf(await under(plain, [zero(`L0N${neuron}`)])),
    ];
    const { d_mlp } = model.configuration;
    for (let token = 0; token < plain.tokens.length; token++) {
      const activation = before[token * d_mlp + neuron];
      assert.ok(activation > 0.1, 'it is on');
      const expected = rowOf(base, 0, token).map((logit, id) => logit - activation * (written.get(id) ?? 0));
      assertCloseValues(rowOf(changed, 0, token), expected, 1e-5, `logits at ${token}`);
    }
  });

  it('the second head of an induction circuit ends its prediction of a repeated sequence', async () => {
    const reading = Reading.ofText(inductionModel(reference), 'bdfhjbdfhj');
    const ids = reading.tokens.map(({ id }) => id);
    const probability = async (read: Reading, token: number) =>
      softmaxOf(rowOf(await logitsOf(read), 0, token))[ids[token + 1]];
    const ablated = await under(reading, [zero('L1H1')]);
    for (let token = 6; token < ids.length - 1; token++) {
      assert.ok((await probability(reading, token)) > 0.99, `repeated token ${token + 1} is predicted`);
      assertCloseValues([await probability(ablated, token)], [1 / INDUCTION_VOCABULARY], 1e-6, 'ablated');
    }
    assert.ok(
      (await probability(await under(reading, [zero('L1H0')]), 7)) > 0.99,
      'the other head does not matter',
    );
    assert.ok(
      (await probability(await under(reading, [zero('L0H0')]), 7)) < 0.2,
      'the head that it builds on does',
    );
  });

  const parts = ['L0N3', 'L1H2', 'L0.attn', 'L1.mlp', 'L1.resid', 'L2.resid'];
  for (const length of [8, 30]) {
    for (const part of parts) {
      it(`${part} to its mean puts the mean of a plain loop over ${length} tokens in its place`, async () => {
        const reading = Reading.ofText(randomModel(), 'abcdefghijklmnop'.repeat(2).slice(0, length));
        const { hook, at, width } = whereOf(part, reading.model.configuration);
        const values = await rowsOf(reading, hook);
        const text = values.slice(1); // Not the begin-of-text token.
        const mean = text[0].map((_, index) => text.reduce((sum, row) => sum + row[index], 0) / text.length);
        const change: Change = { kind: 'ablate', to: 'mean' };
        const found = await rowsOf(await under(reading, [entry(part, change)]), hook);
        for (const [token, row] of found.entries()) {
          assertCloseValues(row.slice(at, at + width), mean.slice(at, at + width), 1e-5, `token ${token}`);
        }
      });
    }
  }
});

describe('scaling, steering and patching', () => {
  it('scaling multiplies one part and leaves its neighbours', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    for (const part of ['L0N3', 'L0H1', 'L0.attn', 'L0.resid']) {
      const { hook, at, width } = whereOf(part, reading.model.configuration);
      const values = await rowsOf(reading, hook);
      const found = await rowsOf(await under(reading, [entry(part, { kind: 'scale', factor: -2.5 })]), hook);
      for (const [token, row] of values.entries()) {
        const expected = row.map((value, index) =>
          index >= at && index < at + width ? -2.5 * value : value,
        );
        assertCloseValues(found[token], expected, 1e-5, `${part} at ${token}`);
      }
    }
  });

  it('steering a neuron adds its output weights to what its MLP writes, as often as the factor says', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    const weights = reading.model.weight('blocks.1.mlp.W_out')!;
    const byNeuron = await under(reading, [entry('L1N5', { kind: 'steer', factor: 3 })]);
    const direction = { kind: 'neuron', neuron: 'L1N5' } as const;
    const byDirection = await under(reading, [entry('L1.mlp', { kind: 'steer', factor: 3, direction })]);
    const plain = await rowsOf(reading, 'blocks.1.hook_resid_post');
    for (const steered of [byNeuron, byDirection]) {
      const found = await rowsOf(steered, 'blocks.1.hook_resid_post');
      for (const [token, row] of plain.entries()) {
        const expected = row.map((value, index) => value + 3 * element(weights, 5, index));
        assertCloseValues(found[token], expected, 1e-5, `token ${token}`);
      }
    }
  });

  it('steering along a difference of means adds it, from passages or parts of them', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    const towards = { text: 'hgfedcba', range: { start: 2, end: 5 } };
    const change: Change = {
      kind: 'steer',
      factor: 2,
      direction: { kind: 'difference', towards, from: { text: 'aabb' } },
    };
    const hook = 'blocks.1.hook_resid_pre';
    const mean = (rows: number[][]) =>
      rows[0].map((_, index) => rows.reduce((sum, row) => sum + row[index], 0) / rows.length);
    const first = mean((await rowsOf(Reading.ofText(reading.model, towards.text), hook)).slice(3, 6));
    const second = mean((await rowsOf(Reading.ofText(reading.model, 'aabb'), hook)).slice(1));
    const plain = await rowsOf(reading, hook);
    const found = await rowsOf(await under(reading, [entry('L1.resid', change)]), hook);
    for (const [token, row] of plain.entries()) {
      const expected = row.map((value, index) => value + 2 * (first[index] - second[index]));
      assertCloseValues(found[token], expected, 1e-5, `token ${token}`);
    }
  });

  it('steering along given numbers adds these', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    const values = Array.from({ length: 10 }, (_, index) => index - 4);
    const change: Change = { kind: 'steer', factor: -0.5, direction: { kind: 'numbers', values } };
    const plain = await rowsOf(reading, 'blocks.1.hook_resid_post');
    const found = await rowsOf(await under(reading, [entry('L2.resid', change)]), 'blocks.1.hook_resid_post');
    for (const [token, row] of plain.entries()) {
      assertCloseValues(
        found[token],
        row.map((value, index) => value - 0.5 * values[index]),
        1e-5,
        `${token}`,
      );
    }
  });

  for (const kind of [
    'learned positions',
    'rotary halves, gated, rms, grouped keys',
    'uniform attention',
    'partial rotary, parallel',
  ]) {
    it(`patching everything from another text gives that text’s logits: ${kind}`, async () => {
      const model = randomModel(reference, CONFIGURATIONS[kind]);
      const [clean, corrupted] = [Reading.ofText(model, 'abcdaefg'), Reading.ofText(model, 'hbcfgaeb')];
      const patches = (parts: string[]) =>
        parts.map((part) => entry(part, { kind: 'patch', text: 'abcdaefg', align: 'equal' }));
      const expected = await logitsOf(clean);
      assert.ok(largestDifference((await logitsOf(corrupted)).data, expected.data) > 0.1);
      for (const parts of [
        ['L0.resid'],
        ['L1.resid'],
        ['L2.resid'],
        ['L0.resid', 'L0.attn', 'L0.mlp', 'L1H0', 'L1H1', 'L1N3'],
      ]) {
        const found = await logitsOf(await under(corrupted, patches(parts)));
        assertClose(found, expected, 1e-5, `logits with ${parts.join()} patched`);
      }
    });
  }

  it('patching by a common subsequence changes the tokens that correspond, and no others', async () => {
    const model = randomModel();
    const reading = Reading.ofText(model, 'abcxefg'.replace('x', 'hh'));
    const change: Change = { kind: 'patch', text: 'abcefg', align: 'subsequence' };
    const hook = 'blocks.0.hook_resid_pre';
    const [plain, source] = [
      await rowsOf(reading, hook),
      await rowsOf(Reading.ofText(model, 'abcefg'), hook),
    ];
    const found = await rowsOf(await under(reading, [entry('L0.resid', change)]), hook);
    const expected = [0, 1, 2, 3, -1, -1, 4, 5, 6].map((token, at) =>
      token < 0 ? plain[at] : source[token],
    );
    for (const [token, row] of found.entries())
      assertCloseValues(row, expected[token], 1e-6, `token ${token}`);
  });

  it('patching of a text of another length is refused, with what would help', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    const patch = entry('L0.resid', { kind: 'patch', text: 'abc', align: 'equal' });
    await assert.rejects(
      under(reading, [patch]),
      isError('alignment', 'The patch of L0.resid: The texts have 4 and 9 tokens'),
    );
  });

  it('patching holds for each token in whichever window reads it', async () => {
    const text = 'abcdefghijklmnop'.repeat(2);
    const reading = Reading.ofText(randomModel(), text);
    assert.ok(reading.windows.length > 2);
    const other = text.replaceAll('c', 'a');
    const hook = 'blocks.0.hook_attn_out';
    const expected = await rowsOf(Reading.ofText(reading.model, other), hook);
    const patch = entry('L0.attn', { kind: 'patch', text: other, align: 'equal' });
    const found = await rowsOf(await under(reading, [patch]), hook);
    for (const [token, row] of found.entries())
      assertCloseValues(row, expected[token], 1e-6, `token ${token}`);
  });

  it('several at one part act in the order of the list', async () => {
    const reading = Reading.ofText(randomModel(), TEXT);
    const hook = 'blocks.0.mlp.hook_post';
    const plain = (await rowsOf(reading, hook)).map((row) => row[2]);
    const value = async (list: Intervention[]) =>
      (await rowsOf(await under(reading, list), hook)).map((row) => row[2]);
    const [scale, steer] = [
      entry('L0N2', { kind: 'scale', factor: 3 }),
      entry('L0N2', { kind: 'steer', factor: 1 }),
    ];
    assertCloseValues(
      await value([scale, { ...steer, id: 's' }]),
      plain.map((x) => 3 * x + 1),
      1e-5,
      'steered last',
    );
    assertCloseValues(
      await value([{ ...steer, id: 's' }, scale]),
      plain.map((x) => 3 * (x + 1)),
      1e-5,
      'steered first',
    );
    assertCloseValues(
      await value([steer, zero('L0N2')]),
      plain.map(() => 0),
      0,
      'ablated last',
    );
  });
});

/** An activation's numbers at each token. */
async function rowsOf(reading: Reading, hook: string): Promise<number[][]> {
  const { data, shape } = await reading.activation(hook, NOT_CANCELLED);
  const width = data.length / shape[1];
  return reading.tokens.map((_, token) => Array.from(data.subarray(token * width, (token + 1) * width)));
}

/** Where a part's numbers stand in a row of its activation. */
function whereOf(part: string, { d_head, d_model }: TransformerConfiguration) {
  const [, layer, kind, index] = /^L(\d)(.*?)(\d*)$/.exec(part)!;
  const hooks: Record<string, [string, number]> = {
    N: [`blocks.${layer}.mlp.hook_post`, 1],
    H: [`blocks.${layer}.attn.hook_z`, d_head],
    '.attn': [`blocks.${layer}.hook_attn_out`, d_model],
    '.mlp': [`blocks.${layer}.hook_mlp_out`, d_model],
    '.resid': [layer === '2' ? 'blocks.1.hook_resid_post' : `blocks.${layer}.hook_resid_pre`, d_model],
  };
  const [hook, width] = hooks[kind];
  return { hook, width, at: Number(index) * width };
}

/**
 * One layer whose norms only divide by a constant, since their epsilon is huge, so that logits are sums of what is written.
 * @returns a neuron, and what it writes to which logit per unit of activation
 */
function writingModel(bias = 20): { model: LanguageModel; neuron: number; written: Map<number, number> } {
  const scale = 1e6;
  const configuration = configurationWith({
    n_layers: 1,
    norm: 'rms',
    norm_epsilon: scale ** 2,
    activation: 'relu',
    biases: { ...NO_BIASES, mlp: true },
    d_model: 17,
    d_vocab: 17,
  });
  const checkpoint = randomCheckpoint(configuration, 1, characters(17, true));
  const weight = (name: string) => checkpoint.weights.get(name)!.data;
  for (const name of ['blocks.0.ln1.w', 'blocks.0.ln2.w', 'ln_final.w']) weight(name).fill(scale);
  // Each coordinate of the residual stream is one token's logit.
  weight('unembed.W_U').forEach((_, index, all) => (all[index] = index % 18 === 0 ? 1 : 0));
  const neuron = 6;
  weight('blocks.0.mlp.b_in')[neuron] = bias; // On at every token.
  const written = new Map([
    [5, 1.5],
    [7, -2],
  ]);
  for (let id = 0; id < 17; id++) weight('blocks.0.mlp.W_out')[neuron * 17 + id] = written.get(id) ?? 0;
  return { model: new LanguageModel(checkpoint, reference), neuron, written };
}
