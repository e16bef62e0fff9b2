// From the request to the answer through the real backend process, model warm: all neurons, one of them, all heads.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../src/protocol/types';
import { BackendProcess } from '../test/support/backendProcess';
import { writeRandomCheckpoint } from '../test/support/randomModel';
import { measure, type Measurement } from './measure';

const STORIES = join(__dirname, '../../shared/data/stories260K');
const SENTENCE = 'Once upon a time Lily and Tom went to the park to play with a big red ball. ';

interface Options {
  engine?: EngineName | 'auto';
  /** A model that takes no time, to try the way itself. */
  quick?: boolean;
}

export async function inspect({ engine = 'auto', quick = false }: Options = {}): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'subtext-bench-'));
  const backend = await BackendProcess.start({ engine, threads: 0 });
  try {
    if (quick) {
      await writeRandomCheckpoint(folder);
      return await inspectModel(backend, 'a tiny model', folder, 20);
    }
    const results: Measurement[] = [];
    if (existsSync(STORIES)) results.push(...(await inspectModel(backend, 'stories260K', STORIES, 250)));
    // 4 layers, d 768, 16 heads; the vocabulary does not matter, since nothing is unembedded.
    await writeRandomCheckpoint(folder, { layers: 4, width: 768, heads: 16, context: 2048 });
    results.push(...(await inspectModel(backend, 'TinyStories-33M shape', folder, 300)));
    results.push(await inspectAttention(backend, 'TinyStories-33M shape', folder, 512));
    return results;
  } finally {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function inspectModel(
  backend: BackendProcess,
  name: string,
  path: string,
  tokens: number,
): Promise<Measurement[]> {
  const { id: model } = await backend.request('subtext/openModel', { path });
  const { uri, change } = await openText(backend, model, name, tokens);
  const rank = async () => {
    await change();
    return backend.request('subtext/rankNeurons', { uri, model });
  };
  const answered = await measure(`${name}, ${tokens} tokens: request to answer`, rank);
  const inside: number[] = [];
  for (let i = 0; i < 15; i++) inside.push((await rank()).milliseconds);
  inside.sort((a, b) => a - b);
  const computed = {
    name: `${name}: of that in the engine's thread`,
    median: inside[7],
    min: inside[0],
    max: inside[14],
  };
  let next = 0;
  const neuron = await measure(`${name}: one neuron of the same text`, () =>
    backend.request('subtext/neuronActivations', { uri, model, id: { layer: 1, neuron: next++ % 16 } }),
  );
  return [answered, computed, neuron];
}

/** Scores and thumbnails of all heads. */
async function inspectAttention(
  backend: BackendProcess,
  name: string,
  path: string,
  tokens: number,
): Promise<Measurement> {
  const { id: model } = await backend.request('subtext/openModel', { path });
  const { uri, change } = await openText(backend, model, `${name}-attention`, tokens);
  return measure(`${name}, ${tokens} tokens: scores and thumbnails of all heads`, async () => {
    await change();
    return backend.request('subtext/attentionGrid', { uri, model, hideSink: false });
  });
}

/** Opens a text of so many tokens; `change` makes it another one, so that nothing is answered from what was kept. */
async function openText(backend: BackendProcess, model: string, name: string, tokens: number) {
  const uri = `file:///${name}.txt`;
  const long = SENTENCE.repeat(120);
  let version = 1;
  await backend.openDocument(uri, long, version);
  const whole = await backend.request('subtext/rankNeurons', { uri, model });
  const text = long.slice(0, whole.tokens.ends[tokens - 1]);
  const change = () => backend.changeDocument(uri, `${text}${' '.repeat(version % 2)}`, ++version);
  return { uri, change };
}
