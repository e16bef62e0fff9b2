// How files of runs are read: lines as they are appended, and the last line of a kind.
import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findLast } from '../../src/host/runs/files';
import { GrowingLines } from '../../src/host/runs/growingLines';
import { temporaryWorkspace } from '../support/runDirectories';

const workspace = temporaryWorkspace();

function linesOf(path: string) {
  const lines = new GrowingLines(path);
  let held: string[] = [];
  let restarts = 0;
  const read = async () => {
    await lines.read(
      () => {
        restarts++;
        held = [];
      },
      (line) => held.push(line),
    );
    return held;
  };
  return { read, restarts: () => restarts };
}

describe('a growing file of lines', () => {
  const path = join(workspace, 'lines');

  it('has no lines while it is not there, and is begun anew when it is gone', async () => {
    const { read, restarts } = linesOf(join(workspace, 'nowhere'));
    assert.deepEqual(await read(), []);
    assert.equal(restarts(), 0);
  });

  it('gives each line once, and an unfinished one when it is finished', async () => {
    const { read } = linesOf(path);
    writeFileSync(path, 'one\ntw');
    assert.deepEqual(await read(), ['one']);
    writeFileSync(path, 'o\nthree\n', { flag: 'a' });
    assert.deepEqual(await read(), ['one', 'two', 'three']);
    assert.deepEqual(await read(), ['one', 'two', 'three']);
  });

  it('is read again from the start once its end was cut off and written anew', async () => {
    const { read, restarts } = linesOf(path);
    writeFileSync(path, 'one\ntwo\nthree\n');
    await read();
    truncateSync(path, 4);
    writeFileSync(path, 'TWO!\nTHREE\nfour\n', { flag: 'a' });
    assert.deepEqual(await read(), ['one', 'TWO!', 'THREE', 'four']);
    assert.equal(restarts(), 1);
    truncateSync(path, 4);
    assert.deepEqual(await read(), ['one']);
  });

  it('may be longer than what is read at once, with characters across its parts', async () => {
    const { read } = linesOf(path);
    const wanted = Array.from({ length: 40_000 }, (_, index) => `${index} ${'é€😀'.repeat(index % 30)}`);
    writeFileSync(path, `${wanted.join('\n')}\n`);
    assert.deepEqual(await read(), wanted);
  });
});

describe('the last line of a kind', () => {
  const path = join(workspace, 'last');
  const wanted = (line: string) => (line.startsWith('x') ? line : undefined);

  it('is found from the end, without the unfinished line', async () => {
    writeFileSync(path, 'x1\ny\nx2\ny\nx3 unfini');
    assert.equal(await findLast(path, wanted), 'x2');
    writeFileSync(path, 'x unfinished');
    assert.equal(await findLast(path, wanted), undefined);
    assert.equal(await findLast(`${path}-not-there`, wanted), undefined);
  });

  it('is found whole where it is longer than what is read at once, or far from the end', async () => {
    const long = `x${'€'.repeat(100_000)}`;
    const filler = `${'y'.repeat(999)}\n`.repeat(500);
    for (const text of [`y\n${long}\n`, `${long}\n${filler}z`, `${filler}${long}\n${'y'.repeat(200_000)}`]) {
      writeFileSync(path, text);
      assert.equal(await findLast(path, wanted), long);
    }
  });
});
