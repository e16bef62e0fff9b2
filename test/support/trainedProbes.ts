// Folders of probes as the command line makes them, on small models and few documents.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../scripts/cache.mjs';

const cli = join(process.env['SUBTEXT_DIST'] ?? join(root, 'dist'), 'cli.js');
const run = promisify(execFile);

const training = {
  name: 'tiny',
  data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
  model: { architecture: 'gpt_rotary', layers: 2, width: 32, heads: 4, initial_deviation: 0.125 },
  train: { steps: 60, batch: 16, context: 64, learning_rate: 0.003, checkpoint_every: 30 },
};
const tree = {
  data: { kind: 'cfg', grammar: 'cfg3b', drop: 3, documents: 200 },
  targets: [{ kind: 'ancestor' }, { kind: 'boundary' }],
  activations: { layers: [0, 1] },
  probe: { kind: 'linear', solver: 'ridge' },
};
const people = {
  models: ['stories'],
  data: { kind: 'text', files: ['people.jsonl'] },
  targets: [
    { kind: 'column', column: 'people', outside: 'no name' },
    { kind: 'pattern', pattern: '[A-Z]\\w+' },
  ],
  activations: { hooks: ['hook_embed', 'blocks.*.hook_resid_post'] },
  probe: { kind: 'linear', solver: 'ridge' },
};

/** The sample model of grammars, and a recipe of probes of it that is done in a moment. */
export const CFG_MODEL = join(root, 'media/models/cfg');
export const CFG_RECIPE = {
  models: [CFG_MODEL],
  data: { kind: 'cfg', grammar: 'cfg3h', drop: 3, documents: 200 },
  targets: [{ kind: 'boundary' }],
  activations: { layers: 'last' },
  probe: { kind: 'linear', solver: 'ridge' },
  controls: { random_init: false, shuffled: false },
};

/** Probes of the sample model `cfg`, made in a second or two; gives the folder's path. */
export async function trainCfgProbes(folder: string, name = 'cfg.probes'): Promise<string> {
  return probe(folder, name, { ...tree, models: ['cfg'] });
}

/** Probes of the sample model `cfg` and of the checkpoints of a run of 60 steps, which is trained for it. */
export async function trainComparedProbes(folder: string): Promise<string> {
  const recipe = join(folder, 'tiny.subtext.json');
  await writeFile(recipe, JSON.stringify(training));
  await run(process.execPath, [cli, 'train', recipe, '--out', join(folder, 'tiny-01')]);
  return probe(folder, 'compared.probes', { ...tree, models: ['cfg', { run: 'tiny-01' }] });
}

/** Probes of labels beside a text: spans in a column of JSONL. */
export async function trainPeopleProbes(folder: string): Promise<string> {
  await writeFile(join(folder, 'people.jsonl'), peopleLines());
  return probe(folder, 'people.probes', people);
}

async function probe(folder: string, name: string, recipe: object): Promise<string> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(recipe));
  await run(process.execPath, [cli, 'probe', file, '--out', join(folder, name)]);
  return join(folder, name);
}

/** Stories of two children, with the spans of their names and of the place. */
function peopleLines(): string {
  const names = ['Ada', 'Bob', 'Lily', 'Tom', 'Mia', 'Sam', 'Ben'];
  const lines = Array.from({ length: 120 }, (_, index) => {
    const [one, other] = [names[index % 7], names[(index * 3 + 1 + (index % 5)) % 7]];
    const text = `Once there was a child named ${one}. On day ${index} ${one} and ${other} went to the park.`;
    const span = (word: string, label: string, from = 0) => {
      const start = text.indexOf(word, from);
      return [start, start + word.length, label];
    };
    const spans = [span(one, 'name'), span(other, 'name', text.indexOf(' and ')), span('park', 'place')];
    return JSON.stringify({ text, people: spans });
  });
  return `${lines.join('\n')}\n`;
}
