// Accuracy by position: bins of one round width, each scored as all tokens are.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { binsOf, type PlacedToken } from '../../src/backend/interpret/probes/positions';
import type { StoredProbe } from '../../src/backend/interpret/probes/probeFile';
import { shareOf } from '../../src/backend/interpret/probes/interval';
import { seededRandom } from '../../src/backend/random';

/** A probe of two classes that tokens were read with; the second class is the one most frequent in training. */
function probeOf(tokens: readonly PlacedToken[]): Pick<StoredProbe, 'header' | 'confusion'> {
  const confusion = new Int32Array(4);
  for (const { label, read } of tokens) confusion[2 * label + read]++;
  const majority = tokens.filter(({ label }) => label === 1).length / tokens.length;
  const header = { classes: ['a', 'b'], n_test: tokens.length, majority } as StoredProbe['header'];
  return { header, confusion };
}

/** Tokens of documents of some length: those in the first half of a document are read right more often. */
function madeUp(documents: number, length: number): PlacedToken[] {
  const random = seededRandom(5);
  return Array.from({ length: documents * length }, (_, index) => {
    const position = index % length;
    const label = Number(random() < 0.7);
    const isRight = random() < (position < length / 2 ? 0.9 : 0.5);
    return { document: Math.floor(index / length), position, label, read: isRight ? label : 1 - label };
  });
}

describe('accuracy by position', () => {
  it('has a bin for each position where there are few', () => {
    const bins = binsOf(probeOf(madeUp(40, 20)), madeUp(40, 20));
    assert.deepEqual(
      bins.map(({ first, last, tokens, documents }) => [first, last, tokens, documents]),
      Array.from({ length: 20 }, (_, position) => [position, position, 40, 40]),
    );
    assert.ok(bins[2].accuracy > bins[18].accuracy + 0.1);
  });

  it('puts many into bins of one round width, and leaves out those without a token', () => {
    const tokens = madeUp(30, 100).filter(({ position }) => position < 20 || position >= 40);
    const bins = binsOf(probeOf(tokens), tokens);
    assert.ok(bins.every(({ first, last }) => first % 5 === 0 && last === first + 4));
    assert.equal(bins.length, 16);
    assert.ok(bins.every(({ first }) => first < 20 || first >= 40));
  });

  it('scores a bin as all tokens are scored, documents being what is independent', () => {
    const tokens = madeUp(50, 12);
    const own = tokens.filter(({ position }) => position === 3);
    const { accuracy, ci, majority } = binsOf(probeOf(tokens), tokens)[3];
    const { value, interval } = shareOf(
      own.map(({ label, read }) => ({ right: Number(label === read), total: 1 })),
    );
    assert.deepEqual([accuracy, ci], [value, interval]);
    assert.equal(majority, own.filter(({ label }) => label === 1).length / own.length);
  });

  it('adds up to the accuracy and the majority of all tokens', () => {
    const tokens = madeUp(25, 333);
    const bins = binsOf(probeOf(tokens), tokens);
    const sum = (value: (bin: (typeof bins)[number]) => number) =>
      bins.reduce((all, bin) => all + value(bin) * bin.tokens, 0) / tokens.length;
    const right = tokens.filter(({ label, read }) => label === read).length / tokens.length;
    assert.ok(Math.abs(sum(({ accuracy }) => accuracy) - right) < 1e-12);
    assert.ok(Math.abs(sum(({ majority }) => majority) - probeOf(tokens).header.majority) < 1e-12);
    assert.ok(bins.length <= 32);
  });
});
