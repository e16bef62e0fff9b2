// The table of bench/gpu/run.mjs: what is compared with what, which promises are kept, and that gaps are said to be gaps.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

/** JavaScript, because it runs where nothing is built. */
const FOLDER = join(__dirname, '../../bench/gpu');

const load = <Module>(name: string) => import(pathToFileURL(join(FOLDER, name)).href) as Promise<Module>;

const ours = (benchmark: string, size: string, more: object) => ({
  benchmark,
  size,
  engine: 'webgpu',
  precision: 'float32',
  ms: 10,
  fastest_ms: 9,
  runs: 12,
  tokens_per_s: null,
  gflops: null,
  share_of_peak: 0.5,
  figures: {},
  problem: null,
  ...more,
});

const peer = (name: string, more: object) => ({
  name,
  precision: 'float32',
  tokens_per_s: null,
  gflops: null,
  ...more,
});

const results = {
  started: '2026-01-01T00:00:00.000Z',
  quick: false,
  machine: { card: 'A card', cores: 2, processor: 'a processor', node: '20.0.0', seconds: 100 },
  devices: [
    { engine: 'cuda', usable: false, reason: 'no libraries', adapter: null, features: [], memory: null },
  ],
  engines: ['webgpu'],
  rows: [
    ours('matmul', '2048', { gflops: 20_000 }),
    ours('train', '33M', {
      tokens_per_s: 90_000,
      figures: { card_megabytes_after_3: 4000, card_megabytes_at_end: 4400 },
    }),
    ours('train', 'A', { tokens_per_s: 500_000 }),
    ours('train', 'B', { ms: null, problem: 'no memory left' }),
    ours('host', '2 layers', { figures: { nodes: 100, microseconds: 600, microseconds_allowed: 700 } }),
  ],
  peer: [
    peer('matmul 2048', { gflops: 50_000 }),
    peer('train 33M', { tokens_per_s: 80_000 }),
    peer('train 33M', { tokens_per_s: 160_000, precision: 'float16' }),
    peer('train A', { tokens_per_s: 200_000 }),
    peer('train B', { tokens_per_s: 100_000 }),
  ],
  inspections: [
    { name: 'a shape, 300 tokens: request to answer', engine: 'webgpu', median: 101, min: 80, max: 120 },
  ],
  suites: [{ name: 'operations', engine: 'webgpu', passed: 9, failed: 1, skipped: 2, failures: ['matmul'] }],
  sections: [{ name: 'train B', engine: 'webgpu', seconds: 45, problem: 'stopped after 45 s' }],
};

/** The cells of the row that begins so. */
function cells(text: string, ...begin: string[]): string[] {
  const line = text.split('\n').find((each) => each.startsWith(`| ${begin.join(' | ')} |`));
  assert.ok(line, `${begin.join(' ')} is not in\n${text}`);
  return line.slice(2, -2).split(' | ');
}

