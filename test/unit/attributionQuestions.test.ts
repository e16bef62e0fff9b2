// Which logit is attributed, at which place, under which interventions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedCancellation } from '../../src/backend/cancellation';
import { CancelledError } from '../../src/backend/errors';
import { attributeLogit } from '../../src/backend/interpret/attribution/attribution';
import { Reading } from '../../src/backend/interpret/reading';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { LanguageModel, type HookedValue } from '../../src/backend/model/languageModel';
import { characters } from '../support/characters';
import { CONFIGURATIONS } from '../support/configurations';
import { assertCloseValues, floatTensor, rowOf } from '../support/numbers';
import { configurationWith, randomCheckpoint, randomIds, randomModel } from '../support/randomModel';
import { fails } from './checkpointFiles';
import { BOUND, assertSum, attribute, reading, reference, sum, valueOf } from '../support/attributions';

describe('logit attribution under interventions', () => {
  const post = Object.entries(CONFIGURATIONS['post-norm, bidirectional']);
  const kinds: Record<string, Partial<TransformerConfiguration>> = {
    serial: {},
    parallel: { block: 'parallel' },
    'post-norm': Object.fromEntries(post),
    experts: CONFIGURATIONS['two of four experts'],
  };
  for (const [kind, changes] of Object.entries(kinds)) {
    it(`sums to the changed logit wherever something is scaled, added or put in: ${kind}`, async () => {
      const model = randomModel(changes, reference);
      const ids = randomIds(5, 17);
      const other = randomIds(5, 17, 9);
      const norms = kind === 'post-norm' ? ['blocks.0.ln1', 'blocks.1.ln2'] : ['ln_final', 'blocks.1.ln1'];
      const hooks = [
        ...['hook_embed', 'hook_pos_embed', 'blocks.0.hook_resid_pre', 'blocks.0.attn.hook_z'],
        ...['blocks.1.attn.hook_result', 'blocks.0.hook_attn_out', 'blocks.1.hook_attn_out'],
        ...['blocks.0.mlp.hook_post', 'blocks.0.hook_mlp_out', 'blocks.1.hook_mlp_out'],
        ...['blocks.0.hook_resid_post', 'blocks.1.hook_resid_pre', 'blocks.1.hook_resid_post'],
        ...norms.flatMap((norm) => [`${norm}.hook_scale`, `${norm}.hook_normalized`]),
        ...(kind === 'parallel' ? [] : ['blocks.0.hook_resid_mid', 'blocks.1.hook_resid_mid']),
      ];
      const others = await model.runWithCache([other], hooks);
      for (const hook of hooks) {
        const { shape } = others.get(hook)!;
        const width = shape.at(-1)!;
        const vector = Array.from({ length: width }, (_, i) => 0.5 + 0.1 * i);
        const values: [HookedValue['kind'], HookedValue['value']][] = [
          ['scale', floatTensor([], [0.3])],
          ['add', floatTensor([1, ...shape.slice(2, -1).map(() => 1), width], vector)],
          ['feed', others.get(hook)!],
        ];
        for (const [how, value] of values) {
          const found = await attribute(
            new Reading(model, Reading.ofIds(model, ids).tokens, [{ hook, kind: how, value }]),
            {
              position: 3,
              token: 6,
              neurons: { count: 1000 },
            },
          );
          const run = await model.runWithHooks([ids], ['logits'], [{ hook, kind: how, value }]);
          const logit = run.get('logits')!.data[3 * 17 + 6];
          assertCloseValues([found.logits[0]], [logit], 1e-5, `logit with ${how} at ${hook}`);
          assertCloseValues([sum(found.values)], [logit], BOUND, `sum with ${how} at ${hook}`);
        }
      }
    });
  }

  it('gives a head that is scaled to nothing an addend of nothing, and the sum of the changed run', async () => {
    const model = randomModel({}, reference);
    const { tokens } = reading(model, 6);
    const value = floatTensor([3, 1], [1, 0, 1]);
    const ablated = new Reading(model, tokens, [{ hook: 'blocks.1.attn.hook_z', kind: 'scale', value }]);
    const question = { position: 5, token: 2 };
    const before = await attribute(reading(model, 6), question);
    const after = await attribute(ablated, question);
    assert.equal(valueOf(after, { kind: 'head', layer: 1, head: 1 }), 0);
    assert.notEqual(before.logits[0], after.logits[0]);
    assertSum(after);
  });

  it('counts what is added to an MLP’s output as the MLP’s, and what is added to the stream as a change', async () => {
    const model = randomModel({}, reference);
    const { tokens } = reading(model, 6);
    const value = floatTensor(
      [10],
      Array.from({ length: 10 }, (_, i) => i),
    );
    const withChange = (hook: string) => new Reading(model, tokens, [{ hook, kind: 'add', value }]);
    const ofMlp = await attribute(withChange('blocks.1.hook_mlp_out'), { position: 5, token: 2 });
    assert.ok(ofMlp.components.every(({ kind }) => kind !== 'change'));
    const ofStream = await attribute(withChange('blocks.1.hook_resid_post'), { position: 5, token: 2 });
    const stream = { kind: 'change' as const, layer: 1, hook: 'blocks.1.hook_resid_post' };
    const plain = valueOf(ofStream, { kind: 'mlp', layer: 1 }) + valueOf(ofStream, stream);
    assertCloseValues([valueOf(ofMlp, { kind: 'mlp', layer: 1 })], [plain], 1e-5, 'MLP');
  });
});

