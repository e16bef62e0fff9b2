// One optimizer step: forward, backward, clipping by the global norm, AdamW.
import { Plan } from '../engine/executor';
import { buildStepGraph, type StepGraphOptions } from '../train/stepGraph';
import { TrainingStep, type StepResult } from '../train/trainingStep';
import { configurationOf, forwardOperations, type ModelSize } from './sizes';
import { firstWeights, modelFacts, randomTokens, type Prepare } from './task';

const OPTIONS: Omit<StepGraphOptions, 'dropout'> = {
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 },
  clipNorm: 1,
};

export const training: Prepare<ModelSize> = async (executor, size) => {
  const { batch, tokens: pos, vocabulary } = size;
  const weights = firstWeights(size);
  const started = performance.now();
  const step = await TrainingStep.compile(executor, configurationOf(size), weights, {
    ...OPTIONS,
    sizes: { batch, pos },
  });
  const compile_milliseconds = performance.now() - started;
  const tokens = randomTokens(batch * pos, vocabulary, 1);
  const labels = randomTokens(batch * pos, vocabulary, 2);
  let steps = 0;
  const ask = () => step.run({ batch, pos, tokens, labels }, ++steps, 1e-3);
  let ahead: Promise<StepResult> | undefined;
  return {
    detail: `${executor.detail}, AdamW`,
    facts: modelFacts(size),
    operations: 3 * forwardOperations(size),
    tokens: batch * pos,
    run: async () => {
      const asked = ahead ?? ask();
      // As a run does between two checkpoints.
      ahead = step.takesAhead ? ask() : undefined;
      ahead?.catch(() => undefined);
      const { loss } = await asked;
      if (Number.isNaN(loss)) throw new Error('the loss of a step is not a number');
    },
    figures: () => ({ compile_milliseconds }),
    dispose: () => {
      step.dispose();
      executor.release(weights);
    },
  };
};

/** What is promised of the host in a training step: microseconds for each operation of its graph, and for the whole. */
const NODE_MICROSECONDS = 5;
const STEP_MICROSECONDS = 200;

/** A training step on hardly any numbers, by the operations of its graph. */
export const hostTime: Prepare<ModelSize> = async (executor, size) => {
  const work = await training(executor, size);
  const { graph, outputs, updates } = buildStepGraph(configurationOf(size), OPTIONS, 'update');
  const nodes = new Plan(graph, outputs, updates).nodes.filter(({ kind }) => kind === 'operation').length;
  return {
    ...work,
    // It is the host's time, and no measure of how fast the engine multiplies.
    operations: undefined,
    tokens: undefined,
    figures: (milliseconds) => ({
      ...work.figures?.(milliseconds),
      nodes,
      microseconds: milliseconds * 1000,
      microseconds_per_node: (milliseconds * 1000) / nodes,
      microseconds_allowed: NODE_MICROSECONDS * nodes + STEP_MICROSECONDS,
    }),
  };
};
