// What is told when a training step computes no numbers.
import type { Executor, NamedTensors } from '../engine/executor';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import { TOKENS } from '../model/context';
import type { DropoutRates } from '../model/dropout';
import { buildTransformer, type WeightSource } from '../model/transformer';
import { firstNotFinite } from '../model/watch';

export interface FailedStep {
  step: number;
  loss: number;
  dropout?: DropoutRates;
  /** Where its model takes its weights from, if not by name. */
  source?: WeightSource;
}

/**
 * Runs the forward pass of the failed step once more, watched.
 * @param weights as they were before the step
 */
export async function divergence(
  executor: Executor,
  configuration: TransformerConfiguration,
  weights: NamedTensors,
  inputs: NamedTensors,
  { step, loss, dropout, source }: FailedStep,
): Promise<SubtextError> {
  const { graph, outputs } = buildTransformer(configuration, { captures: [], watch: true, dropout }, source);
  // With the sizes of the step, so that it is computed as the step was.
  const [batch, pos] = inputs.get(TOKENS)!.shape;
  const executable = await executor.compile(graph, outputs, weights, { sizes: { batch, pos } });
  try {
    const hook = firstNotFinite(await executable.run(inputs));
    const half = executor.precision === 'float16';
    const value = Number.isFinite(loss) ? 'gradient' : 'loss';
    return new SubtextError(
      'not-a-number',
      `The ${value} of step ${step} is NaN or infinite; ${
        hook === undefined ? 'all activations are finite' : `${hook} is the first activation that is`
      }`,
      `The weights are as before this step. ${half ? 'Train in float32 (train.precision), or lower' : 'Lower'} the learning rate or clip gradients to a smaller norm, and go on from a checkpoint before the loss rose.`,
    );
  } finally {
    executable.dispose();
  }
}