describe('logit attribution: tokens and places', () => {
  const model = new LanguageModel(randomCheckpoint(configurationWith(), 1, characters(17, true)), reference);
  const read = Reading.ofText(model, 'abcabc');

  it('takes the likeliest next token unless one is named, and gives logits and probabilities of the model', async () => {
    const run = await model.runWithCache([read.tokens.map(({ id }) => id)], ['logits', 'log_probs']);
    const logits = rowOf(run.get('logits')!, 0, 3);
    const found = await attribute(read, { position: 3, against: 2 });
    const likeliest = logits.indexOf(Math.max(...logits));
    assert.deepEqual([found.token.id, found.against], [likeliest, { id: 2, piece: 'b' }]);
    assertCloseValues(found.logits, [logits[likeliest], logits[2]], 1e-5, 'logits');
    const logs = rowOf(run.get('log_probs')!, 0, 3);
    assertCloseValues(
      found.probabilities,
      [likeliest, 2].map((id) => Math.exp(logs[id])),
      1e-6,
      'p',
    );
  });

  it('takes a token by its text, where that is exactly one', async () => {
    const found = await attribute(read, { position: 3, token: 'c', against: 'e' });
    assert.deepEqual(
      [found.token, found.against],
      [
        { id: 3, piece: 'c' },
        { id: 5, piece: 'e' },
      ],
    );
    await fails(attribute(read, { position: 3, token: 'ce' }), 'usage', "'c' (3), 'e' (5)");
    await fails(attribute(read, { position: 3, token: '' }), 'usage', 'no token');
  });

  it('refuses positions, tokens, layers and counts that there are not', async () => {
    for (const position of [-1, 7, 1.5])
      await fails(attribute(read, { position }), 'usage', String(position));
    await fails(attribute(read, { position: 1, token: 17 }), 'usage', '17');
    await fails(attribute(read, { position: 1, against: -1 }), 'usage', '-1');
    await fails(attribute(read, { position: 1, neurons: { count: 3, layer: 2 } }), 'usage', 'layer 2');
    await fails(attribute(read, { position: 1, neurons: { count: 0 } }), 'usage', '0 neurons');
    await fails(attribute(read, { position: 1, neurons: { count: 50_001 } }), 'usage', '50001');
    const bare = reading(randomModel({ d_mlp: 0 }, reference), 4);
    await fails(attribute(bare, { position: 1, neurons: { count: 3 } }), 'hook', 'no MLP');
  });

  it('shows NaN where a tensor has it, and nowhere before', async () => {
    const checkpoint = randomCheckpoint(configurationWith());
    checkpoint.weights.get('blocks.1.mlp.b_in')!.data[3] = NaN;
    const broken = new LanguageModel(checkpoint, reference);
    const found = await attribute(reading(broken, 4), { position: 2, token: 1 });
    assert.ok(Number.isNaN(found.logits[0]));
    assert.ok(Number.isNaN(valueOf(found, { kind: 'mlp', layer: 1 })));
  });

  it('ends with CancelledError when it was cancelled', async () => {
    const cancellation = new SharedCancellation();
    cancellation.cancel();
    await assert.rejects(attributeLogit(read, { position: 1 }, cancellation), CancelledError);
  });
});
