// `subtext bench`: the measurements of this machine's engines, on sizes that take no time.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { answer, buildCommand, json, refuses } from '../support/commandLine';
import { tryEngine } from '../support/engines';

interface Row {
  benchmark: string;
  size: string;
  engine: string;
  precision: string;
  ms: number;
  fastest_ms: number;
  runs: number;
  tokens_per_s: number | null;
  gflops: number | null;
  share_of_peak: number | null;
  figures: Record<string, number>;
  problem: string | null;
}

interface Answer {
  engines: { engine: string; detail: string; peak_gflops: number; rows: Row[] }[];
}

const QUICK = ['--seconds', '0.3'];

before(buildCommand);

describe('subtext bench', () => {
  it('measures what is asked for, with speeds that fit its times', async () => {
    const { engines } = await json<Answer>(
      ...['bench', 'matmul', 'forward', 'train', 'generate', 'host'],
      ...['--engine', 'cpu', '--size', '256,tiny,2 layers', ...QUICK],
    );
    assert.equal(engines.length, 1);
    const [{ engine, detail, peak_gflops, rows }] = engines;
    assert.equal(engine, 'cpu');
    assert.match(detail, /CPU/);
    const found = new Map(rows.map((row) => [`${row.benchmark} ${row.size}`, row]));
    assert.deepEqual(
      [...found.keys()],
      ['matmul 256', 'forward tiny', 'train tiny', 'generate tiny', 'host 2 layers'],
    );
    for (const row of rows) {
      assert.deepEqual([row.engine, row.precision, row.problem], ['cpu', 'float32', null]);
      assert.ok(row.runs >= 1 && row.ms >= row.fastest_ms && row.fastest_ms > 0, JSON.stringify(row));
      if (row.gflops !== null) assert.ok(Math.abs(row.share_of_peak! - row.gflops / peak_gflops) < 1e-9);
    }
    const [product, forward, train] = rows;
    assert.ok(forward.figures.first_milliseconds > forward.fastest_ms);
    assert.ok(train.figures.compile_milliseconds > train.fastest_ms);
    // 2 · 256³ operations; two texts of 16 tokens a step.
    assert.ok(Math.abs((product.gflops! * product.ms) / ((2 * 256 ** 3) / 1e6) - 1) < 1e-9);
    assert.ok(Math.abs((train.tokens_per_s! * train.ms) / 32_000 - 1) < 1e-9);
    assert.ok(product.share_of_peak! <= 1);
    const { nodes, microseconds } = found.get('host 2 layers')!.figures;
    assert.ok(nodes > 100 && microseconds > 10);
  });

  it('measures an engine with a memory of its own', async (context) => {
    const webgpu = await tryEngine('webgpu');
    if (typeof webgpu === 'string') {
      context.skip(webgpu);
      return;
    }
    webgpu.dispose();
    const { engines } = await json<Answer>(
      ...['bench', 'forward', 'train', 'host', '--engine', 'webgpu', '--size', 'tiny,2 layers'],
      ...['--peak', '0.5', '--seconds', '20'],
    );
    const [{ peak_gflops, rows }] = engines;
    assert.equal(peak_gflops, 0.5);
    assert.deepEqual(
      rows.map(({ benchmark, problem }) => [benchmark, problem]),
      [
        ['forward', null],
        ['train', null],
        ['host', null],
      ],
    );
    for (const { gflops, share_of_peak } of rows.slice(0, 2))
      assert.ok(Math.abs(share_of_peak! - gflops! / 0.5) < 1e-9);
  });

  it('prints a line for each, and what is too slow for the time that it is given', async () => {
    const text = await answer('bench', 'train', '--engine', 'cpu', '--size', 'tiny,33M', ...QUICK);
    assert.match(text, /^ONNX Runtime on the CPU/);
    assert.match(text, /\n {2}train +tiny +[\d.]+ ms +\d+ tokens\/s +[\d.]+ GFLOP\/s +[\d.]+%/);
    assert.match(text, /\n {2}train +33M +not measured: about \d+ s; --seconds allows 0.3\n/);
    assert.match(text, /\n {2}fastest product \d+(\.\d+)? GFLOP\/s\n$/);
  });

  it('refuses names that it does not know, and engines that are not there', async () => {
    await refuses(2, ['bench', 'trian'], 'There is no benchmark trian', 'train');
    await refuses(2, ['bench', '--size', 'huge'], 'There is no size huge', '33M');
    await refuses(2, ['bench', 'matmul', '--size', 'tiny'], 'matmul has no size tiny', '2048');
    await refuses(2, ['bench', '--engine', 'quantum'], 'There is no engine quantum', 'webgpu');
    await refuses(2, ['bench', '--seconds', '0'], '--seconds 0');
    await refuses(
      1,
      ['bench', 'train', '--engine=cpu', '--size=33M', '--json', ...QUICK],
      'Nothing was measured',
    );
    await refuses(1, ['bench', '--engine', 'cuda'], /NVIDIA|CUDA/);
  });
});
