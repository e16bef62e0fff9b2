// Activation patching: every cell against a plain run with that cell alone fed, known answers, and bad input.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import type { TensorData } from '../../src/backend/engine/graph/graph';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError } from '../../src/backend/errors';
import { alignTokens } from '../../src/backend/interpret/alignment';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import { patchMap } from '../../src/backend/interpret/patching/patchMap';
import { Reading } from '../../src/backend/interpret/reading';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { LanguageModel } from '../../src/backend/model/languageModel';
import type { Intervention } from '../../src/protocol/interventions';
import { PATCHED_PARTS, type PatchedPart, type PatchQuestion } from '../../src/protocol/patching';
import { characters } from '../support/characters';
import { CONFIGURATIONS } from '../support/configurations';
import { countingExecutor } from '../support/countingExecutor';
import { isError } from '../support/errors';
import { inductionModel } from '../support/inductionModel';
import { entry, under } from '../support/interventionRuns';
import { assertCloseValues, rowOf, softmaxOf } from '../support/numbers';
import { configurationWith, randomCheckpoint } from '../support/randomModel';

const reference = new ReferenceExecutor();
const [CLEAN, CORRUPTED] = ['abcdef', 'abhdec'];
/** The first token that differs, with the begin-of-text token before the text. */
const FIRST = 3;

describe('a patch map', () => {
  for (const kind of [
    'learned positions',
    'rotary halves, gated, rms, grouped keys',
    'distances only',
    'partial rotary, parallel',
    'post-norm, bidirectional',
  ]) {
    for (const part of PATCHED_PARTS) {
      it(`of ${part} has in each cell what a plain run with that cell patched gives: ${kind}`, async () => {
        const model = randomModel(CONFIGURATIONS[kind]);
        const question = { part, answer: 'a', wrong: 'b' };
        const { effect, columns, layers, metric } = await map(model, question);
        assert.equal(layers, 2);
        for (let cell = 0; cell < effect.length; cell++) {
          const [layer, column] = [Math.floor(cell / columns), cell % columns];
          const logits = await plainlyPatched(model, part, layer, column);
          const expected = (logits[1] - logits[2] - metric.corrupted) / (metric.clean - metric.corrupted);
          assertCloseValues([effect[cell]], [expected], 1e-4, `L${layer}, ${column}`);
        }
      });
    }
  }

  for (const kind of ['learned positions', 'partial rotary, parallel', 'post-norm, bidirectional']) {
    for (const part of PATCHED_PARTS) {
      it(`of ${part} stands under the interventions that are on: ${kind}`, async () => {
        const model = randomModel(CONFIGURATIONS[kind]);
        const interventions = new Interventions(model, everywhere(), new BaseValues(model));
        const found = await map(
          model,
          { part, answer: 'a', wrong: 'b' },
          undefined,
          undefined,
          interventions,
        );
        const { effect, columns, metric } = found;
        assert.equal(found.interventions, 7);
        for (let cell = 0; cell < effect.length; cell++) {
          const [layer, column] = [Math.floor(cell / columns), cell % columns];
          const logits = await plainlyPatched(model, part, layer, column, everywhere());
          const expected = (logits[1] - logits[2] - metric.corrupted) / (metric.clean - metric.corrupted);
          assertCloseValues([effect[cell]], [expected], 1e-4, `L${layer}, ${column}`);
        }
      });
    }
  }

  it('is 0 before the first difference, and 1 where the last token’s stream is all that is left', async () => {
    const model = randomModel({ n_layers: 1 });
    const { effect } = await map(model, { part: 'resid' });
    assert.deepEqual(Array.from(effect.subarray(0, FIRST)), [0, 0, 0]);
    const induction = inductionModel(reference);
    const texts = { clean: 'bdfhjbd', corrupted: 'bdkhjbd', answer: 'f', wrong: 'k' };
    const circuit = await map(induction, { ...texts, part: 'resid' });
    // Layer 1 looks at the token behind the first d, where the clean text has f and the corrupted one k.
    const expected = Array.from({ length: 16 }, (_, cell) => Number(cell === 3 || cell === 8 + 3));
    assertCloseValues(circuit.effect, expected, 1e-3, 'resid');
    const heads = await map(induction, { ...texts, part: 'head' });
    assertCloseValues(heads.effect, [0, 0, 0, 1], 1e-3, 'heads');
  });

  it('without a wrong answer counts the log-probability of the answer', async () => {
    const model = randomModel();
    const { metric, effect } = await map(model, { part: 'head', answer: 'a' });
    const clean = (await model.runWithCache([idsOf(CLEAN)], ['logits'])).get('logits')!;
    assertCloseValues([metric.clean], [Math.log(softmaxOf(rowOf(clean, 0, 6))[1])], 1e-5, 'clean');
    const logits = await plainlyPatched(model, 'head', 1, 2);
    const expected = (Math.log(softmaxOf(logits)[1]) - metric.corrupted) / (metric.clean - metric.corrupted);
    assertCloseValues([effect[5]], [expected], 1e-4, 'L1H2');
  });

  it('without any answer takes the likeliest after the clean text', async () => {
    const model = randomModel();
    const { metric } = await map(model, { part: 'head' });
    const clean = rowOf((await model.runWithCache([idsOf(CLEAN)], ['logits'])).get('logits')!, 0, 6);
    assert.equal(metric.answer.id, clean.indexOf(Math.max(...clean)));
  });

  it('of texts of different token counts leaves tokens that correspond to none empty', async () => {
    const model = randomModel();
    const texts = { clean: 'abcdef', corrupted: 'abcghdef' };
    const { effect, alignment, columns } = await map(model, {
      ...texts,
      part: 'resid',
      align: 'subsequence',
    });
    assert.deepEqual(Array.from(alignment.sources), [0, 1, 2, 3, -1, -1, 4, 5, 6]);
    const empty = Array.from(effect.subarray(0, columns), (value, token) =>
      Number.isNaN(value) ? token : -1,
    );
    assert.deepEqual(
      empty.filter((token) => token >= 0),
      [4, 5],
    );
  });

  it('compiles a graph for each layer, not for each cell', async () => {
    const counts = countingExecutor(reference);
    const model = new LanguageModel(
      randomCheckpoint(configurationWith(), 1, characters(17, true)),
      counts.executor,
    );
    await map(model, { part: 'resid' });
    const { compiled } = counts;
    assert.ok(compiled <= 2 + 2, `${compiled} graphs`);
    await map(model, { part: 'resid', corrupted: 'hbcdef' });
    assert.equal(counts.compiled, compiled, 'more cells take no more graphs');
  });

  it('reports progress, and stops between two runs when it is cancelled', async () => {
    const shares: number[] = [];
    await map(randomModel(), { part: 'head' }, (share) => shares.push(share));
    assert.deepEqual(
      shares,
      [1, 2, 3, 4, 5, 6].map((done) => done / 6),
    );
    const cancellation = new SharedCancellation();
    const stopping = map(randomModel(), { part: 'head' }, () => cancellation.cancel(), cancellation);
    await assert.rejects(stopping, CancelledError);
  });
});

