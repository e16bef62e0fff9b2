// Optimizers as graphs: parameters, gradients and state in, new parameters and state out.
import type { Graph, Tensor } from '../engine/graph/graph';
import { add, divide, lessThan, multiply, squareRoot, subtract, sumAll, where } from '../engine/operations';

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
  const squares = gradients.toReversed().map((gradient) => sumAll(multiply(gradient, gradient)));
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
  const updates = new Map<string, Tensor>();
  for (const parameter of parameters) {
    const { value, name, decays } = parameter;
    const change =
      optimizer.kind === 'adamw'
        ? adamChange(optimizer, parameter, scale, scalars, updates)
        : momentumChange(optimizer, parameter, scale, scalars, updates);
    updates.set(name, subtract(decays ? decayed(value, optimizer.weightDecay, scalars) : value, change));
  }
  return updates;
}

function decayed(value: Tensor, decay: number, { learningRate }: StepScalars): Tensor {
  const { graph } = value;
  if (decay === 0) return value;
  return multiply(value, subtract(graph.scalar(1), multiply(learningRate, graph.scalar(decay))));
}

/** Scalars are combined first, so that each parameter is passed over as few times as possible. */
function adamChange(
  optimizer: AdamW,
  { name, value, gradient }: Parameter,
  scale: Tensor,
  { learningRate, firstCorrection, secondCorrection }: StepScalars,
  updates: Map<string, Tensor>,
): Tensor {
  const { graph, shape } = value;
  const { beta1, beta2, epsilon } = optimizer;
  const [meanName, squareName] = stateNames(optimizer, name);
  const mean = exponentialMean(
    graph.weight(meanName, shape),
    gradient,
    beta1,
    multiply(scale, graph.scalar(1 - beta1)),
  );
  const meanSquare = exponentialMean(
    graph.weight(squareName, shape),
    multiply(gradient, gradient),
    beta2,
    multiply(multiply(scale, scale), graph.scalar(1 - beta2)),
  );
  updates.set(meanName, mean);
  updates.set(squareName, meanSquare);
  // rate·c₁·m / (√(c₂·v) + ε), with √c₂ taken out of the fraction.
  const root = squareRoot(secondCorrection);
  const rate = divide(multiply(learningRate, firstCorrection), root);
  const denominator = add(squareRoot(meanSquare), divide(graph.scalar(epsilon), root));
  return multiply(divide(mean, denominator), rate);
}

function momentumChange(
  optimizer: Sgd,
  { name, value, gradient }: Parameter,
  scale: Tensor,
  { learningRate }: StepScalars,
  updates: Map<string, Tensor>,
): Tensor {
  const { graph, shape } = value;
  const [velocityName] = stateNames(optimizer, name);
  if (!velocityName) return multiply(gradient, multiply(scale, learningRate));
  const velocity = exponentialMean(graph.weight(velocityName, shape), gradient, optimizer.momentum, scale);
  updates.set(velocityName, velocity);
  return multiply(velocity, learningRate);
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
