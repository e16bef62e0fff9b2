// The loss of each token, and two readers' losses side by side.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError } from '../../src/backend/errors';
import { comparedLosses, TokenLosses, type ReadLosses } from '../../src/backend/interpret/losses';
import { FinalResidual } from '../../src/backend/interpret/finalResidual';
import { predictions } from '../../src/backend/interpret/predictions';
import { Reading } from '../../src/backend/interpret/reading';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { characters } from '../support/characters';
import { isError } from '../support/errors';
import { assertCloseValues, rowOf, softmaxOf } from '../support/numbers';
import { positionModel } from '../support/positionModel';
import { configurationWith, randomCheckpoint } from '../support/randomModel';

const reference = new ReferenceExecutor();

describe('token losses', () => {
  it('are minus the log-probabilities that the model was made with; the first token has none', async () => {
    const model = positionModel(
      [
        [0.5, 0.25, 0.25],
        [0.1, 0.2, 0.7],
        [0.3, 0.3, 0.4],
      ],
      reference,
      characters(3, false),
    );
    const losses = await new TokenLosses(Reading.ofIds(model, [2, 1, 2])).read(NOT_CANCELLED);
    assertCloseValues(losses, [NaN, -Math.log(0.25), -Math.log(0.7)], 1e-5, 'losses');
  });

  it('of a text in several windows are read from the window that knows the token before best', async () => {
    const reading = Reading.ofText(randomModel(), 'abcdefghijklmnop'.repeat(2));
    assert.ok(reading.windows.length > 2);
    const losses = await new TokenLosses(reading).read(NOT_CANCELLED);
    const { data, shape } = await reading.activation('logits', NOT_CANCELLED);
    const expected = reading.tokens.map(({ id }, token) =>
      token === 0 ? NaN : -Math.log(softmaxOf(rowOf({ data, shape }, 0, token - 1))[id]),
    );
    assertCloseValues(losses, expected, 1e-4, 'losses');
  });

  it('stop between two windows when they are cancelled', async () => {
    const reading = Reading.ofText(randomModel(), 'abcdefghijklmnop'.repeat(2));
    const cancellation = new SharedCancellation();
    const shares: number[] = [];
    const work = new TokenLosses(reading).read(cancellation, (share) => {
      shares.push(share);
      cancellation.cancel();
    });
    await assert.rejects(work, CancelledError);
    assert.equal(shares.length, 1);
  });
});

describe('what a model says at a token', () => {
  it('of an encoder is of the token itself, which stands there with its probability and rank', async () => {
    const reading = Reading.ofText(randomModel({ causal: false }), 'hgfedcba');
    const { data, shape } = await reading.activation('logits', NOT_CANCELLED);
    const found = await predictions(new FinalResidual(reading), 2, 5, 3, NOT_CANCELLED);
    for (const [index, { logProbability, rank }] of found.entries()) {
      const row = rowOf({ data, shape }, 0, 2 + index);
      const { id } = reading.tokens[2 + index];
      assertCloseValues([logProbability!], [Math.log(softmaxOf(row)[id])], 1e-5, `token ${2 + index}`);
      assert.equal(rank, 1 + row.filter((logit) => logit > row[id]).length);
    }
  });

  it('of an encoder is no loss: it has seen the token', async () => {
    const reading = Reading.ofText(randomModel({ causal: false }), 'hgfedcba');
    await assert.rejects(new TokenLosses(reading).read(NOT_CANCELLED), isError('usage', 'both directions'));
  });
});

describe('losses side by side', () => {
  it('of the same tokens are compared token by token, and summed over those that both predict', () => {
    const tokens = cut(['<begin>', 'ab', 'c', 'd']);
    const found = comparedLosses(
      { tokens, losses: Float32Array.of(NaN, 1, 2, 3) },
      { tokens, losses: Float32Array.of(NaN, 0.5, 4, 3) },
    );
    assert.equal(found.alignedBy, 'tokens');
    assert.deepEqual(Array.from(found.ends), [0, 2, 3, 4]);
    assertCloseValues(found.before, [NaN, 1, 2, 3], 0, 'before');
    assertCloseValues(found.after, [NaN, 0.5, 4, 3], 0, 'after');
    const total = { spans: 3, tokensBefore: 3, tokensAfter: 3, before: 6, after: 7.5, characters: 4 };
    assert.deepEqual(found.total, total);
  });

  it('of different tokens are compared over the stretches between common ends', () => {
    const found = comparedLosses(
      read(['<begin>', 'ab', 'cd', 'e', 'f'], [NaN, 1, 2, 4, 8]),
      read(['a', 'b', 'c', 'def'], [NaN, 10, 20, 40]),
    );
    assert.equal(found.alignedBy, 'characters');
    assert.deepEqual(
      [Array.from(found.starts), Array.from(found.ends)],
      [
        [0, 2],
        [2, 6],
      ],
    );
    assertCloseValues(found.before, [1, 14], 0, 'before');
    assertCloseValues(found.after, [NaN, 60], 0, 'after: nothing predicts the first token');
    const total = { spans: 1, tokensBefore: 3, tokensAfter: 2, before: 14, after: 60, characters: 4 };
    assert.deepEqual(found.total, total);
  });

  it('count the later bytes of a character to the span that it ends', () => {
    const bytes = read(['a', '🪁', '', '', '', 'b'], [NaN, 1, 2, 4, 8, 16]);
    const found = comparedLosses(bytes, read(['a', '🪁', 'b'], [NaN, 32, 64]));
    assert.deepEqual(Array.from(found.ends), [1, 3, 4]);
    assertCloseValues(found.before, [NaN, 15, 16], 0, 'before');
    assertCloseValues(found.after, [NaN, 32, 64], 0, 'after');
  });

  it('of texts cut alike but into other ids are compared by characters', () => {
    const other = read(['ab', 'c'], [NaN, 1]);
    const renamed = { ...other, tokens: other.tokens.map((token) => ({ ...token, id: token.id + 1 })) };
    const found = comparedLosses(other, renamed);
    assert.equal(found.alignedBy, 'characters');
    assert.deepEqual(Array.from(found.ends), [2, 3]);
  });
});

/** Tokens of these pieces, one behind the other; `<begin>` stands for no text. */
function cut(pieces: string[]): Reading['tokens'] {
  let end = 0;
  return pieces.map((piece, id) => {
    const start = end;
    if (piece !== '<begin>') end += piece.length;
    return { id, piece, start, end };
  });
}

function read(pieces: string[], losses: number[]): ReadLosses {
  return { tokens: cut(pieces), losses: Float32Array.from(losses) };
}

function randomModel(changes: Partial<TransformerConfiguration> = {}): LanguageModel {
  return new LanguageModel(randomCheckpoint(configurationWith(changes), 1, characters(17, true)), reference);
}
