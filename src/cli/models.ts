// The model and the text of a command's options.
import { openCheckpoint } from '../backend/checkpoint/open';
import { MAX_THREADS, startEngine } from '../backend/engine/engines';
import { Reading } from '../backend/interpret/reading';
import { NOT_CANCELLED } from '../backend/cancellation';
import { LanguageModel } from '../backend/model/languageModel';
import { modelPath } from '../backend/sampleModels';
import type { Values } from './command';
import { interventionOptions, openInterventions } from './interventions';
import { engineOption, idsOption, numberOption, precisionOption, required, textOption } from './options';
import type { Output } from './output';

/** The model of --model on the engine of --engine. */
export async function openModel(values: Values, output: Output): Promise<LanguageModel> {
  const path = modelPath(required(values, 'model'));
  const threads = numberOption(values, 'threads', 0, { min: 0, max: MAX_THREADS });
  const engine = engineOption(values);
  const precision = precisionOption(values);
  const checkpoint = await openCheckpoint(path);
  const started = await startEngine(engine, { threads, precision });
  for (const note of [...checkpoint.notes, ...(started.note ? [started.note] : [])]) output.note(note);
  return new LanguageModel(checkpoint, started.executor);
}

/**
 * The model of --model with the text or ids of a command, ready to be read under the interventions of its options. The
 * text comes first: a mistake in the options is told before anything is loaded.
 */
export async function openReading(values: Values, output: Output): Promise<Reading> {
  const ids = idsOption(values);
  const text = ids ? '' : await textOption(values);
  const list = await interventionOptions(values);
  const model = await openModel(values, output);
  const reading = ids ? Reading.ofIds(model, ids) : Reading.ofText(model, text);
  const { count, length, overlap } = reading.plan;
  if (count > 1)
    output.note(`the text is longer than the context: ${count} windows of ${length}, overlap ${overlap}`);
  const interventions = openInterventions(model, list);
  return reading.under(await interventions.changesFor(reading, NOT_CANCELLED));
}
