// Models for commands: a path, or the name of a sample model that comes with Subtext.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../backend/checkpoint/open';
import { MAX_THREADS, startEngine } from '../backend/engine/engines';
import { SubtextError } from '../backend/errors';
import { Reading } from '../backend/interpret/reading';
import { LanguageModel } from '../backend/model/languageModel';
import type { Values } from './command';
import { engineOption, idsOption, numberOption, required, textOption } from './options';
import type { Output } from './output';

/** The path of a checkpoint, given as a path or as a sample model's name. */
export function modelPath(given: string): string {
  const samples = join(__dirname, '../media/models');
  if (existsSync(given) || given.includes('/') || given.includes('\\')) return given;
  const sample = join(samples, given);
  if (existsSync(sample)) return sample;
  const known = existsSync(samples) ? readdirSync(samples) : [];
  const hint =
    known.length > 0
      ? `Sample models: ${known.join(', ')}.`
      : 'Give the path of a checkpoint folder or file.';
  throw new SubtextError('not-found', `There is no model ${given}`, hint);
}

/** The model of --model on the engine of --engine. */
export async function openModel(values: Values, output: Output): Promise<LanguageModel> {
  const path = modelPath(required(values, 'model'));
  const threads = numberOption(values, 'threads', 0, { min: 0, max: MAX_THREADS });
  const engine = engineOption(values);
  const checkpoint = await openCheckpoint(path);
  const started = await startEngine(engine, { threads });
  for (const note of [...checkpoint.notes, ...(started.note ? [started.note] : [])]) output.note(note);
  return new LanguageModel(checkpoint, started.executor);
}

/**
 * The model of --model with the text or ids of a command, ready to be read. The text comes first: a mistake in the
 * options is told before anything is loaded.
 */
export async function openReading(values: Values, output: Output): Promise<Reading> {
  const ids = idsOption(values);
  const text = ids ? '' : await textOption(values);
  const model = await openModel(values, output);
  const reading = ids ? Reading.ofIds(model, ids) : Reading.ofText(model, text);
  const { count, length, overlap } = reading.plan;
  if (count > 1)
    output.note(`the text is longer than the context: ${count} windows of ${length}, overlap ${overlap}`);
  return reading;
}
