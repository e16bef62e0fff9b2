// N-gram losses, against a plain count and against published values.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { cfgSource } from '../../src/backend/data/cfg/tokens';
import { ngramLosses } from '../../src/backend/data/ngram';
import { seededRandom } from '../../src/backend/random';

describe('n-gram losses', () => {
  it('are those of counting every context, with Witten and Bell’s interpolation', () => {
    const vocabulary = 6;
    const random = seededRandom(5);
    const stream = (length: number) => {
      const tokens: number[] = [];
      while (tokens.length < length) tokens.push(Math.floor(random() ** 2 * vocabulary) % (vocabulary - 1));
      return tokens;
    };
    const train = stream(300);
    const heldOut = [...stream(100), 5, 0, 1]; // 5 was never seen.
    const orders = [3, 0, 1, 2];
    const found = ngramLosses(train, heldOut, vocabulary, orders);
    assert.deepEqual(
      found.map(({ order }) => order),
      orders,
    );
    for (const { order, loss } of found) {
      const expected =
        heldOut.reduce((sum, token, at) => {
          const context = heldOut.slice(Math.max(0, at - order), at);
          return sum - Math.log(interpolated(train, vocabulary, context, token));
        }, 0) / heldOut.length;
      assert.ok(Math.abs(loss - expected) < 1e-9, `order ${order}: ${loss}, not ${expected}`);
    }
  });

  it('are those of nothing known where nothing is there to learn from', () => {
    const [{ loss }] = ngramLosses([], [1, 2, 3], 8, [4]);
    assert.ok(Math.abs(loss - Math.log(8)) < 1e-12);
    assert.ok(Number.isNaN(ngramLosses([1, 2], [], 8, [1])[0].loss));
    assert.deepEqual(ngramLosses([1, 2], [1], 8, []), []);
  });

  const published = {
    cfg3b: [1.119, 0.986, 0.829, 0.76, 0.682, 0.602],
    cfg3f: [1.099, 1.08, 1.037, 0.985, 0.895, 0.851],
  };
  for (const [name, losses] of Object.entries(published)) {
    it(`of ${name} are the published ones`, () => {
      const source = cfgSource(presetGrammar(name), 1);
      // End of text stands between samples; begin of text would be one more token, and one that is always known.
      const withoutBegin = (step: number, length: number) =>
        source.windows(step, 1, length).filter((token) => token !== 0);
      const found = ngramLosses(withoutBegin(0, 500_000), withoutBegin(1, 100_000), 5, [0, 1, 2, 3, 5, 8]);
      for (const [index, { order, loss }] of found.entries()) {
        // Contexts of 8 tokens are not all seen often enough in so few.
        const tolerance = order === 8 ? 0.008 : 0.003;
        assert.ok(Math.abs(loss - losses[index]) < tolerance, `order ${order}: ${loss}`);
      }
    });
  }
});

function interpolated(train: number[], vocabulary: number, context: number[], token: number): number {
  const shorter =
    context.length === 0 ? 1 / vocabulary : interpolated(train, vocabulary, context.slice(1), token);
  const after = train.filter(
    (_, at) =>
      at >= context.length && context.every((each, back) => train[at - context.length + back] === each),
  );
  const different = new Set(after).size;
  if (after.length === 0) return shorter;
  const count = after.filter((each) => each === token).length;
  return (count + different * shorter) / (after.length + different);
}
