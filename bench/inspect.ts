// The main job: from the request to the answer with all neurons, through the real backend process, model warm.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendProcess } from '../test/support/backendProcess';
import { writeRandomCheckpoint } from '../test/support/randomModel';
import { measure, type Measurement } from './measure';

const STORIES = join(__dirname, '../../shared/data/stories260K');
const SENTENCE = 'Once upon a time Lily and Tom went to the park to play with a big red ball. ';

export async function inspect(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'subtext-bench-'));
  const backend = await BackendProcess.start({ threads: 0 });
  try {
    const results: Measurement[] = [];
    if (existsSync(STORIES)) results.push(...(await inspectModel(backend, 'stories260K', STORIES, 250)));
    // 4 layers, d 768, 16 heads; the vocabulary does not matter, since nothing is unembedded.
    await writeRandomCheckpoint(folder, { layers: 4, width: 768, heads: 16, context: 2048 });
    results.push(...(await inspectModel(backend, 'TinyStories-33M shape', folder, 300)));
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
  const uri = `file:///${name}.txt`;
  let version = 1;
  await backend.openDocument(uri, SENTENCE.repeat(60), version);
  const whole = await backend.request('subtext/rankNeurons', { uri, model });
  const text = SENTENCE.repeat(60).slice(0, whole.tokens.ends[tokens - 1]);
  // Another text each time, so that nothing is answered from what was kept.
  const change = () => backend.changeDocument(uri, `${text}${' '.repeat(version % 2)}`, ++version);
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
  const neuron = await measure(`${name}: one neuron of the same text`, () =>
    backend.request('subtext/neuronActivations', { uri, model, id: { layer: 1, neuron: version++ % 16 } }),
  );
  return [answered, computed, neuron];
}