describe('a patch map is refused', () => {
  const cases: Record<string, [Partial<PatchQuestion>, ReturnType<typeof isError>]> = {
    'for different token counts': [{ corrupted: 'abc' }, isError('alignment', '7 and 4 tokens')],
    'for texts that share nothing': [
      { clean: 'abc', corrupted: 'abc', answer: 'a', wrong: 'b' },
      isError('usage', 'nothing to bring back'),
    ],
    'for an answer of several tokens': [{ answer: 'ab' }, isError('usage', '"ab" is 2 tokens: "a" "b"')],
    'for an answer of no token': [{ answer: ' ' }, isError('usage', '" " is 0 tokens')],
    'for an id outside the vocabulary': [{ answer: 17 }, isError('usage', 'no token 17')],
    'for the same token twice': [{ answer: 'a', wrong: 'a' }, isError('usage', 'the same token')],
    'for a text over the context': [
      { clean: 'abcdefghijklmnop' },
      isError('text-too-large', 'clean', '17', '11'),
    ],
    'for an empty text': [{ corrupted: '' }, isError('empty-text')],
  };
  for (const [what, [question, expected]] of Object.entries(cases)) {
    it(what, () => assert.rejects(map(randomModel(), { part: 'resid', ...question }), expected));
  }
  it('for a model that computes no numbers, with where they end', () => {
    const model = randomModel();
    model.weight('blocks.1.mlp.b_in')!.data[3] = NaN;
    return assert.rejects(map(model, { part: 'resid' }), isError('not-a-number', 'blocks.1.mlp.hook_pre'));
  });
  it('for MLPs where there are none', () =>
    assert.rejects(map(randomModel({ d_mlp: 0 }), { part: 'mlp' }), isError('hook', 'no MLP')));
});

