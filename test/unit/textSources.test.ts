// Windows of text and of generated text: which tokens a step gets, from seed and step alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generatedSource } from '../../src/backend/data/text/generatedSource';
import { mixAll, permute } from '../../src/backend/data/text/mixing';
import { textSource } from '../../src/backend/data/text/textSource';
import type { TokenStretch } from '../../src/backend/data/text/tokenFile';

/** A stretch whose token at each place is the place. */
function places(count: number): TokenStretch {
  return {
    count,
    vocabulary: count,
    name: 'a stretch',
    read: (position, into) => {
      assert.ok(Number.isInteger(position) && position >= 0 && position + into.length <= count);
      for (let index = 0; index < into.length; index++) into[index] = position + index;
    },
  };
}

/** Where each window of some steps begins. */
function begins(stretch: TokenStretch, seed: number, steps: number, rows: number, length: number): number[] {
  const source = textSource(stretch, seed);
  return Array.from({ length: steps }, (_, step) => source.windows(step, rows, length)).flatMap((tokens) => {
    for (const [index, token] of tokens.entries())
      if (index % length > 0) assert.equal(token, tokens[index - 1] + 1, 'a window is not in one piece');
    return Array.from({ length: rows }, (_, row) => tokens[row * length]);
  });
}

describe('a permutation without a table', () => {
  it('takes every index to another one, for any count', () => {
    for (const count of [1, 2, 3, 4, 5, 15, 16, 17, 1000, 4097]) {
      for (const seed of [0, 1, 0xffffffff]) {
        const places = Array.from({ length: count }, (_, index) => permute(index, count, seed));
        assert.deepEqual(
          places.toSorted((a, b) => a - b),
          Array.from({ length: count }, (_, index) => index),
        );
      }
    }
  });

  it('is another one for another seed, and no shift', () => {
    const of = (seed: number) => Array.from({ length: 100 }, (_, index) => permute(index, 1000, seed));
    assert.notDeepEqual(of(1), of(2));
    const steps = new Set(of(1).map((place, index) => (place - index + 1000) % 1000));
    assert.ok(steps.size > 80);
  });

  it('reaches counts beyond 32 bits', () => {
    const count = 2 ** 40 + 3;
    const places = new Set(Array.from({ length: 200 }, (_, index) => permute(count - 1 - index, count, 5)));
    assert.equal(places.size, 200);
    assert.ok([...places].every((place) => Number.isInteger(place) && place >= 0 && place < count));
    assert.ok([...places].some((place) => place > 2 ** 32));
  });
});

