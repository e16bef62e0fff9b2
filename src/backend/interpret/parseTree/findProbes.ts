// Looks for the probes that read trees from a model.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROBE_FILES } from '../../../protocol/probes';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { fittingFolders, probesBeside } from '../probes/openFolder';
import { fingerprintOf } from '../probes/probeFile';
import { parseProbeRecipe } from '../probes/recipe';
import { bestHook, probeSetOf, type ProbeSet } from './probeSet';

/**
 * The folders with probes that read trees from these weights: first those that read most levels and ends, of several
 * those that read them best, then the newest. One that cannot be read is left out.
 * @param path that the model was opened by
 * @param places to look in besides
 */
export async function findProbeSets(
  checkpoint: Checkpoint,
  path: string,
  places: readonly string[],
): Promise<ProbeSet[]> {
  const fitting = await fittingFolders([probesBeside(path), ...places], fingerprintOf(checkpoint));
  const sets = await Promise.all(
    fitting.map(async ({ folder, probes }) => {
      const recipe = join(folder.path, PROBE_FILES.recipe);
      const text = await readFile(recipe, 'utf8').catch(() => undefined);
      return text === undefined ? undefined : setOf(folder.path, probes, text, recipe);
    }),
  );
  const found = sets.filter((set) => set !== undefined).map((set) => ({ set, ...worthOf(set) }));
  found.sort((a, b) => b.count - a.count || b.accuracy - a.accuracy);
  return found.map(({ set }) => set);
}

/** What the best of its activations tells. */
function worthOf(set: ProbeSet): { count: number; accuracy: number } {
  const hook = bestHook(set);
  const probes = set.probes.filter((each) => each.hook === hook);
  const count = new Set(probes.map(({ target, level }) => `${target} ${level}`)).size;
  return { count, accuracy: probes.reduce((sum, { accuracy }) => sum + accuracy, 0) / probes.length };
}

function setOf(
  path: string,
  probes: Parameters<typeof probeSetOf>[0]['probes'],
  text: string,
  recipe: string,
): ProbeSet | undefined {
  try {
    return probeSetOf({ path, probes }, parseProbeRecipe(text, recipe));
  } catch {
    return undefined;
  }
}
