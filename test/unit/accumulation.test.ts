// A training step in several parts whose sums belong to one step alone.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { IGNORED } from '../../src/backend/train/loss';
import { TrainingStep, type Batch } from '../../src/backend/train/trainingStep';
import { configurationWith, randomIds, randomWeightTensors } from '../support/randomModel';
import { fails } from './checkpointFiles';

const CONFIGURATION = configurationWith({});
const OPTIONS = {
  optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 },
  clipNorm: 1,
  accumulate: 2,
} as const;

const batchOf = (seed: number): Batch => ({
  batch: 2,
  pos: 4,
  tokens: Int32Array.from(randomIds(8, CONFIGURATION.d_vocab, seed)),
  labels: Int32Array.from(randomIds(8, CONFIGURATION.d_vocab, seed + 1)),
});

const compiled = () =>
  TrainingStep.compile(
    new ReferenceExecutor(),
    CONFIGURATION,
    randomWeightTensors(CONFIGURATION, 1),
    OPTIONS,
  );

it('leaves nothing of a step that was refused for its second part', async () => {
  const unlabelled = batchOf(1);
  unlabelled.labels.fill(IGNORED, 4);
  const step = await compiled();
  await fails(step.run(unlabelled, 1, 0.1), 'usage', 'No label of part 2 of step 1 counts');
  const expected = await (await compiled()).run(batchOf(3), 1, 0.1);
  assert.deepEqual(await step.run(batchOf(3), 1, 0.1), expected);
});
