// The interval of an accuracy: documents are what is independent.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shareOf } from '../../src/backend/interpret/probes/interval';
import { seededRandom } from '../../src/backend/random';

const documents = (count: number, total: number, right: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => ({ right: right(index), total }));

describe('the interval of an accuracy', () => {
  it('of documents with one token each is Wilson’s with Student’s quantile', () => {
    const { value, interval } = shareOf(documents(100, 1, (index) => Number(index < 80)));
    assert.equal(value, 0.8);
    // Wilson's formula by hand, n = 100, t(99) = 1.984; the variance is that of 99 degrees of freedom.
    assert.ok(Math.abs(interval[0] - 0.7104) < 1e-3, String(interval));
    assert.ok(Math.abs(interval[1] - 0.8671) < 1e-3, String(interval));
  });

  it('is wider where the tokens of a document are right or wrong together', () => {
    const together = shareOf(documents(100, 10, (index) => (index < 80 ? 10 : 0)));
    const alone = shareOf(documents(100, 10, () => 8));
    const width = ({ interval: [low, high] }: typeof alone) => high - low;
    assert.equal(together.value, alone.value);
    // Ten tokens of a document say no more than one.
    assert.ok(Math.abs(width(together) - (0.8671 - 0.7104)) < 2e-3);
    assert.ok(width(alone) < width(together) / 3);
  });

  it('does not call a few documents that are all right certainty', () => {
    const { value, interval } = shareOf(documents(20, 50, () => 50));
    assert.equal(value, 1);
    assert.ok(interval[0] < 0.85 && interval[0] > 0.7, String(interval));
    assert.equal(interval[1], 1);
  });

  it('says nothing of one document, and leaves out those without tokens', () => {
    assert.deepEqual(shareOf(documents(1, 4, () => 3)), { value: 0.75, interval: [0, 1] });
    const some = documents(30, 2, (index) => index % 3);
    assert.deepEqual(shareOf([...some, ...documents(5, 0, () => 0)]), shareOf(some));
  });

  it('holds the true share in about 95 of 100 draws of documents that differ much', () => {
    const random = seededRandom(7);
    const draw = () => {
      // Each document has a share of its own, uniform from 0.4 to 1: 0.7 on average.
      const counts = documents(40, 12, () => {
        const share = 0.4 + 0.6 * random();
        return Array.from({ length: 12 }, () => Number(random() < share)).reduce((a, b) => a + b);
      });
      const [low, high] = shareOf(counts).interval;
      return low <= 0.7 && 0.7 <= high;
    };
    const held = Array.from({ length: 2000 }, draw).filter(Boolean).length / 2000;
    assert.ok(held > 0.93 && held < 0.97, String(held));
  });
});
