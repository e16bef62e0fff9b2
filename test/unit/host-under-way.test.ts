// Work that is asked for again while it is under way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneAtATime } from '../../src/host/runs/oneAtATime';
import { UnderWay } from '../../src/host/runs/underWay';

describe('what is under way', () => {
  it('is not begun again, until it has ended or failed', async () => {
    const starts = new UnderWay();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const work = (key: string) =>
      starts.once(key, () => {
        begun.push(key);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const first = work('a');
    await work('a');
    void work('b');
    assert.deepEqual(begun, ['a', 'b']);
    ends[0]();
    await first;
    await assert.rejects(starts.once('a', () => Promise.reject(new Error('no'))));
    void work('a');
    assert.deepEqual(begun, ['a', 'b', 'a']);
  });
});

describe('work one at a time', () => {
  it('never overlaps, and calls during a run share the next', async () => {
    let running = 0;
    let begun = 0;
    const ends: (() => void)[] = [];
    const run = oneAtATime(async () => {
      assert.equal(++running, 1);
      begun++;
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
    });
    const calls = [run(), run(), run()];
    assert.equal(begun, 1);
    ends[0]();
    await calls[0];
    await new Promise(setImmediate);
    assert.equal(begun, 2);
    ends[1]();
    await Promise.all(calls);
    assert.equal(begun, 2);
  });
});
