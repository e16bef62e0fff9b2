// Sizes of tensors that are bound when a graph runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addDimensions,
  bindShape,
  broadcastShapes,
  resolveAxis,
  resolveShape,
  type Bindings,
} from '../../src/backend/engine/graph/dimension';

describe('dimensions', () => {
  it('bind names to the sizes that an input has', () => {
    const bindings: Bindings = new Map();
    assert.ok(bindShape(['batch', 3, 'pos'], [2, 3, 5], bindings));
    assert.deepEqual(Object.fromEntries(bindings), { batch: 2, pos: 5 });
    assert.deepEqual(resolveShape(['pos', 'batch', 4], bindings), [5, 2, 4]);
  });

  it('refuse another rank, another number, or another size for a bound name', () => {
    assert.equal(bindShape(['pos', 3], [5], new Map()), false);
    assert.equal(bindShape(['pos', 3], [5, 4], new Map()), false);
    assert.equal(bindShape(['pos', 3], [5, 3], new Map([['pos', 6]])), false);
    assert.equal(bindShape(['pos', 'pos'], [5, 6], new Map()), false);
  });

  it('check a sum once its terms are bound', () => {
    const bindings: Bindings = new Map([['past', 4]]);
    assert.ok(bindShape(['past+pos'], [9], bindings));
    assert.ok(bindShape(['pos'], [5], bindings));
    assert.ok(bindShape(['past+pos'], [9], bindings));
    assert.equal(bindShape(['past+pos'], [8], bindings), false);
    assert.deepEqual(resolveShape(['past+pos', '2+pos'], bindings), [9, 7]);
  });

  it('resolve sums of products', () => {
    const bindings: Bindings = new Map([
      ['batch', 2],
      ['pos', 5],
    ]);
    assert.deepEqual(resolveShape(['batch*pos', '3*pos+batch', '2*3+1'], bindings), [10, 17, 7]);
  });

  it('say which name is not bound', () => {
    assert.throws(() => resolveShape(['past+pos'], new Map([['pos', 1]])), /past of past\+pos is not bound/);
  });

  it('add to numbers and to sums of names', () => {
    assert.equal(addDimensions(2, 3), 5);
    assert.equal(addDimensions('past', 'pos'), 'past+pos');
    assert.equal(addDimensions('pos', 1), 'pos+1');
  });

  it('broadcast from the right, names to themselves and to 1 only', () => {
    assert.deepEqual(broadcastShapes(['batch', 1, 5], ['pos', 1]), ['batch', 'pos', 5]);
    assert.deepEqual(broadcastShapes([], [2, 'pos']), [2, 'pos']);
    assert.throws(() => broadcastShapes(['pos'], [3]), /do not broadcast/);
    assert.throws(() => broadcastShapes([2, 3], [2, 4]), /\[2,3\] and \[2,4\] do not broadcast/);
  });

  it('count axes from the end when negative', () => {
    assert.equal(resolveAxis(-1, 3), 2);
    assert.equal(resolveAxis(0, 3), 0);
    for (const axis of [3, -4]) assert.throws(() => resolveAxis(axis, 3), /axis/);
  });
});
