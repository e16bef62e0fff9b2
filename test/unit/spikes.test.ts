// The spike guard: what counts as a spike of the loss, and what does not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededNormal } from '../../src/backend/random';
import { SpikeDetector } from '../../src/backend/train/spikes';

const SETTINGS = { window: 50, deviations: 6, floor: 0.3, patience: 3 };

/** Pushes losses and gives the steps, counted from 1, at which a spike was told, with how long it had lasted. */
function told(losses: readonly number[], settings = SETTINGS): [number, number][] {
  const detector = new SpikeDetector(settings);
  return losses.flatMap((loss, index): [number, number][] => {
    const lasted = detector.push(loss);
    return lasted > 0 ? [[index + 1, lasted]] : [];
  });
}

const normal = seededNormal(1);
const steady = Array.from({ length: 60 }, () => 2 + 0.02 * normal());

describe('the spike guard', () => {
  it('tells a jump once it has lasted for three steps', () => {
    assert.deepEqual(told([...steady, 4, 5, 5]), [[63, 3]]);
  });

  it('does not tell two bad batches', () => {
    assert.deepEqual(told([...steady, 4, 5, ...steady]), []);
  });

  it('does not tell a loss that falls, however fast', () => {
    assert.deepEqual(told(Array.from({ length: 200 }, (_, step) => 10 * Math.exp(-step / 20))), []);
  });

  it('does not tell a rise below the floor, though it is many deviations', () => {
    assert.deepEqual(told([...steady, ...steady.map((loss) => loss + 0.25)]), []);
  });

  it('tells a loss that is no number', () => {
    assert.deepEqual(told([...steady, NaN, NaN, NaN]), [[63, 3]]);
  });

  it('knows nothing to compare with at the beginning', () => {
    assert.deepEqual(told([2, 9, 9, 9, 9, 9]), []);
  });

  it('goes on as it would have from what it remembers', () => {
    const before = new SpikeDetector(SETTINGS);
    for (const loss of [...steady, 4, 4]) before.push(loss);
    const after = new SpikeDetector(SETTINGS);
    after.restore(before.memory);
    assert.equal(after.push(4), 3);
  });
});