describe('an alignment by common tokens', () => {
  const cases: [string, string, number[]][] = [
    ['abc', 'abc', [0, 1, 2]],
    ['abc', 'axc', [0, 1, 2]],
    ['abc', 'axyc', [0, -1, -1, 2]],
    ['axyc', 'abc', [0, -1, 3]],
    ['abcde', 'xbcde', [0, 1, 2, 3, 4]],
    ['abcd', 'bcd', [1, 2, 3]],
    ['abcd', 'abcdd', [0, 1, 2, 3, -1]],
    ['abxcd', 'cdyab', [3, 4, -1, -1, -1]],
  ];
  for (const [from, to, sources] of cases) {
    it(`of ${from} to ${to} is ${sources.join()}`, () => {
      const found = alignTokens(tokensOf(from), tokensOf(to), 'subsequence');
      assert.deepEqual(Array.from(found.sources), sources);
    });
  }
  it('pairs as many tokens as the longest common subsequence has, by a plain search', () => {
    for (const [a, b] of [
      ['abcbdab', 'bdcaba'],
      ['aabbab', 'babaab'],
      ['abcabcabc', 'cbacbacba'],
    ]) {
      const { sources } = alignTokens(tokensOf(a), tokensOf(b), 'subsequence');
      const same = Array.from(sources).filter((source, target) => source >= 0 && a[source] === b[target]);
      assert.equal(same.length, longestCommon(a, b), `${a} ${b}`);
      assert.deepEqual(
        same,
        same.toSorted((x, y) => x - y),
      );
    }
  });
  it('of texts without a common token is refused', () => {
    const align = () => alignTokens(tokensOf('ab'), tokensOf('cde'), 'subsequence');
    assert.throws(align, isError('alignment', 'share no token'));
  });
});

function map(
  model: LanguageModel,
  question: Partial<Omit<PatchQuestion, 'model'>> & { part: PatchedPart },
  progress: (share: number) => void = () => undefined,
  cancellation: { cancelled: boolean } = NOT_CANCELLED,
  interventions?: Interventions,
) {
  const texts = { clean: CLEAN, corrupted: CORRUPTED, align: 'equal' as const };
  return patchMap(model, { ...texts, ...question }, cancellation, progress, interventions);
}

/** Something done to every kind of part, before and behind whatever is patched. */
function everywhere(): Intervention[] {
  return [
    entry('L0H1', { kind: 'ablate', to: 'mean' }),
    entry('L0N3', { kind: 'ablate', to: 'mean' }),
    entry('L0.mlp', { kind: 'scale', factor: 0.5 }),
    entry('L1.resid', { kind: 'scale', factor: 1.5 }),
    entry('L1.attn', { kind: 'scale', factor: 0.7 }),
    entry('L1N5', { kind: 'steer', factor: 2 }),
    entry('L2.resid', { kind: 'scale', factor: 1.2 }),
  ];
}

/** Logits after the last token, by running everything with one activation fed in which one cell is the clean text's. */
async function plainlyPatched(
  model: LanguageModel,
  part: PatchedPart,
  layer: number,
  column: number,
  list: Intervention[] = [],
): Promise<number[]> {
  const hooks = { resid: 'hook_resid_pre', attn: 'hook_attn_out', mlp: 'hook_mlp_out', head: 'attn.hook_z' };
  const hook = `blocks.${layer}.${hooks[part]}`;
  const changesOf = async (text: string) => (await under(Reading.ofText(model, text), list)).changes;
  const run = async (text: string) =>
    (await model.runWithHooks([idsOf(text)], [hook], await changesOf(text))).get(hook)!;
  const [clean, corrupted] = [await run(CLEAN), await run(CORRUPTED)];
  const { d_head, n_heads } = model.configuration;
  const width = clean.data.length / idsOf(CLEAN).length;
  const data = Float32Array.from(corrupted.data, (value, index) => {
    const mine =
      part === 'head'
        ? Math.floor(index / d_head) % n_heads === column
        : Math.floor(index / width) === column;
    return mine ? clean.data[index] : value;
  });
  const value: TensorData = { type: 'float32', shape: clean.shape, data };
  const others = (await changesOf(CORRUPTED)).filter((change) => change.hook !== hook);
  const fed = [{ hook, kind: 'feed' as const, value }, ...others];
  const outputs = await model.runWithHooks([idsOf(CORRUPTED)], ['logits'], fed);
  return rowOf(outputs.get('logits')!, 0, CORRUPTED.length);
}

function longestCommon(a: string, b: string): number {
  if (a === '' || b === '') return 0;
  if (a[0] === b[0]) return 1 + longestCommon(a.slice(1), b.slice(1));
  return Math.max(longestCommon(a.slice(1), b), longestCommon(a, b.slice(1)));
}

function tokensOf(text: string) {
  return characters(27, false).encode(text);
}

function idsOf(text: string): number[] {
  return Array.from(characters(17, true).encodeIds(text));
}

function randomModel(changes: Partial<TransformerConfiguration> = {}): LanguageModel {
  return new LanguageModel(randomCheckpoint(configurationWith(changes), 1, characters(17, true)), reference);
}
