// Probes at the size of the promise: linear, all five residual streams of a model of 4 layers and d 128, 200,000 tokens.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { storyAt } from '../src/backend/data/stories';
import { writeRandomCheckpoint } from '../test/support/randomModel';
import type { Measurement } from './measure';

const ROOT = join(__dirname, '..');
const TOKENS = 200_000;

/** A process of its own, whose memory is its alone; with the controls, so that it trains each probe three times. */
export async function probe(): Promise<{ rows: Measurement[]; megabytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'subtext-bench-'));
  try {
    await writeRandomCheckpoint(join(folder, 'model'), { layers: 4, width: 128, heads: 4, context: 256 });
    const stories = Array.from({ length: 1200 }, (_, index) => JSON.stringify({ text: storyAt(1, index) }));
    await writeFile(join(folder, 'stories.jsonl'), stories.join('\n'));
    const recipe = {
      models: ['./model'],
      data: { kind: 'text', files: ['stories.jsonl'], tokens: TOKENS },
      targets: [{ kind: 'pattern', pattern: '\\b(?:he|she|they|it|him|her|them)\\b' }],
      activations: { hooks: ['hook_embed', 'blocks.*.hook_resid_post'] },
      probe: { kind: 'linear' },
    };
    await writeFile(join(folder, 'r.probe.json'), JSON.stringify(recipe));
    const start = performance.now();
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        join(ROOT, 'bench/peakMemory.mjs'),
        join(ROOT, 'dist/cli.js'),
        'probe',
        join(folder, 'r.probe.json'),
        '--out',
        join(folder, 'out'),
      ],
      { cwd: folder },
    );
    const milliseconds = performance.now() - start;
    const results = JSON.parse(await readFile(join(folder, 'out/results.json'), 'utf8')) as {
      probes: { n_train: number; n_test: number }[];
    };
    const [{ n_train, n_test }] = results.probes;
    const name = `linear probes, 5 activations, ${n_train + n_test} tokens to train and test on, with controls`;
    const megabytes = Number(/peak memory (\d+) MB/.exec(stderr)?.[1]);
    return { rows: [{ name, median: milliseconds, min: milliseconds, max: milliseconds }], megabytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
