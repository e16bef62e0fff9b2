// A text as the model reads it: windows over texts longer than the context, and texts that are refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError, type SubtextError } from '../../src/backend/errors';
import { Reading } from '../../src/backend/interpret/reading';
import { LanguageModel } from '../../src/backend/model/languageModel';
import type { Token } from '../../src/backend/tokenizer/tokenizer';
import { characters } from '../support/characters';
import { assertClose, assertCloseValues, floatTensor } from '../support/numbers';
import { configurationWith, randomCheckpoint } from '../support/randomModel';
import { fails } from './checkpointFiles';

const reference = new ReferenceExecutor();
const VOCABULARY = configurationWith().d_vocab;
const POST = 'blocks.1.mlp.hook_post';

for (const begins of [false, true]) {
  const kind = begins ? 'with a begin-of-text token' : 'without one';

  describe(`reading: windows, ${kind}`, () => {
    for (const n_ctx of [2, 5, 6, 11]) {
      const head = begins ? 1 : 0;
      const body = n_ctx - head;
      for (const length of [1, n_ctx - 1, n_ctx, n_ctx + 1, 2 * n_ctx, 2 * n_ctx + 1, 7 * n_ctx + 3]) {
        it(`cover each of ${length} tokens once with context ${n_ctx}`, () => {
          const { tokens, windows, plan } = reading(length, n_ctx, begins);
          const owners = tokens.map((_, index) =>
            windows.filter(({ keepStart, keepEnd }) => keepStart <= index && index < keepEnd),
          );
          assert.ok(owners.every((each) => each.length === 1));
          for (const [index, window] of windows.entries()) {
            assert.ok(window.ids.length <= n_ctx);
            const rows = window.keepEnd - window.keepStart;
            const kept = Array.from(window.ids.subarray(window.keepRow, window.keepRow + rows));
            const expected = tokens.slice(window.keepStart, window.keepEnd).map(({ id }) => id);
            assert.deepEqual(kept, expected, `window ${index}`);
            if (index === 0) continue;
            const context = window.keepRow - head;
            assert.ok(context >= Math.floor(body / 2), `window ${index} keeps after ${context} tokens`);
            const before = tokens.slice(window.keepStart - context, window.keepStart).map(({ id }) => id);
            assert.deepEqual(Array.from(window.ids.subarray(head, window.keepRow)), before);
            if (begins) assert.equal(window.ids[0], tokens[0].id);
          }
          assert.equal(plan.count, windows.length);
          assert.equal(plan.length, Math.max(...windows.map(({ ids }) => ids.length)));
          assert.equal(windows.length === 1, tokens.length <= n_ctx);
        });
      }
    }

    it('are one token long where the context is', () => {
      const { tokens, windows } = reading(4, 1, begins);
      assert.equal(windows.length, tokens.length);
      assert.deepEqual(
        windows.map(({ ids }) => ids[0]),
        tokens.map(({ id }) => id),
      );
    });
  });
}

describe('reading: activations', () => {
  it('of a text within the context are those of a plain run', async () => {
    const read = reading(11, 11, false);
    const { data, shape } = await read.activation(POST, NOT_CANCELLED);
    const plain = await read.model.runWithCache([read.tokens.map(({ id }) => id)], [POST]);
    assertClose(floatTensor(shape, data), plain.get(POST)!, 0, POST);
  });

  it('of a longer text are those of the windows, each token in the one with the most context', async () => {
    const read = reading(30, 11, true);
    const { data, shape } = await read.activation(POST, NOT_CANCELLED);
    const width = read.model.configuration.d_mlp;
    assert.deepEqual(shape, [1, read.tokens.length, width]);
    for (const [index] of read.tokens.entries()) {
      const window = read.windows.findLast(({ keepStart }) => keepStart <= index)!;
      const run = (await read.model.runWithCache([window.ids], [POST])).get(POST)!;
      const row = index - window.keepStart + window.keepRow;
      const expected = run.data.subarray(row * width, (row + 1) * width);
      assertCloseValues(data.subarray(index * width, (index + 1) * width), expected, 1e-6, `token ${index}`);
    }
  });

  it('keep all axes after the position', async () => {
    const read = reading(25, 11, false);
    const { n_heads, d_head } = read.model.configuration;
    const { data, shape } = await read.activation('blocks.0.attn.hook_q', NOT_CANCELLED);
    assert.deepEqual(shape, [1, 25, n_heads, d_head]);
    assert.equal(data.length, 25 * n_heads * d_head);
  });

  it('are refused where they relate the tokens of one window and the text takes several', async () => {
    const read = reading(25, 11, false);
    await assert.rejects(
      read.activation('blocks.0.attn.hook_pattern', NOT_CANCELLED),
      (error: SubtextError) => error.reason === 'text-too-large',
    );
  });

  it('end with CancelledError between two windows, and report progress until then', async () => {
    const read = reading(40, 11, false);
    const cancellation = new SharedCancellation();
    const shares: number[] = [];
    const progress = (share: number) => {
      shares.push(share);
      if (shares.length === 2) cancellation.cancel();
    };
    await assert.rejects(
      read.run([POST], () => undefined, cancellation, progress),
      CancelledError,
    );
    const { count } = read.plan;
    assert.ok(count > 2);
    assert.deepEqual(shares, [1 / count, 2 / count]);
  });

  it('are not given for a single window that was cancelled meanwhile', async () => {
    const read = reading(5, 11, false);
    const cancellation = new SharedCancellation();
    cancellation.cancel();
    await assert.rejects(read.activation(POST, cancellation), CancelledError);
  });
});

describe('reading: texts that are refused', () => {
  const refused = (text: string) => Promise.resolve().then(() => Reading.ofText(model(11, false), text));

  it('empty', () => fails(refused(''), 'empty-text'));
  it('with NUL characters, as a binary file has', () => fails(refused('a\0b'), 'binary-text'));
  it('huge', () => fails(refused('a'.repeat(1_000_001)), 'text-too-large', '1,000,001', '1,000,000'));
  it('of which the tokenizer leaves nothing', () => fails(refused('   '), 'empty-text'));
  it('ids outside the vocabulary, or none', async () => {
    const ofIds = (ids: number[]) => Promise.resolve().then(() => Reading.ofIds(model(11, false), ids));
    await fails(ofIds([1, VOCABULARY]), 'usage', String(VOCABULARY));
    await fails(ofIds([]), 'empty-text');
  });
});

describe('reading: the first token of the text', () => {
  it('comes after a begin-of-text token that stands for nothing', () => {
    assert.equal(reading(3, 11, true).firstTextToken, 1);
    assert.equal(reading(3, 11, false).firstTextToken, 0);
    assert.equal(Reading.ofIds(model(11, true), [5, 6]).firstTextToken, 0);
  });
});

function model(n_ctx: number, begins: boolean): LanguageModel {
  const tokenizer = characters(VOCABULARY, begins);
  return new LanguageModel(randomCheckpoint(configurationWith({ n_ctx }), 1, tokenizer), reference);
}

/** A text of that many characters, read by a model with that context. */
function reading(length: number, n_ctx: number, begins: boolean): Reading & { tokens: readonly Token[] } {
  const letters = Array.from({ length }, (_, index) => String.fromCharCode(97 + ((7 * index) % 16)));
  return Reading.ofText(model(n_ctx, begins), letters.join(''));
}
