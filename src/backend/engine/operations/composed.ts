// Operations that are computed by others, and have a gradient of their own.
import type { Tensor } from '../graph/graph';
import { defineOperation, type GradientCall, type InputGradient } from '../graph/operation';

interface Composed<Attributes> {
  name: string;
  /** How many results there are. */
  results: number;
  /** For each of the sources, in their order; those behind them are left out. */
  gradient: (call: ComposedCall<Attributes>) => readonly (InputGradient | undefined)[];
}

export interface ComposedCall<Attributes> {
  sources: readonly Tensor[];
  results: readonly Tensor[];
  /** Gradients in the results. */
  gradients: () => Tensor[];
  /** By source, whether its gradient will be made. */
  wanted: readonly boolean[];
  attributes: Attributes;
}

/**
 * A node that stands for results which other nodes have made of some sources: no engine computes anything for it. What is
 * differentiated takes its gradient instead of theirs, and so nothing that they made on the way is kept for the backward
 * pass.
 * @returns the results again, as those of the node
 */
export function defineComposed<Attributes>({
  name,
  results,
  gradient,
}: Composed<Attributes>): (
  made: readonly [Tensor, ...Tensor[]],
  sources: readonly Tensor[],
  attributes: Attributes,
) => Tensor[] {
  const add = defineOperation<Attributes>({
    name,
    everyOutput: true,
    infer: (inputs) => inputs.slice(0, results).map(({ type, shape }) => ({ type, shape })),
    gradient: ({ inputs, outputs, gradients, wanted, attributes }: GradientCall<Attributes>) => {
      const sources = inputs.slice(results);
      const forSources = gradient({
        sources,
        results: outputs,
        gradients,
        wanted: wanted.slice(results),
        attributes,
      });
      return [...Array<undefined>(results).fill(undefined), ...forSources.slice(0, sources.length)];
    },
    reference: (inputs) => inputs.slice(0, results),
    onnx: (_, inputs) => inputs.slice(0, results),
    tfjs: (_, inputs) => inputs.slice(0, results),
  });
  return (made, sources, attributes) => add([...made, ...sources], attributes);
}
