// The arithmetic of the benchmarks, and that they run where there is no Python.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { alternate, median, ratios } from '../../bench/alternate';
import { checkFacts } from '../../bench/compare';

/** A side that says how long it took instead of taking that long. */
function fake(name: string, times: readonly number[], log: string[]) {
  let next = 0;
  return {
    begin: () => {
      log.push(`${name} begins`);
      return Promise.resolve();
    },
    run: (count: number) => {
      log.push(`${name} ${count}`);
      return Promise.resolve(times[Math.min(next++, times.length - 1)]);
    },
  };
}

describe('alternation', () => {
  it('lets each side warm up, then take turns, short work repeated', async () => {
    const log: string[] = [];
    const ours = fake('ours', [100, 10, 20, 10, 5, 6, 7], log);
    const peer = fake('peer', [200, 150, 150, 150, 151, 152], log);
    const times = await alternate([ours, peer], { rounds: 2, length: 50, pause: 0 });
    assert.deepEqual(times, [
      [5, 6],
      [151, 152],
    ]);
    assert.deepEqual(log, [
      ...['ours 1', 'ours 1', 'ours 1', 'ours 5', 'peer 1', 'peer 1', 'peer 1', 'peer 1'],
      ...['ours begins', 'peer begins', 'ours 5', 'peer 1', 'ours 5', 'peer 1'],
    ]);
  });

  it('gives the ratio of medians, and the median of ratios, which a slow round moves less', () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    const { ratio, paired } = ratios([10, 10, 20, 20, 20], [15, 15, 30, 30, 90]);
    assert.equal(ratio, 1.5);
    assert.equal(paired, 1.5);
    assert.equal(ratios([10, 20, 30], [30, 40, 30]).ratio, 1.5);
    assert.equal(ratios([10, 20, 30], [30, 40, 30]).paired, 2);
  });

  it('refuses a peer that does other work', () => {
    const ours = { detail: 'ours', facts: { parameters: 5, captures: { logits: [1, 2] } } };
    checkFacts([ours, { detail: 'peer', facts: { captures: { logits: [1, 2] } } }]);
    assert.throws(
      () => checkFacts([ours, { detail: 'peer', facts: { captures: { logits: [2, 1] } } }]),
      /peer differs in captures/,
    );
  });
});

describe('npm run bench', () => {
  it('measures without Python, and says that there is none', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'bench/main.ts', 'matmul', '--size', '256', '--rounds', '1', '--json'],
      { cwd: join(__dirname, '../..'), env: { ...process.env, SUBTEXT_PYTHON: '/nowhere/python3' } },
    );
    const { ratios: found } = JSON.parse(stdout) as { ratios: Record<string, unknown>[] };
    assert.equal(found.length, 1);
    const { name, ours_ms, peer_ms, ratio } = found[0];
    assert.ok(typeof ours_ms === 'number' && ours_ms > 0);
    assert.deepEqual({ name, peer_ms, ratio }, { name: 'matmul 256', peer_ms: null, ratio: null });
    assert.match(stderr, /^Without pytorch: .+\n$/);
  });
});
