// Optimizers as graphs: parameters, gradients and state in, new parameters and state out.
import type { Graph, Tensor } from '../engine/graph/graph';
import {
  add,
  divide,
  lessThan,
  multiply,
  squareRoot,
  subtract,
  sumOfSquares,
  where,
} from '../engine/operations';

/** AdamW (arXiv 1711.05101): decay apart from the gradient. Without decay it is Adam (arXiv 1412.6980). */
export interface AdamW {
  kind: 'adamw';
  beta1: number;
  beta2: number;
  epsilon: number;
  /** What share of a parameter is taken off it per step and unit of learning rate. */
  weightDecay: number;
}

/** Gradient descent with (heavy-ball) momentum, as PyTorch's SGD; decay apart from the gradient. */
export interface Sgd {
  kind: 'sgd';
  momentum: number;
  weightDecay: number;
}

export type Optimizer = AdamW | Sgd;

export interface Parameter {
  name: string;
  value: Tensor;
  gradient: Tensor;
  /** Whether weight decay applies: usually not to biases and norms. */
  decays: boolean;
}

/** Numbers that change from step to step, the same for all parameters. Float32 scalars. */
export interface StepScalars {
  learningRate: Tensor;
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) of Adam at step t, counted from 1. */
  firstCorrection: Tensor;
  secondCorrection: Tensor;
}

/** Names of an optimizer's state for one parameter; each has the parameter's shape and starts at zero. */
export function stateNames(optimizer: Optimizer, parameter: string): string[] {
  switch (optimizer.kind) {
    case 'adamw':
      return [`adamw.mean.${parameter}`, `adamw.square.${parameter}`];
    case 'sgd':
      return optimizer.momentum === 0 ? [] : [`sgd.velocity.${parameter}`];
  }
}

/**
 * The global norm of gradients, a float32 scalar.
 * @param gradients in the order of the forward pass: the last, which the backward pass has first, are squared first, because
 * engines compute what a sum needs in the order in which it is written, and a gradient that waits keeps much else in memory
 */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  const squares = gradients.toReversed().map(sumOfSquares);
  return squareRoot(squares.reduce(add));
}

/** What gradients of this norm are multiplied by so that their norm is at most `largest`. */
export function clippingFactor(norm: Tensor, largest: number): Tensor {
  const { graph } = norm;
  const limit = graph.scalar(largest);
  return where(lessThan(limit, norm), divide(limit, norm), graph.scalar(1));
}

/**
 * New values of all parameters and of the optimizer's state, by name.
 * @param scale a scalar that gradients are multiplied by first (`clippingFactor`)
 */
export function optimizerUpdates(
  optimizer: Optimizer,
  parameters: readonly Parameter[],
  scale: Tensor,
  scalars: StepScalars,
): Map<string, Tensor> {
  const { graph } = scale;
  const updates = new Map<string, Tensor>();
  const changeOf =
    optimizer.kind === 'adamw'
      ? adamChange(optimizer, scale, scalars, updates)
      : momentumChange(optimizer, scale, scalars, updates);
  const kept = subtract(graph.scalar(1), multiply(scalars.learningRate, graph.scalar(optimizer.weightDecay)));
  for (const parameter of parameters) {
    const { value, name, decays } = parameter;
    const change = changeOf(parameter);
    updates.set(
      name,
      subtract(decays && optimizer.weightDecay !== 0 ? multiply(value, kept) : value, change),
    );
  }
  return updates;
}

/** What is taken off a parameter; new values of the state are put into `updates`. */
type Change = (parameter: Parameter) => Tensor;

/** Scalars are combined first, once, so that each parameter is passed over as few times as possible. */
function adamChange(
  optimizer: AdamW,
  scale: Tensor,
  { learningRate, firstCorrection, secondCorrection }: StepScalars,
  updates: Map<string, Tensor>,
): Change {
  const { graph } = scale;
  const { beta1, beta2, epsilon } = optimizer;
  const meanShare = multiply(scale, graph.scalar(1 - beta1));
  const squareShare = multiply(multiply(scale, scale), graph.scalar(1 - beta2));
  // rate·c₁·m / (√(c₂·v) + ε), with √c₂ taken out of the fraction.
  const root = squareRoot(secondCorrection);
  const rate = divide(multiply(learningRate, firstCorrection), root);
  const least = divide(graph.scalar(epsilon), root);
  return ({ name, value: { shape }, gradient }) => {
    const [meanName, squareName] = stateNames(optimizer, name);
    const mean = exponentialMean(graph.weight(meanName, shape), gradient, beta1, meanShare);
    // Not before the mean: engines compute in this order, and it is as large as a gradient.
    const square = multiply(gradient, gradient);
    const meanSquare = exponentialMean(graph.weight(squareName, shape), square, beta2, squareShare);
    updates.set(meanName, mean);
    updates.set(squareName, meanSquare);
    return multiply(divide(mean, add(squareRoot(meanSquare), least)), rate);
  };
}

function momentumChange(
  optimizer: Sgd,
  scale: Tensor,
  { learningRate }: StepScalars,
  updates: Map<string, Tensor>,
): Change {
  const { graph } = scale;
  const rate = multiply(scale, learningRate);
  return ({ name, value: { shape }, gradient }) => {
    const [velocityName] = stateNames(optimizer, name);
    if (!velocityName) return multiply(gradient, rate);
    const velocity = exponentialMean(graph.weight(velocityName, shape), gradient, optimizer.momentum, scale);
    updates.set(velocityName, velocity);
    return multiply(velocity, learningRate);
  };
}

/** old·keep + x·share */
function exponentialMean(old: Tensor, x: Tensor, keep: number, share: Tensor): Tensor {
  return add(multiply(old, old.graph.scalar(keep)), multiply(x, share));
}

/** The scalars of step `step`, counted from 1, as inputs of the graph and their values. */
export function scalarInputs(graph: Graph): StepScalars {
  const input = (name: string) => graph.input(name, 'float32', []);
  return {
    learningRate: input('learning_rate'),
    firstCorrection: input('first_correction'),
    secondCorrection: input('second_correction'),
  };
}

/** @param step the how-manieth update of the weights, counted from 1 */
export function scalarValues(
  optimizer: Optimizer,
  step: number,
  learningRate: number,
): Record<string, number> {
  const correction = (beta: number) => 1 / (1 - beta ** step);
  const adam = optimizer.kind === 'adamw';
  return {
    learning_rate: learningRate,
    first_correction: adam ? correction(optimizer.beta1) : 1,
    second_correction: adam ? correction(optimizer.beta2) : 1,
  };
}
