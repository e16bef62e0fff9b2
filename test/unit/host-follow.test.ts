// A selection stays on its text while the document is edited.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followEdits, type TextEdit } from '../../src/host/inspection/follow';

const edit = (start: number, removed: number, inserted: number): TextEdit => ({ start, removed, inserted });
const follow = (...edits: TextEdit[]) => followEdits({ start: 5, end: 10 }, edits);

describe('a range of an edited text', () => {
  it('moves with edits before it, and not with edits after it', () => {
    assert.deepEqual(follow(edit(0, 0, 3)), { start: 8, end: 13 });
    assert.deepEqual(follow(edit(0, 4, 1)), { start: 2, end: 7 });
    assert.deepEqual(follow(edit(12, 3, 9)), { start: 5, end: 10 });
  });

  it('grows and shrinks with edits inside it', () => {
    assert.deepEqual(follow(edit(7, 0, 4)), { start: 5, end: 14 });
    assert.deepEqual(follow(edit(6, 2, 0)), { start: 5, end: 8 });
    assert.deepEqual(follow(edit(5, 5, 2)), { start: 5, end: 7 });
  });

  it('leaves text outside that is typed at its edges', () => {
    assert.deepEqual(follow(edit(5, 0, 2)), { start: 7, end: 12 });
    assert.deepEqual(follow(edit(10, 0, 2)), { start: 5, end: 10 });
  });

  it('keeps what is left of it', () => {
    assert.deepEqual(follow(edit(3, 4, 1)), { start: 4, end: 7 });
    assert.deepEqual(follow(edit(8, 6, 1)), { start: 5, end: 8 });
  });

  it('is gone once nothing is left of it', () => {
    assert.equal(follow(edit(3, 9, 1)), undefined);
    assert.equal(follow(edit(5, 5, 0)), undefined);
    assert.equal(follow(edit(0, 20, 0)), undefined);
  });

  it('follows several edits one after the other', () => {
    // As VS Code reports them for several cursors: from the end of the text to its start.
    assert.deepEqual(follow(edit(12, 0, 1), edit(7, 0, 1), edit(0, 0, 1)), { start: 6, end: 12 });
  });
});
