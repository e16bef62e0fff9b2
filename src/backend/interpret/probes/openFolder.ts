// Folders of probes as they are found again: what they hold, and which of them were trained on a model.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { PROBE_FILES, type ProbeFolder, type ProbeResult } from '../../../protocol/probes';
import { RUN_FILES } from '../../../protocol/runs';
import { SubtextError } from '../../errors';
import { formatError, readJsonObject, shown } from '../../files';
import { isSampleModel, SAMPLE_PROBES } from '../../sampleModels';
import { modelPlaces } from './models';
import { measured, PROBE_ENDING, readProbeHeader } from './probeFile';
import type { ProbeRecipe } from './recipeSchema';

/** A name beside `results.json`, never a path out of its folder. */
const fileName = z
  .string()
  .regex(/^[^/\\]+$/)
  .endsWith(PROBE_ENDING);
const results = z.object({
  probes: z.array(
    measured.extend({ kind: z.enum(['linear', 'multi-head', 'embedding-update']), file: fileName }),
  ),
});

/** @throws SubtextError `not-found`, `file-access`; `checkpoint-format` or `probe` for what is no folder of probes */
export async function openProbeFolder(path: string): Promise<ProbeFolder> {
  const folder = resolve(path);
  const file = join(folder, PROBE_FILES.results);
  if (existsSync(folder) && !existsSync(file)) {
    throw new SubtextError(
      'probe',
      `${shown(folder)} holds no probes: it has no ${PROBE_FILES.results}`,
      'Name a folder that Subtext: Train Probe… or `subtext probe` wrote.',
    );
  }
  const found = results.safeParse(await readJsonObject(file));
  if (!found.success) throw formatError(file, 'holds no results of probes', 'Train the probes again.');
  const { probes } = found.data;
  const testFile = [PROBE_FILES.testStrings, PROBE_FILES.testTexts]
    .map((name) => join(folder, name))
    .find(existsSync);
  if (testFile === undefined) {
    throw new SubtextError(
      'probe',
      `${shown(folder)} has no file with the documents of the test split`,
      'Train its probes again: those of an earlier version have none.',
    );
  }
  return { path: folder, name: basename(folder).replace(/\.probes$/, ''), probes, testFile };
}

/** A folder of which some probes were trained on given weights. */
export interface FittingFolder {
  folder: ProbeFolder;
  probes: ProbeResult[];
}

/**
 * Where probes of a checkpoint are kept, each recipe's in a folder of its own: a run's beside its checkpoints, those of
 * all sample models together.
 */
export function probesBeside(checkpoint: string): string {
  const path = resolve(checkpoint);
  if (isSampleModel(path)) return SAMPLE_PROBES;
  const parent = dirname(path);
  if (basename(path) === RUN_FILES.final) return join(parent, 'probes');
  if (basename(parent) === RUN_FILES.checkpoints && /^step-\d+$/.test(basename(path)))
    return join(dirname(parent), 'probes');
  return `${path}.probes`;
}

/**
 * Where the probes of a recipe are written unless somebody names a folder: beside its first checkpoint, but never beside a
 * sample model, which lies in Subtext's own folder.
 * @returns the folder that holds those of all recipes; undefined for a sample model
 * @throws SubtextError as `modelPlaces`
 */
export function placeOfProbes({ models }: Pick<ProbeRecipe, 'models'>): string | undefined {
  const [{ path }] = modelPlaces(models);
  return isSampleModel(path) ? undefined : probesBeside(path);
}

/**
 * The folders whose probes were trained on given weights, newest first. What cannot be read is left out.
 * @param places folders of probes, or folders that hold some
 * @param fingerprint of the weights
 */
export async function fittingFolders(
  places: readonly string[],
  fingerprint: string,
): Promise<FittingFolder[]> {
  const found: (FittingFolder & { time: number })[] = [];
  for (const path of new Set((await Promise.all(places.map(foldersAt))).flat())) {
    const folder = await openProbeFolder(path).catch(() => undefined);
    if (!folder) continue;
    const probes = await fittingProbes(folder, fingerprint);
    if (probes.length === 0) continue;
    const { mtimeMs: time } = await stat(join(path, PROBE_FILES.results));
    found.push({ folder, probes, time });
  }
  return found.sort((a, b) => b.time - a.time).map(({ folder, probes }) => ({ folder, probes }));
}

async function foldersAt(place: string): Promise<string[]> {
  const path = resolve(place);
  if (existsSync(join(path, PROBE_FILES.results))) return [path];
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !/\.subtext-(tmp|old)$/.test(entry.name))
    .map(({ name }) => join(path, name))
    .filter((each) => existsSync(join(each, PROBE_FILES.results)));
}

/** By what every file says of itself: models of one name may be others. */
async function fittingProbes({ path, probes }: ProbeFolder, fingerprint: string): Promise<ProbeResult[]> {
  const fitting: ProbeResult[] = [];
  for (const probe of probes) {
    const header = await readProbeHeader(join(path, probe.file)).catch(() => undefined);
    if (header?.fingerprint === fingerprint) fitting.push(probe);
  }
  return fitting;
}
