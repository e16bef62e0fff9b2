// Attributions of logits, and what must hold of every one.
import assert from 'node:assert/strict';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { attributeLogit } from '../../src/backend/interpret/attribution/attribution';
import { Reading } from '../../src/backend/interpret/reading';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import type { AttributionQuestion, LogitComponent } from '../../src/protocol/attribution';
import { assertCloseValues } from './numbers';
import { randomIds } from './randomModel';

export const reference = new ReferenceExecutor();

export const BOUND = 1e-4;

export type Found = Awaited<ReturnType<typeof attributeLogit>>;

export function reading(model: LanguageModel, length: number): Reading {
  return Reading.ofIds(model, randomIds(length, model.configuration.d_vocab));
}

export function attribute(
  read: Reading,
  question: AttributionQuestion & { position: number },
): Promise<Found> {
  return attributeLogit(read, question, NOT_CANCELLED);
}

export function sum(values: Iterable<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0);
}

export function assertSum(found: Found): void {
  const [logit, against = 0] = found.logits;
  assertCloseValues([sum(found.values)], [logit - against], BOUND, 'sum of the addends');
  assertCloseValues([found.accumulated.at(-1)!], [logit - against], BOUND, 'accumulated');
  assertCloseValues([sum(found.constants.values)], [found.values.at(-1)!], BOUND, 'sum of the biases');
}

export function valueOf({ components, values }: Found, wanted: Partial<LogitComponent>): number {
  const index = components.findIndex((component) =>
    Object.entries(wanted).every(([key, value]) => component[key as keyof LogitComponent] === value),
  );
  assert.notEqual(index, -1, JSON.stringify(wanted));
  return values[index];
}
