// `npm run sample-models [-- NAME …]`: trains the sample models after `media/recipes/`, writes their model cards, and
// copies both to `media/models/`. Runs are kept in `.subtext/runs/`: one that was broken off goes on.
import { existsSync } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ScriptError, fail, root, run } from './cache.mjs';
import { prepare } from './prepare.mjs';

const recipes = join(root, 'media', 'recipes');
const models = join(root, 'media', 'models');
const ending = '.subtext.json';

async function main(wanted) {
  const known = (await readdir(recipes))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown) throw new ScriptError(`There is no recipe ${unknown} in media/recipes/: ${known.join(', ')}.`);
  await prepare();
  for (const name of wanted.length > 0 ? wanted : known) await make(name);
}

async function make(name) {
  const directory = join(root, '.subtext', 'runs', `sample-${name}`);
  const recipe = join(recipes, name + ending);
  // A run that is finished has nothing to do, but one after another recipe is refused.
  const resume = existsSync(join(directory, 'recipe.json')) ? ['--resume'] : [];
  await subtext('train', recipe, '--out', directory, ...resume);
  await subtext('card', directory);
  const target = join(models, name);
  await rm(target, { recursive: true, force: true });
  await cp(join(directory, 'final'), target, { recursive: true });
  process.stdout.write(`Copied to ${target}.\n`);
}

function subtext(...args) {
  return run(process.execPath, [join(root, 'dist', 'cli.js'), ...args], { show: true });
}

main(process.argv.slice(2)).catch(fail);
