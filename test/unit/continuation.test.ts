// Continuing a text: under interventions with the cache as without it, where it ends, and twice from one seed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError } from '../../src/backend/errors';
import { compareContinuations, continueText } from '../../src/backend/interpret/continuation';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import { Reading } from '../../src/backend/interpret/reading';
import { changesAt } from '../../src/backend/model/changes';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { chooseNext } from '../../src/backend/model/generate';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { seededRandom } from '../../src/backend/random';
import type { ContinuationOptions } from '../../src/protocol/continuations';
import type { Change, Intervention } from '../../src/protocol/interventions';
import { characters } from '../support/characters';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { isError } from '../support/errors';
import { inductionModel } from '../support/inductionModel';
import { rowOf } from '../support/numbers';
import { configurationWith, randomCheckpoint } from '../support/randomModel';

const reference = new ReferenceExecutor();
const PROMPT = 'abca';
/** Letters that the random models give their tokens. */
const VOCABULARY = 17;

describe('a continuation under interventions', () => {
  for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
    if (changes.causal === false) continue;
    for (const temperature of [0, 1]) {
      it(`is the same with the cache as without, at temperature ${temperature}: ${kind}`, async () => {
        await assertSameWithoutCache(randomModel(reference, changes), temperature);
      });
    }
  }
  for (const engine of TESTED_ENGINES) {
    it(`is the same with the cache as without, on ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const model = randomModel(executor, CONFIGURATIONS['rotary halves, gated, rms, grouped keys']);
      for (const temperature of [0, 1]) await assertSameWithoutCache(model, temperature);
      model.dispose();
    });
  }

  it('of a repeated sequence ends where the induction head is ablated', async () => {
    const model = inductionModel(reference);
    const text = 'bdfhjbdf';
    const { base, changed, common } = await compare(model, text, [ablated('L1H1')], { maxTokens: 4 });
    assert.equal(base.text, 'hjbd');
    assert.notEqual(changed.text, base.text);
    assert.equal(common, 0);
    assert.deepEqual([base.interventions, changed.interventions], [0, 1]);
  });

  it('patched with its own text is the plain one: behind the prompt a patch does nothing', async () => {
    const model = randomModel(reference);
    const patches = ['L0.attn', 'L0N3', 'L1H2', 'L1.resid'].map((part) =>
      entry(part, { kind: 'patch', text: PROMPT, align: 'equal' }),
    );
    const { base, changed } = await compare(model, PROMPT, patches, { temperature: 1, seed: 5 });
    assert.equal(changed.interventions, 4);
    assert.deepEqual(changed.ids, base.ids);
  });

  it('ablates behind the prompt too what shares its activation with a patch', async () => {
    const model = randomModel(reference);
    // The patch puts in what is there anyway: no head of a layer knows of the others in it.
    const patch = entry('L0H2', { kind: 'patch', text: PROMPT, align: 'equal' });
    const options = { maxTokens: 7, temperature: 1, seed: 5 };
    const { base, changed } = await compare(model, PROMPT, [ablated('L0H1')], options);
    assert.notDeepEqual(changed.ids, base.ids);
    for (const list of [
      [ablated('L0H1'), patch],
      [patch, ablated('L0H1')],
    ]) {
      assert.deepEqual((await compare(model, PROMPT, list, options)).changed.ids, changed.ids);
    }
  });

  it('takes the mean of an ablation over the text that is continued', async () => {
    const model = randomModel(reference);
    const list = new Interventions(
      model,
      [entry('L1.attn', { kind: 'ablate', to: 'mean' })],
      new BaseValues(model),
    );
    const whole = await write(model, 'abcaaaaa', { offset: 4, maxTokens: 3, temperature: 1 }, list);
    const cut = await write(model, 'abca', { maxTokens: 3, temperature: 1 }, list);
    assert.deepEqual(whole.ids, cut.ids);
  });
});

describe('a continuation ends', () => {
  it('at the limit of tokens', async () => {
    const found = await write(randomModel(reference), 'ab', { maxTokens: 3 });
    assert.equal(found.stopped, 'limit');
    assert.equal(found.ids.length, 3);
  });

  it('where the model ends the text', async () => {
    const model = randomModel(reference);
    // Whatever it reads, the token that begins a text is the likeliest next.
    model.weight('unembed.b_U')!.data[0] = 1000;
    const found = await write(model, 'ab', { maxTokens: 3 });
    assert.deepEqual([found.stopped, found.text, found.cut], ['end', '', 0]);
  });

  it('at the end of the context, for which a long text makes room', async () => {
    const model = randomModel(reference);
    const { n_ctx } = model.configuration;
    const found = await write(model, 'abcdefghijklmnop', { maxTokens: 1000 });
    const room = Math.floor(n_ctx / 2);
    assert.equal(found.stopped, 'context');
    assert.equal(found.ids.length, room + 1);
    assert.equal(found.cut, 17 + room - n_ctx);
    const end = await write(model, 'abcdefghijklmnop'.slice(found.cut), { maxTokens: 1000 });
    assert.deepEqual(found.ids, end.ids, 'what is read begins with begin-of-text');
  });

  it('between two tokens when it is cancelled, with the pieces so far', async () => {
    const cancellation = new SharedCancellation();
    const pieces: string[] = [];
    const options = { maxTokens: 9, temperature: 1, seed: 0 };
    const work = continueText(randomModel(reference), 'ab', options, undefined, cancellation, (text) => {
      pieces.push(text);
      if (pieces.length === 2) cancellation.cancel();
    });
    await assert.rejects(work, CancelledError);
    assert.equal(pieces.length, 2);
  });

  it('before it begins for a model that reads in both directions', async () => {
    const model = randomModel(reference, { causal: false });
    await assert.rejects(write(model, 'ab', {}), isError('usage', 'both directions'));
  });
});

describe('a continuation', () => {
  it('comes in pieces that joined are its text', async () => {
    const pieces: string[] = [];
    const options = { maxTokens: 5, temperature: 1, seed: 3 };
    const found = await continueText(
      randomModel(reference),
      'ab',
      options,
      undefined,
      NOT_CANCELLED,
      (text) => pieces.push(text),
    );
    assert.equal(pieces.length, 5);
    assert.equal(pieces.join(''), found.text);
  });

  it('of an empty text starts as a new text does', async () => {
    assert.equal((await write(randomModel(reference), '', { maxTokens: 2 })).ids.length, 2);
  });

  it('is the same twice from one seed, and another from another', async () => {
    const model = randomModel(reference);
    const { base, changed, common } = await compare(model, 'abc', [], {
      maxTokens: 5,
      temperature: 2,
      seed: 1,
    });
    assert.deepEqual(changed.ids, base.ids);
    assert.equal(common, 5);
    assert.notDeepEqual((await write(model, 'abc', { maxTokens: 5, temperature: 2, seed: 2 })).ids, base.ids);
  });

  for (const wrong of [
    { maxTokens: 0 },
    { maxTokens: 1.5 },
    { temperature: -1 },
    { temperature: NaN },
    { seed: -1 },
    { offset: -1 },
  ]) {
    it(`with ${JSON.stringify(wrong)} is refused`, async () => {
      const [name] = Object.keys(wrong);
      await assert.rejects(write(randomModel(reference), 'ab', wrong), isError('usage', name));
    });
  }
});

/** Continues with the cache, and by reading the whole text again for each token. */
async function assertSameWithoutCache(model: LanguageModel, temperature: number): Promise<void> {
  const list = everyKind(model);
  const options = { maxTokens: 5, temperature, seed: 7 };
  const found = await continueText(model, PROMPT, options, list, NOT_CANCELLED, () => undefined);
  const prompt = Reading.ofText(model, PROMPT);
  const changes = await list.changesFor(prompt, NOT_CANCELLED);
  const random = seededRandom(options.seed);
  const ids = prompt.tokens.map(({ id }) => id);
  const produced: number[] = [];
  while (produced.length < options.maxTokens) {
    const hooked = changesAt(changes, [...ids.keys()]);
    const outputs = await model.runWithHooks([ids], ['logits'], hooked);
    const row = rowOf(outputs.get('logits')!, 0, ids.length - 1);
    const next = chooseNext(Float32Array.from(row), temperature, random)!;
    if (next === 0) break;
    ids.push(next);
    produced.push(next);
  }
  assert.deepEqual(Array.from(found.ids), produced);
  assert.equal(found.interventions, list.active);
}

/** One of each kind, on parts that the model has. */
function everyKind(model: LanguageModel): Interventions {
  const hasMlp = model.configuration.d_mlp > 0;
  const direction = { kind: 'difference', towards: { text: 'ab' }, from: { text: 'cd' } } as const;
  const list = [
    ablated('L0H1'),
    entry('L1H2', { kind: 'ablate', to: 'mean' }),
    entry('L1.attn', { kind: 'scale', factor: 1.5 }),
    entry('L1.resid', { kind: 'steer', factor: 1.5, direction }),
    entry('L0.attn', { kind: 'patch', text: 'dcba', align: 'equal' }),
    ...(hasMlp
      ? [
          entry('L0N3', { kind: 'ablate', to: 'mean' }),
          entry('L1N5', { kind: 'steer', factor: 2 }),
          entry('L1.mlp', { kind: 'patch', text: 'aab', align: 'subsequence' }),
        ]
      : []),
  ];
  return new Interventions(model, list, new BaseValues(model));
}

function entry(part: string, change: Change): Intervention {
  return { id: `${change.kind} ${part}`, on: true, part, change };
}

function ablated(part: string): Intervention {
  return entry(part, { kind: 'ablate', to: 'zero' });
}

function write(
  model: LanguageModel,
  text: string,
  changes: Partial<ContinuationOptions>,
  list?: Interventions,
) {
  const options = { maxTokens: 5, temperature: 0, seed: 0, ...changes };
  return continueText(model, text, options, list, NOT_CANCELLED, () => undefined);
}

function compare(
  model: LanguageModel,
  text: string,
  list: Intervention[],
  changes: Partial<ContinuationOptions>,
) {
  const options = { maxTokens: 5, temperature: 0, seed: 0, ...changes };
  const interventions = new Interventions(model, list, new BaseValues(model));
  return compareContinuations(model, text, options, interventions, NOT_CANCELLED, () => undefined);
}

/** Where it has the bias for that, it does not end texts. */
function randomModel(executor: Executor, changes: Partial<TransformerConfiguration> = {}): LanguageModel {
  const checkpoint = randomCheckpoint(configurationWith(changes), 1, characters(VOCABULARY, true));
  const bias = checkpoint.weights.get('unembed.b_U');
  if (bias) bias.data[0] = -1000;
  return new LanguageModel(checkpoint, executor);
}