describe('windows of a text', () => {
  it('are in an epoch side by side, each once, in another order', () => {
    // 103 tokens have ten windows of ten; nine are taken, so that the offset has room.
    const found = begins(places(103), 7, 3, 3, 10);
    const sorted = found.toSorted((a, b) => a - b);
    assert.deepEqual(
      sorted,
      Array.from({ length: 9 }, (_, index) => sorted[0] + 10 * index),
    );
    assert.notDeepEqual(found, sorted);
  });

  it('have another offset and order in every epoch and for every seed', () => {
    const orders = new Set<string>();
    const offsets = new Set<number>();
    const all: number[] = [];
    for (const seed of [3, 4]) {
      const found = begins(places(103), seed, 30, 9, 10);
      for (let epoch = 0; epoch < 30; epoch++) {
        const windows = found.slice(9 * epoch, 9 * (epoch + 1));
        const offset = Math.min(...windows);
        offsets.add(offset);
        orders.add(windows.map((place) => (place - offset) / 10).join());
      }
      all.push(...found);
    }
    assert.equal(orders.size, 60);
    assert.ok(offsets.size > 10, `only ${offsets.size} offsets`);
    assert.deepEqual([Math.min(...all), Math.max(...all)], [0, 93]);
  });

  it('follow from seed and step: rows may be cut into steps in any way, and steps left out', () => {
    const source = textSource(places(5000), 11);
    const together = source.windows(0, 600, 16);
    for (const step of [99, 0, 57]) {
      const found = textSource(places(5000), 11).windows(step, 6, 16);
      assert.deepEqual(found, together.subarray(step * 96, (step + 1) * 96));
    }
  });

  it('cover every token equally often in the long run', () => {
    const counts = new Float64Array(64);
    for (const place of begins(places(64), 2, 3000, 7, 8))
      for (let at = 0; at < 8; at++) counts[place + at]++;
    const inside = counts.slice(8, 56);
    assert.ok(Math.min(...inside) > 0.8 * Math.max(...inside), String(counts));
    assert.ok(Math.min(...counts) > 0);
  });

  it('may be as long as the text, and no longer', () => {
    assert.deepEqual(begins(places(10), 1, 3, 2, 10), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(new Set(begins(places(11), 1, 30, 2, 10)), new Set([0, 1]));
    assert.throws(() => textSource(places(9), 1).windows(0, 1, 10), {
      reason: 'data',
      message: /only 9 tokens of a stretch, fewer than a window of 10/,
    });
  });

  it('reach steps far away', () => {
    assert.equal(textSource(places(1000), 1).windows(1e9, 64, 100).length, 6400);
  });
});

describe('windows of generated text', () => {
  const END = 999;
  /** Texts 'seed index word0 word1 …', their ids a hash of each word: a stream can be told from another. */
  const source = (seed: number) =>
    generatedSource({
      textAt: (streamSeed, index) =>
        Array.from(
          { length: 5 + (mixAll(streamSeed, index) % 20) },
          (_, word) => `${streamSeed} ${index} ${word}`,
        ).join(),
      encodeIds: (text) => text.split(',').map((word) => mixAll(...word.split(' ').map(Number)) % END),
      endOfText: END,
      vocabulary: END + 1,
      seed,
    });

  it('follow from seed and step', () => {
    const tokens = source(1).windows(5, 4, 32);
    assert.equal(tokens.length, 128);
    assert.deepEqual(source(1).windows(5, 4, 32), tokens);
    assert.notDeepEqual(source(1).windows(6, 4, 32), tokens);
    assert.notDeepEqual(source(2).windows(5, 4, 32), tokens);
  });

  it('are of one stream of whole texts with their ends, from somewhere in the first on', () => {
    let dropped = 0;
    for (let step = 0; step < 50; step++) {
      const tokens = Array.from(source(1).windows(step, 3, 40));
      const streamSeed = mixAll(1, step);
      const stream: number[] = [];
      for (let index = 0; stream.length < 200; index++) {
        for (let word = 0; word < 5 + (mixAll(streamSeed, index) % 20); word++)
          stream.push(mixAll(streamSeed, index, word) % END);
        stream.push(END);
      }
      const start = stream.findIndex((_, at) => tokens.every((token, index) => token === stream[at + index]));
      assert.ok(start >= 0 && start <= stream.indexOf(END), `step ${step} starts at ${start}`);
      if (start > 0) dropped++;
    }
    assert.ok(dropped > 35, `only ${dropped} begin inside a text`);
  });

  it('do not wait for a text that is not empty', () => {
    const empty = generatedSource({
      textAt: () => '',
      encodeIds: () => [],
      endOfText: 3,
      vocabulary: 4,
      seed: 0,
    });
    assert.deepEqual(empty.windows(0, 1, 3), Int32Array.of(3, 3, 3));
  });

  it('of different steps have different seeds', () => {
    const seeds = new Set<number>();
    const seen = generatedSource({
      textAt: (seed) => {
        seeds.add(seed);
        return '';
      },
      encodeIds: () => [],
      endOfText: 0,
      vocabulary: 1,
      seed: 1,
    });
    for (let step = 0; step < 100_000; step++) seen.windows(step, 1, 1);
    assert.equal(seeds.size, 100_000);
  });
});
