// The spike guard's way back, and the checkpoints that are kept for it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SubtextError } from '../../src/backend/errors';
import { expendable, wayBack } from '../../src/backend/train/spikeGuard';
import { START, type Progress } from '../../src/backend/train/trainState';

const GUARD = { window: 20, deviations: 6, floor: 0.3, patience: 3, retries: 1 };
const SETTINGS = { steps: 1000, checkpoint_every: 10, keep_checkpoints: 2, spike_guard: GUARD };
const UNGUARDED = { ...SETTINGS, spike_guard: null };

const backFrom = (from: number, checkpoints: number[], progress: Partial<Progress> = {}) =>
  wayBack(SETTINGS, { ...START, ...progress }, checkpoints, { from, seen: from + 2 });

describe('the way back from a spike', () => {
  it('leads to the newest checkpoint of a window before it, and behind the batches around it', () => {
    const { step, goesOn } = backFrom(75, [30, 40, 50, 60, 70]);
    assert.equal(step, 50);
    assert.deepEqual(goesOn, { batch: 97, rateFactor: 1, retries: 1, spikeAt: 75 });
  });

  it('leads to the oldest checkpoint where none is old enough, and to the beginning where there is none', () => {
    assert.equal(backFrom(75, [60, 70]).step, 60);
    assert.equal(backFrom(75, []).step, 0);
    assert.equal(backFrom(10, [10]).step, 0, 'not into the spike');
  });

  it('does not lead to a checkpoint of a pause', () => {
    assert.equal(backFrom(75, [40, 53]).step, 40);
    assert.equal(backFrom(75, [53]).step, 0);
  });

  it('halves the rate after so many tries at one place, and ends at a 32nd', () => {
    const there = { spikeAt: 70, retries: 1 };
    assert.equal(backFrom(75, [50], there).goesOn.rateFactor, 0.5);
    assert.equal(backFrom(95, [50], there).goesOn.rateFactor, 1, 'another place');
    assert.equal(backFrom(75, [50], { ...there, rateFactor: 1 / 16 }).goesOn.rateFactor, 1 / 32);
    assert.throws(
      () => backFrom(75, [50], { ...there, rateFactor: 1 / 32 }),
      (error) => error instanceof SubtextError && /step 75 .*floor/s.test(error.line),
    );
  });
});

describe('checkpoints that may go', () => {
  it('are all but the newest', () => {
    assert.deepEqual(expendable([10, 20, 30, 40], UNGUARDED), [10, 20]);
    assert.deepEqual(expendable([10], UNGUARDED), []);
    assert.deepEqual(expendable([], UNGUARDED), []);
  });

  it('do not count those of pauses, which go with the others', () => {
    assert.deepEqual(expendable([10, 15, 20, 25, 30, 33], UNGUARDED), [10, 15]);
  });

  it('are never all that a spike needs, whenever it comes', () => {
    let kept: number[] = [];
    for (let step = 10; step <= 500; step += 10) {
      kept.push(step);
      const gone = expendable(kept, SETTINGS);
      kept = kept.filter((each) => !gone.includes(each));
      assert.ok(kept.length <= SETTINGS.keep_checkpoints + 2, kept.join());
      if (step < 60) continue;
      for (let seen = step; seen < step + 10; seen++) {
        const from = seen - GUARD.patience + 1;
        const back = backFrom(from, kept).step;
        assert.ok(back > 0 && back <= from - GUARD.window, `${back} for ${from} of ${kept.join()}`);
      }
    }
  });
});
