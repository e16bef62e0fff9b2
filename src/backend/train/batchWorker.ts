// The thread that makes batches ahead of the engine. A message is the number of a step, its answer that step's batch.
import { parentPort, workerData } from 'node:worker_threads';
import type { SourcePlan } from '../data/kind';
import { openSource } from '../data/training';
import { describeError, SubtextError, type ErrorReason } from '../errors';
import { batchOf, type BatchShape, type Masking } from './batches';
import type { Batch } from './trainingStep';

export interface BatchPlan {
  source: SourcePlan;
  shape: BatchShape;
  masking?: Masking;
}

export type BatchAnswer =
  { step: number; batch: Batch } | { step: number; reason: ErrorReason; message: string; remedy: string };

const { source: plan, shape, masking } = workerData as BatchPlan;
const source = openSource(plan);

parentPort!.on(
  'message',
  (step: number) =>
    void source.then((opened) => answer(step, opened)).catch((error: unknown) => fail(step, error)),
);

function answer(step: number, opened: Awaited<typeof source>): void {
  const batch = batchOf(opened, shape, step, masking);
  const message: BatchAnswer = { step, batch };
  parentPort!.postMessage(message, [batch.tokens.buffer as ArrayBuffer, batch.labels.buffer as ArrayBuffer]);
}

function fail(step: number, error: unknown): void {
  const known = error instanceof SubtextError;
  const message: BatchAnswer = {
    step,
    reason: known ? error.reason : 'data',
    message: known ? error.message : `The batch of step ${step} could not be made: ${describeError(error)}`,
    remedy: known ? error.remedy : 'This is a fault of Subtext: please report it with the log.',
  };
  parentPort!.postMessage(message);
}
