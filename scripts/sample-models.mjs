// `npm run sample-models [-- NAME …]`: trains the sample models after `media/recipes/`, writes their model cards, and
// copies both to `media/models/`, with the probes that come with a model beside it. Runs are
// kept in `.subtext/runs/`: one that was broken off goes on. `--probes`: only the probes, of the models that are there.
import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { ScriptError, fail, root, run } from './cache.mjs';
import { prepare } from './prepare.mjs';

const recipes = join(root, 'media', 'recipes');
const models = join(root, 'media', 'models');
const ending = '.subtext.json';
const samples = ['cfg', 'stories'];
/** By model the recipes of the probes that lie beside it, in `NAME.probes/`. */
const shippedProbes = { cfg: ['cfg-ancestor'] };

async function main(args) {
  const { values, positionals: wanted } = parseArgs({
    args,
    options: { probes: { type: 'boolean' } },
    allowPositionals: true,
  });
  const unknown = wanted.find((name) => !samples.includes(name));
  if (unknown) throw new ScriptError(`There is no sample model ${unknown}: ${samples.join(', ')}.`);
  await prepare();
  for (const name of wanted.length > 0 ? wanted : samples) await (values.probes ? probe(name) : make(name));
}

/** Trains the probes that come with a model, whose card then says what they read. */
async function probe(model) {
  for (const recipeName of shippedProbes[model] ?? []) {
    const path = join(recipes, `${recipeName}.probe.json`);
    const target = join(models, `${model}.probes`, recipeName.replace(`${model}-`, ''));
    await subtext('probe', path, '--out', target);
    // What lies in the folder names the model by its place on this machine.
    const kept = join(target, 'recipe.json');
    const { models: probed } = JSON.parse(await readFile(path, 'utf8'));
    const recipe = { ...JSON.parse(await readFile(kept, 'utf8')), models: probed };
    await writeFile(kept, `${JSON.stringify(recipe, undefined, 2)}\n`);
  }
}

async function make(name) {
  const directory = join(root, '.subtext', 'runs', `sample-${name}`);
  const recipe = join(recipes, name + ending);
  // A run that is finished has nothing to do, but one after another recipe is refused.
  const resume = existsSync(join(directory, 'recipe.json')) ? ['--resume'] : [];
  await subtext('train', recipe, '--out', directory, ...resume);
  const target = join(models, name);
  const copy = async () => {
    await rm(target, { recursive: true, force: true });
    await cp(join(directory, 'final'), target, { recursive: true });
  };
  await copy();
  await probe(name);
  // The card speaks of the probes that lie in the run.
  const probes = join(models, `${name}.probes`);
  if (existsSync(probes)) await cp(probes, join(directory, 'probes'), { recursive: true });
  await subtext('card', directory);
  await copy();
  process.stdout.write(`Copied to ${target}.\n`);
}

function subtext(...args) {
  return run(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { show: true });
}

main(process.argv.slice(2)).catch(fail);
