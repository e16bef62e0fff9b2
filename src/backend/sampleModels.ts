// Models as commands and recipes name them: a path, or the name of a sample model that comes with Subtext.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { SubtextError } from './errors';

/** Beside `dist/`, where the program lies. */
const SAMPLES = join(__dirname, '../media/models');

/** Beside the sample models: folders of probes that were trained on them. */
export const SAMPLE_PROBES = join(SAMPLES, 'probes');

/** The path of a checkpoint, given as a path or as a sample model's name. @throws SubtextError `not-found` */
export function modelPath(given: string): string {
  return existsSync(given) || isPath(given) ? given : samplePath(given);
}

/** The same for what stands in a file, whose folder paths are relative to. @returns an absolute path */
export function modelPathFrom(folder: string, given: string): string {
  const path = resolve(folder, given);
  return existsSync(path) || isPath(given) ? path : samplePath(given);
}

/** Whether a sample model of that name came with the program: not with every way of packing it. */
export function hasSampleModel(name: string): boolean {
  return existsSync(join(SAMPLES, name));
}

/** Whether a checkpoint lies in Subtext's own folder, where nothing is written; also one that is reached by a link. */
export function isSampleModel(path: string): boolean {
  return realPath(path).startsWith(realPath(SAMPLES) + sep);
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

function isPath(given: string): boolean {
  return given.includes('/') || given.includes('\\');
}

/** @throws SubtextError `not-found` with the samples that there are */
function samplePath(name: string): string {
  const sample = join(SAMPLES, name);
  if (existsSync(sample) && sample !== SAMPLE_PROBES) return sample;
  const names = existsSync(SAMPLES) ? readdirSync(SAMPLES) : [];
  const known = names.filter((each) => each !== basename(SAMPLE_PROBES));
  const hint =
    known.length > 0
      ? `Sample models: ${known.join(', ')}.`
      : 'Give the path of a checkpoint folder or file.';
  throw new SubtextError('not-found', `There is no model ${name}`, hint);
}
