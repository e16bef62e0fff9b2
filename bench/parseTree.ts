// The inline view of a parse tree: from the request to the answer through the real backend process, model warm, with
// strings that were never read before.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openCheckpoint } from '../src/backend/checkpoint/open';
import { presetGrammar } from '../src/backend/data/cfg/presets';
import { samplesFile } from '../src/backend/data/cfg/samplesFile';
import { probesBeside } from '../src/backend/interpret/probes/openFolder';
import { CFG_TEXT_LANGUAGE } from '../src/protocol/grammars';
import { BackendProcess } from '../test/support/backendProcess';
import { writeTreeProbes } from '../test/support/treeProbes';
import { measure, type Measurement } from './measure';

const SAMPLE = join(__dirname, '../media/models/cfg');

export async function parseTree(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'subtext-bench-'));
  const backend = await BackendProcess.start({ threads: 0 });
  try {
    const many = await readTrees(backend, 'sample model cfg, 22 strings', SAMPLE, 'cfg3h/3', 22);
    // Strings of 138 to 432 terminals under 6 levels; made-up probes take as long as trained ones.
    const path = await modelOfOneStep(folder);
    await writeTreeProbes(
      join(probesBeside(path), 'made-up'),
      await openCheckpoint(path),
      presetGrammar('cfg3b'),
      {
        grammar: { name: 'cfg3b', drop: 0 },
        kind: 'multi-head',
        hooks: ['blocks.3.hook_resid_post'],
        positions: 432,
        heads: 4,
        width: 64,
      },
    );
    return [many, await readTrees(backend, '4 layers of width 128, one string of cfg3b', path, 'cfg3b', 1)];
  } finally {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of the vocabulary and the length of cfg3b. */
async function modelOfOneStep(folder: string): Promise<string> {
  const recipe = join(folder, 'one.subtext.json');
  const content = {
    data: { kind: 'cfg', grammar: 'cfg3b' },
    model: { architecture: 'gpt_rotary', layers: 4, width: 128, heads: 4 },
    train: { steps: 1, batch: 1, context: 512, learning_rate: 1e-3 },
  };
  await writeFile(recipe, JSON.stringify(content));
  const cli = join(__dirname, '../dist/cli.js');
  await promisify(execFile)(process.execPath, [cli, 'train', recipe, '--out', join(folder, 'run')]);
  return join(folder, 'run', 'final');
}

async function readTrees(
  backend: BackendProcess,
  name: string,
  path: string,
  grammar: string,
  strings: number,
): Promise<Measurement> {
  const { id: model } = await backend.request('subtext/openModel', { path });
  let seed = 0;
  let tokens = 0;
  const measured = await measure(name, async () => {
    const uri = `file:///${++seed}.cfgtext`;
    const text = samplesFile(grammar, strings, seed);
    await backend.openDocument(uri, text, 1, CFG_TEXT_LANGUAGE);
    const ranges = [{ start: 0, end: text.length }];
    const question = { uri, model, ranges, probes: null, hook: null, folders: [] };
    const answer = await backend.request('subtext/readParseTree', question);
    tokens += answer.strings.reduce((sum, { words }) => sum + words.length, 0);
  });
  return { ...measured, name: `${name}, ${Math.round(tokens / seed)} tokens: request to answer` };
}
