// Interventions on a small random model, and what its activations become.
import assert from 'node:assert/strict';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import type { Reading } from '../../src/backend/interpret/reading';
import { LanguageModel } from '../../src/backend/model/languageModel';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import type { Change, Intervention } from '../../src/protocol/interventions';
import { characters } from './characters';
import { configurationWith, randomCheckpoint } from './randomModel';

export const reference = new ReferenceExecutor();

export const TEXT = 'abcdaefg';

export function entry(part: string, change: Change): Intervention {
  return { id: `${change.kind} ${part}`, on: true, part, change };
}

export function zero(part: string): Intervention {
  return entry(part, { kind: 'ablate', to: 'zero' });
}

export async function under(
  reading: Reading,
  list: Intervention[],
  values = new BaseValues(reading.model),
): Promise<Reading> {
  const interventions = new Interventions(reading.model, list, values);
  assert.deepEqual(interventions.states.map(({ problem }) => problem).filter(Boolean), []);
  return reading.under(await interventions.changesFor(reading, NOT_CANCELLED));
}

export function logitsOf(reading: Reading) {
  return reading.activation('logits', NOT_CANCELLED);
}

export function randomModel(
  executor: Executor = reference,
  changes: Partial<TransformerConfiguration> = {},
): LanguageModel {
  const configuration = configurationWith({ ...changes });
  return new LanguageModel(
    randomCheckpoint(configuration, 1, characters(configuration.d_vocab, true)),
    executor,
  );
}
