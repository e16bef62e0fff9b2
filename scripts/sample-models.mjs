// `npm run sample-models [-- NAME …]`: trains the sample models after `media/recipes/` and the probes that come with
// them, writes their model cards, and copies all to `media/models/`. Runs are kept in `.subtext/runs/`: one that was
// broken off goes on. `--probes`: only the probes, of the models that are there, and cards where their runs are.
import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { ScriptError, fail, root, run } from './cache.mjs';
import { prepare } from './prepare.mjs';

const recipes = join(root, 'media', 'recipes');
const models = join(root, 'media', 'models');
const probes = join(models, 'probes');
const ending = '.subtext.json';
const samples = ['cfg', 'cfg-encoder', 'stories'];
/** Recipes of the probes that lie beside the models, each with the models that it probes. */
const shippedProbes = { 'cfg-ancestor': ['cfg', 'cfg-encoder'] };

async function main(args) {
  const { values, positionals: wanted } = parseArgs({
    args,
    options: { probes: { type: 'boolean' } },
    allowPositionals: true,
  });
  const unknown = wanted.find((name) => !samples.includes(name));
  if (unknown) throw new ScriptError(`There is no sample model ${unknown}: ${samples.join(', ')}.`);
  await prepare();
  const names = wanted.length > 0 ? wanted : samples;
  if (!values.probes) for (const name of names) await train(name);
  for (const [recipe, probed] of Object.entries(shippedProbes))
    if (probed.some((model) => names.includes(model))) await probe(recipe);
  for (const name of names) if (existsSync(runOf(name))) await writeCard(name);
}

function runOf(name) {
  return join(root, '.subtext', 'runs', `sample-${name}`);
}

async function train(name) {
  // A run that is finished has nothing to do, but one after another recipe is refused.
  const resume = existsSync(join(runOf(name), 'recipe.json')) ? ['--resume'] : [];
  await subtext('train', join(recipes, name + ending), '--out', runOf(name), ...resume);
  await copyModel(name);
}

async function copyModel(name) {
  const target = join(models, name);
  await rm(target, { recursive: true, force: true });
  await cp(join(runOf(name), 'final'), target, { recursive: true });
}

async function probe(name) {
  const path = join(recipes, `${name}.probe.json`);
  const target = join(probes, name);
  await subtext('probe', path, '--out', target);
  // What lies in the folder names the models by their place on this machine.
  const kept = join(target, 'recipe.json');
  const { models: probed } = JSON.parse(await readFile(path, 'utf8'));
  const recipe = { ...JSON.parse(await readFile(kept, 'utf8')), models: probed };
  await writeFile(kept, `${JSON.stringify(recipe, undefined, 2)}\n`);
}

/** The card speaks of the probes that lie in the run. */
async function writeCard(name) {
  await cp(probes, join(runOf(name), 'probes'), { recursive: true });
  await subtext('card', runOf(name));
  await copyModel(name);
}

function subtext(...args) {
  return run(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { show: true });
}

main(process.argv.slice(2)).catch(fail);
