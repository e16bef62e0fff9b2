// Which model a stored probe was trained on: the open ones with its weights, and where its checkpoint lay.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { PROBE_FILES, type ProbeModel } from '../../../protocol/probes';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { modelPathFrom } from '../../sampleModels';
import { modelPlaces } from './models';
import { fingerprintOf, readProbeHeader } from './probeFile';
import { parseProbeRecipe } from './recipe';

/**
 * @param file of the probe
 * @param open models by their ids
 * @throws SubtextError as `readProbe`
 */
export async function probedModel(file: string, open: ReadonlyMap<string, Checkpoint>): Promise<ProbeModel> {
  const { model: name, fingerprint } = await readProbeHeader(file);
  const fitting = [...open].filter(([, checkpoint]) => fingerprintOf(checkpoint) === fingerprint);
  return { name, open: fitting.map(([id]) => id), path: (await placeOf(dirname(file), name)) ?? null };
}

/** The checkpoint of that name as the folder's recipe has it, else the sample model of that name. */
async function placeOf(folder: string, name: string): Promise<string | undefined> {
  const file = join(folder, PROBE_FILES.recipe);
  try {
    const { models } = parseProbeRecipe(await readFile(file, 'utf8'), PROBE_FILES.recipe);
    const place = modelPlaces(models).find((each) => each.name === name);
    // A sample model is named, not placed.
    if (place && isAbsolute(place.path) && existsSync(place.path)) return place.path;
  } catch {
    // Moved, or of another version: the model may still be a sample.
  }
  try {
    const path = modelPathFrom(folder, name);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
