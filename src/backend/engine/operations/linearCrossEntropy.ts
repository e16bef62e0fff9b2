// Cross-entropy over a large vocabulary without logits of all of it: a stretch of the vocabulary at a time is multiplied,
// summed up, and multiplied again in the backward pass (Wijmans et al. 2024, "Cut Your Losses", arXiv 2411.09009).
import type { Tensor } from '../graph/graph';
import { defineComposed } from './composed';
import {
  add,
  atMost,
  both,
  equal,
  exponential,
  lessThan,
  logarithm,
  multiply,
  negate,
  subtract,
  where,
} from './elementwise';
import { addAlong, takeAlong } from './indexing';
import { flatten, matmul } from './linear';
import { maximum, sum, sumTo } from './reductions';
import { concatenate, reshape, slice } from './shape';

interface LinearCrossEntropyAttributes {
  ignoreIndex: number;
  /** Whether the weight is [d_vocab, d_model], as a tied embedding is. */
  transposed: boolean;
  /** Columns of the vocabulary at once. */
  chunk: number;
}

/** Of 2048 tokens 67 MB; products of this width are as fast as wider ones. */
const CHUNK = 8192;

const addLinearCrossEntropy = defineComposed<LinearCrossEntropyAttributes>({
  name: 'linearCrossEntropy',
  results: 2,
  gradient: ({ sources: [x, weight, labels, bias], results: [, logarithms], gradients, attributes }) => {
    const parts = once(() =>
      gradientParts({ x, weight, labels, bias }, logarithms, gradients() as [Tensor, Tensor], attributes),
    );
    const axis = attributes.transposed ? 0 : 1;
    return [
      () =>
        parts()
          .map((part) => part.forInput())
          .reduce(add),
      () =>
        joined(
          parts().map((part) => part.forWeight()),
          axis,
        ),
      undefined,
      () =>
        joined(
          parts().map((part) => part.forBias()),
          0,
        ),
    ];
  },
});

interface Operands {
  /** [..., d_model] */
  x: Tensor;
  weight: Tensor;
  /** int32 [...] */
  labels: Tensor;
  /** [d_vocab] */
  bias?: Tensor;
}

/**
 * Cross-entropy of x·weight: `losses` as `crossEntropy` of those logits, and `logarithms` of the sums of their exponentials,
 * of which neither forward nor backward pass ever holds more than a stretch of the vocabulary.
 */
export function linearCrossEntropy(
  operands: Operands,
  { ignoreIndex = -100, transposed = false, chunk = CHUNK }: Partial<LinearCrossEntropyAttributes> = {},
): { losses: Tensor; logarithms: Tensor } {
  const { x, weight, labels, bias } = operands;
  const { graph } = x;
  const attributes = { ignoreIndex, transposed, chunk };
  let top: Tensor | undefined;
  let total: Tensor | undefined;
  let own: Tensor = graph.scalar(0);
  for (const [from, to] of stretches(vocabularyOf(operands, attributes), chunk, chunk)) {
    const logits = logitsOf(operands, attributes, from, to); // [..., to − from]
    const largest = maximum(logits);
    const raised: Tensor = top ? where(lessThan(top, largest), largest, top) : largest;
    const sumOfPowers = sum(exponential(subtract(logits, raised)));
    total =
      top && total ? add(multiply(total, exponential(subtract(top, raised))), sumOfPowers) : sumOfPowers;
    top = raised;
    const { inside, index } = within(labels, from, to);
    own = where(inside, takeAlong(logits, index), own);
  }
  const column = add(top!, logarithm(total!)); // [..., 1]
  const logarithms = reshape(column, labels.shape);
  const ignored = equal(labels, integer(labels, ignoreIndex));
  const losses = where(ignored, graph.scalar(0), subtract(logarithms, reshape(own, labels.shape)));
  const [result, second] = addLinearCrossEntropy(
    [losses, logarithms],
    bias ? [x, weight, labels, bias] : [x, weight, labels],
    attributes,
  );
  return { losses: result, logarithms: second };
}

/** The gradients that one stretch of the vocabulary adds, each made when it is asked for. */
interface GradientPart {
  forInput: () => Tensor;
  forWeight: () => Tensor;
  forBias: () => Tensor;
}

function gradientParts(
  operands: Operands,
  logarithms: Tensor,
  [forLosses, forLogarithms]: [Tensor, Tensor],
  attributes: LinearCrossEntropyAttributes,
): GradientPart[] {
  const { x, labels } = operands;
  const { graph } = x;
  const { ignoreIndex, transposed, chunk } = attributes;
  const column = (each: Tensor) => reshape(each, [...labels.shape, 1]);
  const ignored = equal(labels, integer(labels, ignoreIndex));
  const counted = column(where(ignored, graph.scalar(0), forLosses));
  const scale = add(counted, column(forLogarithms));
  // Cut elsewhere than in the forward pass: else engines would see the same products twice, and keep them in between.
  return stretches(vocabularyOf(operands, attributes), Math.ceil(chunk / 2), chunk).map(([from, to]) => {
    const change = once(() => {
      const logits = logitsOf(operands, attributes, from, to);
      const likelihoods = exponential(subtract(logits, column(logarithms)));
      const { inside, index } = within(labels, from, to);
      const forOwn = negate(where(inside, counted, graph.scalar(0)));
      return addAlong(multiply(likelihoods, scale), index, forOwn); // [..., to − from]
    });
    return {
      forInput: () => matmul(change(), weightOf(operands, attributes, from, to), { transposeB: !transposed }),
      forWeight: () =>
        transposed
          ? matmul(flatten(change()), flatten(x), { transposeA: true })
          : matmul(flatten(x), flatten(change()), { transposeA: true }),
      forBias: () => sumTo(change(), [to - from]),
    };
  });
}

function vocabularyOf({ weight }: Operands, { transposed }: LinearCrossEntropyAttributes): number {
  return weight.shape[transposed ? 0 : 1] as number;
}

/** [from, to) of each; the first may be narrower. */
function stretches(size: number, first: number, width: number): [number, number][] {
  const found: [number, number][] = [];
  for (let from = 0, to = Math.min(first, size); from < size; from = to, to = Math.min(to + width, size)) {
    found.push([from, to]);
  }
  return found;
}

function weightOf(
  { weight }: Operands,
  { transposed }: LinearCrossEntropyAttributes,
  from: number,
  to: number,
): Tensor {
  return slice(weight, transposed ? 0 : 1, from, to);
}

function logitsOf(
  operands: Operands,
  attributes: LinearCrossEntropyAttributes,
  from: number,
  to: number,
): Tensor {
  const { x, bias } = operands;
  const part = weightOf(operands, attributes, from, to);
  const product = matmul(x, part, { transposeB: attributes.transposed });
  return bias ? add(product, slice(bias, 0, from, to)) : product;
}

/** Which labels lie in a stretch, [..., 1], and where in it; 0 for others. */
function within(labels: Tensor, from: number, to: number): { inside: Tensor; index: Tensor } {
  const column = reshape(labels, [...labels.shape, 1]);
  const inside = both(atMost(integer(labels, from), column), lessThan(column, integer(labels, to)));
  const index = where(inside, subtract(column, integer(labels, from)), integer(labels, 0));
  return { inside, index };
}

function joined(parts: Tensor[], axis: number): Tensor {
  return parts.length === 1 ? parts[0] : concatenate(parts as [Tensor, ...Tensor[]], axis);
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function integer({ graph }: Tensor, value: number): Tensor {
  return graph.constant({ type: 'int32', shape: [], data: Int32Array.of(value) });
}
