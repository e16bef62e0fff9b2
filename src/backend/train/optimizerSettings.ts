// The optimizer that a recipe names.
import type { Optimizer } from './optimizer';
import type { TrainSettings } from './recipe';

export function optimizerOf({ optimizer }: TrainSettings): Optimizer {
  const { weight_decay: weightDecay } = optimizer;
  if (optimizer.kind === 'sgd') return { kind: 'sgd', momentum: optimizer.momentum, weightDecay };
  const { beta1, beta2, epsilon } = optimizer;
  return { kind: 'adamw', beta1, beta2, epsilon, weightDecay };
}
