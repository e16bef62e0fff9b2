// Cross-entropy over a large vocabulary without logits of all of it: a stretch of the vocabulary at a time is multiplied,
// summed up, and multiplied again in the backward pass (Wijmans et al. 2024, "Cut Your Losses", arXiv 2411.09009).
import type { Tensor } from '../graph/graph';
import { misfit } from '../graph/operation';
import { defineComposed } from './composed';
import {
  add,
  asIndices,
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
import { concatenate, slice } from './parts';
import { maximum, sum, sumAll, sumTo } from './reductions';
import { reshape } from './shape';

interface LinearCrossEntropyAttributes {
  ignoreIndex: number;
  /** Whether the weight is [d_vocab, d_model], as a tied embedding is. */
  transposed: boolean;
  /** Columns of the vocabulary at once. */
  chunk: number;
}

/** Of 2048 tokens 34 MB. */
const CHUNK = 4096;

const addLinearCrossEntropy = defineComposed<LinearCrossEntropyAttributes>({
  name: 'linearCrossEntropy',
  results: 2,
  gradient: ({ sources, results: [, logarithms], gradients, wanted, attributes }) => {
    const [x, weight, labels, bias] = sources;
    const parts = once(() => {
      const given = gradients() as [Tensor, Tensor];
      return gradientParts({ x, weight, labels, bias }, logarithms, given, wanted, attributes);
    });
    const axis = attributes.transposed ? 0 : 1;
    return [
      () =>
        parts()
          .map((part) => part[0]!)
          .reduce(add),
      () =>
        joined(
          parts().map((part) => part[1]!),
          axis,
        ),
      undefined,
      () =>
        joined(
          parts().map((part) => part[3]!),
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
  const { x, weight, bias } = operands;
  const { graph } = x;
  const attributes = { ignoreIndex, transposed, chunk };
  const labels = asIndices(operands.labels);
  requireFitting({ ...operands, labels }, attributes);
  let top: Tensor | undefined;
  let total: Tensor | undefined;
  let own: Tensor = graph.scalar(0);
  for (const [from, to] of stretches(vocabularyOf(operands, attributes), chunk, chunk)) {
    // Waits for the stretch before: else engines would compute all of them for the one sum and keep them for the other.
    const input = total ? add(x, multiply(add(total, own), graph.scalar(0))) : x;
    const logits = logitsOf({ ...operands, x: input }, attributes, from, to); // [..., to − from]
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

/** @throws SubtextError `graph` where the operands do not fit each other */
function requireFitting(
  { x, weight, labels, bias }: Operands,
  attributes: LinearCrossEntropyAttributes,
): void {
  const inner = weight.shape[attributes.transposed ? 1 : 0];
  const vocabulary = vocabularyOf({ weight }, attributes);
  const fits =
    weight.shape.length === 2 &&
    typeof vocabulary === 'number' &&
    x.shape.at(-1) === inner &&
    labels.type === 'int32' &&
    labels.shape.join() === x.shape.slice(0, -1).join() &&
    (!bias || bias.shape.join() === `${vocabulary}`);
  if (fits) return;
  const given: [Tensor, ...Tensor[]] = bias ? [x, weight, labels, bias] : [x, weight, labels];
  const wanted =
    'expects x [..., d_model], a weight of d_model and d_vocab, int32 labels [...] and bias [d_vocab]';
  throw misfit('linearCrossEntropy', given, new Error(wanted));
}

/**
 * What each stretch of the vocabulary adds to the gradients in x, weight and bias, where they are wanted. Each waits for
 * those of the one before, else engines would compute all stretches for the one gradient and keep them for the other.
 */
function gradientParts(
  { x, weight, labels, bias }: Operands,
  logarithms: Tensor,
  [forLosses, forLogarithms]: [Tensor, Tensor],
  wanted: readonly boolean[],
  attributes: LinearCrossEntropyAttributes,
): (Tensor | undefined)[][] {
  const { graph } = x;
  const { ignoreIndex, transposed, chunk } = attributes;
  const column = (each: Tensor) => reshape(each, [...labels.shape, 1]);
  const ignored = equal(labels, integer(labels, ignoreIndex));
  const counted = column(where(ignored, graph.scalar(0), forLosses));
  const scale = add(counted, column(forLogarithms));
  let nothing = multiply(sumAll(counted), graph.scalar(0));
  // Cut elsewhere than in the forward pass: else engines would see the same stretches of the weight, and keep them.
  return stretches(vocabularyOf({ weight }, attributes), Math.ceil(chunk / 2), chunk).map(([from, to]) => {
    const input = add(x, nothing);
    const logits = logitsOf({ x: input, weight, bias }, attributes, from, to);
    const likelihoods = exponential(subtract(logits, column(logarithms)));
    const { inside, index } = within(labels, from, to);
    const forOwn = negate(where(inside, counted, graph.scalar(0)));
    const change = addAlong(multiply(likelihoods, scale), index, forOwn); // [..., to − from]
    const makers = [
      () => matmul(change, weightOf({ weight }, attributes, from, to), { transposeB: !transposed }),
      () =>
        transposed
          ? matmul(flatten(change), flatten(input), { transposeA: true })
          : matmul(flatten(input), flatten(change), { transposeA: true }),
      () => change,
      () => sumTo(change, [to - from]),
    ];
    const made = makers.map((make, source) => (wanted[source] ? make() : undefined));
    for (const each of made) if (each) nothing = add(nothing, multiply(oneElement(each), graph.scalar(0)));
    return made;
  });
}

/** Some element of a tensor as a scalar; what is computed with it waits for all of the tensor. */
function oneElement(x: Tensor): Tensor {
  const known = x.shape.findIndex((size) => typeof size === 'number');
  return sumAll(slice(x, known, 0, 1));
}

function vocabularyOf(
  { weight }: Pick<Operands, 'weight'>,
  { transposed }: LinearCrossEntropyAttributes,
): number {
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
  { weight }: Pick<Operands, 'weight'>,
  { transposed }: LinearCrossEntropyAttributes,
  from: number,
  to: number,
): Tensor {
  return slice(weight, transposed ? 0 : 1, from, to);
}

function logitsOf(
  operands: Omit<Operands, 'labels'>,
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
