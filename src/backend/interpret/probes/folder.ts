// A folder of probes: the recipe, the results and a file for each probe, there whole or not at all.
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PROBE_FILES, type ProbeResults } from '../../../protocol/probes';
import { SubtextError } from '../../errors';
import { fileError, shown } from '../../files';
import { isSystems, replaceFolder } from '../../replace';
import { PROBE_ENDING, writeProbe } from './probeFile';
import type { ProbeRecipe } from './recipeSchema';
import type { MadeProbes } from './run';

/**
 * Whether probes may and can be written to a folder, asked before they are trained.
 * @throws SubtextError `file-access` for a folder with files that are no probes, and where nothing can be written
 */
export async function checkProbeFolder(folder: string): Promise<void> {
  try {
    const names = existsSync(folder) ? await readdir(folder) : [];
    const foreign = names.find((name) => !isOwn(name) && !isSystems(name));
    if (foreign !== undefined) {
      throw new SubtextError(
        'file-access',
        `${shown(folder)} holds ${shown(foreign)}, and is not replaced by probes`,
        'Name a new folder, or an empty one.',
      );
    }
    // As `replaceFolder` will; nothing else tells for sure.
    const made = await mkdir(`${folder}.subtext-tmp`, { recursive: true });
    if (made !== undefined) await rm(made, { recursive: true });
  } catch (error) {
    throw fileError(error, folder, 'write');
  }
}

function isOwn(name: string): boolean {
  return name.endsWith(PROBE_ENDING) || Object.values<string>(PROBE_FILES).includes(name);
}

/**
 * Writes the probes of a recipe, in the place of what an earlier one wrote there.
 * @throws SubtextError `file-access`, with the earlier folder as it was; also for a folder with other files
 */
export async function writeProbes(
  folder: string,
  recipe: ProbeRecipe,
  { probes: made, test }: MadeProbes,
): Promise<void> {
  const earlier = existsSync(folder) ? await readdir(folder) : [];
  const names = [
    ...Object.values(PROBE_FILES),
    ...earlier.filter(isOwn),
    ...made.map(({ result }) => result.file),
  ];
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const results: ProbeResults = { probes: made.map(({ result }) => result) };
  await replaceFolder(folder, names, async (temporary) => {
    for (const { result, stored } of made) await writeProbe(join(temporary, result.file), stored);
    await pipeline(test.pieces(), createWriteStream(join(temporary, test.name)));
    await writeFile(join(temporary, PROBE_FILES.recipe), json(recipe));
    await writeFile(join(temporary, PROBE_FILES.results), json(results));
  });
}
