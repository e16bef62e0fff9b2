// From windows of tokens to batches: labels of the next token, and masked tokens.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TokenSource } from '../../src/backend/data/source';
import { batchOf } from '../../src/backend/train/batches';
import { IGNORED } from '../../src/backend/train/loss';

/** Counts: window after window, step after step. */
const counting: TokenSource = {
  vocabulary: 100_000,
  windows: (step, rows, length) =>
    Int32Array.from({ length: rows * length }, (_, index) => 1000 * step + index),
};

const MASKING = { share: 0.15, mask: 50, vocabulary: 50, seed: 3 };
const sevens: TokenSource = {
  vocabulary: 50,
  windows: (_, rows, length) => new Int32Array(rows * length).fill(7),
};

describe('batches', () => {
  it("have each token's successor as its label", () => {
    const { tokens, labels, batch, pos } = batchOf(counting, { batch: 2, pos: 3 }, 5);
    assert.deepEqual([batch, pos], [2, 3]);
    assert.deepEqual([...tokens], [5000, 5001, 5002, 5004, 5005, 5006]);
    assert.deepEqual([...labels], [5001, 5002, 5003, 5005, 5006, 5007]);
  });

  it('of masked tokens have labels only where there is something to guess', () => {
    const { tokens, labels } = batchOf(sevens, { batch: 100, pos: 100 }, 1, MASKING);
    const guessed = labels.filter((label) => label !== IGNORED);
    assert.ok(guessed.every((label) => label === 7));
    assert.ok(Math.abs(guessed.length / tokens.length - 0.15) < 0.02);
    const shares = [50, 7].map(
      (id) =>
        tokens.filter((token, place) => labels[place] !== IGNORED && token === id).length / guessed.length,
    );
    assert.ok(Math.abs(shares[0] - 0.8) < 0.04, `${shares[0]} are hidden`);
    // A tenth stays, and of the tenth that is replaced one in fifty is the same by chance.
    assert.ok(Math.abs(shares[1] - 0.102) < 0.03, `${shares[1]} stay`);
    assert.ok(tokens.every((token, place) => labels[place] !== IGNORED || token === 7));
  });

  it('always have something to guess', () => {
    for (let step = 0; step < 50; step++) {
      const { labels } = batchOf(sevens, { batch: 1, pos: 2 }, step, { ...MASKING, share: 0.001 });
      assert.equal(labels.filter((label) => label !== IGNORED).length, 1);
    }
  });

  it('have something to guess in every row, since a part of a step may be one', () => {
    for (let step = 0; step < 20; step++) {
      const { labels } = batchOf(sevens, { batch: 4, pos: 4 }, step, MASKING);
      for (let row = 0; row < 4; row++) {
        assert.ok(labels.subarray(4 * row, 4 * row + 4).some((label) => label !== IGNORED));
      }
    }
  });

  it('are the same for the same step, and others for another', () => {
    const of = (step: number) => [...batchOf(sevens, { batch: 4, pos: 50 }, step, MASKING).tokens];
    assert.deepEqual(of(3), of(3));
    assert.notDeepEqual(of(3), of(4));
  });
});
