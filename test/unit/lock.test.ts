// The lock of a run directory: whose it is, and that a stale one stops nobody.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { takeLock } from '../../src/backend/run/lock';

const folder = mkdtempSync(join(tmpdir(), 'subtext-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = () => join(folder, `lock-${++made}`);

const GONE = { pid: 2 ** 22 + 1, host: hostname(), since: Date.now() };
const ELSEWHERE = { pid: 1, host: 'elsewhere', since: Date.now() };
const write = (path: string, holder: object) => writeFileSync(path, JSON.stringify(holder));
const isHeld = (path: string, named: string, by: RegExp) =>
  assert.throws(
    () => takeLock(path),
    (error: Error & { remedy: string }) =>
      by.test(error.message) && error.remedy.includes(`delete ${named}.`),
  );

describe('the lock of a run directory', () => {
  it('is taken once, and given back', () => {
    const path = fresh();
    const release = takeLock(path);
    assert.ok(existsSync(path));
    release();
    assert.ok(!existsSync(path));
  });

  it('of a process that is gone is taken over; that of another machine stands', () => {
    const path = fresh();
    write(path, GONE);
    takeLock(path)();
    write(path, ELSEWHERE);
    isHeld(path, path, /process 1 on elsewhere/);
  });

  it('is not waited for without end while somebody else, who may be gone, takes it over', () => {
    const path = fresh();
    write(path, GONE);
    write(`${path}.taking`, ELSEWHERE);
    isHeld(path, `${path}.taking`, /process 1 on elsewhere/);
    write(`${path}.taking`, GONE);
    takeLock(path)();
    assert.ok(!existsSync(`${path}.taking`));
  });

  it('is left to whoever has it by now', () => {
    const path = fresh();
    const release = takeLock(path);
    write(path, ELSEWHERE);
    release();
    assert.ok(existsSync(path));
  });

  it('of another process with the same number is taken over', { skip: process.platform !== 'linux' }, () => {
    const path = fresh();
    const other = spawn('sleep', ['60']);
    try {
      takeLock(path);
      const { start } = JSON.parse(readFileSync(path, 'utf8')) as { start: string };
      const stat = readFileSync(`/proc/${other.pid}/stat`, 'utf8').split(' ');
      write(path, { ...GONE, pid: other.pid, start: stat[21] });
      isHeld(path, path, new RegExp(`process ${other.pid} on`));
      write(path, { ...GONE, pid: other.pid, start: `${Number(start) - 1}` });
      takeLock(path)();
    } finally {
      other.kill();
    }
  });
});