describe('the table of a measurement on a card', async () => {
  const { markdown } = await load<{ markdown: (of: object) => string }>('table.mjs');
  const text = markdown(results);

  it('puts tokens, and operations of products, beside those of PyTorch in float32, and judges by it', () => {
    assert.deepEqual(cells(text, 'train 33M', 'webgpu', 'float32').slice(3), [
      ...['90000', '80000', '160000', '1.13', '≥ 1', 'kept'],
    ]);
    assert.deepEqual(cells(text, 'train A', 'webgpu', 'float32').slice(6), ['2.5', '≥ 2', 'kept']);
    assert.deepEqual(cells(text, 'matmul 2048', 'webgpu', 'float32').slice(6), [
      '0.4',
      '≥ 0.5',
      '**missed**',
    ]);
  });

  it('leaves empty what was not measured', () => {
    assert.deepEqual(cells(text, 'train B', 'webgpu', 'float32').slice(3), [
      '–',
      '100000',
      '–',
      '–',
      '≥ 1',
      '',
    ]);
    assert.deepEqual(cells(text, 'train 33M', 'webgpu', 'float16').slice(3), [
      ...['–', '80000', '160000', '–', '≥ 2', ''],
    ]);
    assert.match(text, /\| train B \| webgpu \| float32 \|.*no memory left \|/);
    assert.match(text, /\| train B \| webgpu \| 45 \| stopped after 45 s \|/);
    assert.match(text, /\| cuda \| no \| no libraries \|/);
  });

  it('judges what needs no peer: the way to the neurons, the host, memory that grows', () => {
    assert.match(
      text,
      /300 tokens: request to answer \| webgpu \| 101 ms .* \| ≤ 100 ms \| \*\*missed\*\* \|/,
    );
    assert.match(text, /host 2 layers: .* 100 nodes \| webgpu \| 600 µs \| ≤ 700 µs \| kept \|/);
    assert.match(
      text,
      /train 33M: memory .* 12 more \| webgpu \| 4000, 4400 MB \| no growth \| \*\*missed\*\* \|/,
    );
  });

  it('says what float16 changes in the answers of a model', () => {
    const precision = { webgpu: { tokens: 70, largest: 0.0123, mean: 0.00234, loss: -0.0001 } };
    assert.match(
      markdown({ ...results, precision }),
      /float16 against float32, sample model, 70 tokens: .* \| webgpu \| 0.0123, 0.00234; -0.0001 nats \|/,
    );
  });

  it('names the tests that failed', () => {
    assert.match(text, /\| operations \| webgpu \| 9 \| 1 \| 2 \|/);
    assert.match(text, /^- webgpu: matmul$/m);
  });

  it('is whole before anything was measured', () => {
    const none = { ...results, rows: [], peer: [], inspections: [], suites: [], sections: [] };
    assert.doesNotMatch(markdown(none), /undefined|NaN/);
    const promised = cells(markdown(none), 'train 33M', 'webgpu', 'float32').slice(3);
    assert.deepEqual(promised, ['–', '–', '–', '–', '≥ 1', '']);
  });
});

describe('the sections of a measurement on a card', async () => {
  interface Section {
    kind: string;
    name: string;
    engine?: string;
    precision?: string;
  }
  const { sectionsOf } = await load<{ sectionsOf: (engines: string[], options: object) => Section[] }>(
    'sections.mjs',
  );

  it('begin with what was promised against PyTorch, on the first engine', () => {
    const sections = sectionsOf(['webgpu', 'cuda'], { quick: false, withPeer: true });
    const names = sections.map(({ name }) => name);
    assert.deepEqual(names.slice(1, 5), ['train 33M', 'train B', 'train A', 'PyTorch']);
    assert.ok(sections.slice(0, 4).every(({ engine }) => engine === 'webgpu'));
    assert.ok(sections.some(({ engine, name }) => engine === 'cuda' && name === 'operations'));
  });

  it('measure float16 before the peer is asked, on engines that have it', () => {
    const halves = sectionsOf(['webgpu', 'cuda'], { quick: false, withPeer: true, halves: ['webgpu'] });
    const names = halves.map(({ name }) => name);
    const inHalf = halves.filter(({ precision }) => precision === 'float16');
    assert.deepEqual(
      inHalf.map(({ name }) => name),
      ['matmul 2048,4096, float16', 'train 33M, float16', 'forward 33M, float16'],
    );
    assert.ok(inHalf.every(({ engine }) => engine === 'webgpu'));
    assert.ok(names.indexOf('train 33M, float16') < names.indexOf('PyTorch'));
    const none = sectionsOf(['webgpu'], { quick: false, withPeer: true });
    assert.ok(none.every(({ precision }) => precision !== 'float16'));
  });

  it('leave the peer out where it is not wanted', () => {
    for (const quick of [true, false]) {
      const sections = sectionsOf(['webgpu'], { quick, withPeer: false });
      assert.ok(sections.every(({ kind }) => kind !== 'peer'));
    }
  });
});
