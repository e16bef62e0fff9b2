// The loss that language models are trained on.
import { type Tensor } from '../engine/graph/graph';
import {
  add,
  cast,
  crossEntropy,
  divide,
  equal,
  multiply,
  reshape,
  slice,
  subtract,
  sumAll,
} from '../engine/operations';

/** Labels of positions that do not count (PyTorch's convention). */
export const IGNORED = -100;

/**
 * Mean cross-entropy in nats over the labels that are not `IGNORED`; NaN when none counts.
 * @param logits [batch, pos, d_vocab]
 * @param labels int32 [batch, pos]: the token that follows each position
 */
export function languageModelLoss(logits: Tensor, labels: Tensor): Tensor {
  return meanOverLabels(crossEntropy(logits, labels, IGNORED), labels);
}

/**
 * Mean of log²Z over the labels that are not `IGNORED`, Z the sum of exp(logits): keeps logits from drifting away (z-loss;
 * PaLM, arXiv 2204.02311, §5).
 */
export function zLoss(logits: Tensor, labels: Tensor): Tensor {
  const { graph } = logits;
  const first = graph.constant({ type: 'int32', shape: [], data: Int32Array.of(0) });
  // −log p of token 0 is log Z − its logit: two narrow tensors instead of another one as wide as the vocabulary.
  const tokenZero = multiply(labels, first);
  const firstLogit = reshape(slice(logits, logits.shape.length - 1, 0, 1), labels.shape);
  const logarithm = add(crossEntropy(logits, tokenZero), firstLogit);
  return meanOverLabels(multiply(multiply(logarithm, logarithm), counted(labels)), labels);
}

/** @param values [batch, pos], zero where the label is `IGNORED` */
function meanOverLabels(values: Tensor, labels: Tensor): Tensor {
  return divide(sumAll(values), sumAll(counted(labels)));
}

/** 1 where a label counts, else 0; float32. */
function counted(labels: Tensor): Tensor {
  const { graph } = labels;
  const ignored = graph.constant({ type: 'int32', shape: [], data: Int32Array.of(IGNORED) });
  return subtract(graph.scalar(1), cast(equal(labels, ignored), 'float32'));
}
