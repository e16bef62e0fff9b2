// The loss that language models are trained on.
import { type Tensor } from '../engine/graph/graph';
import {
  add,
  cast,
  crossEntropy,
  divide,
  equal,
  linearCrossEntropy,
  multiply,
  reshape,
  slice,
  subtract,
  sumAll,
} from '../engine/operations';
import type { TransformerConfiguration } from '../model/configuration';
import type { Unembedding } from '../model/transformer';

/** Labels of positions that do not count (PyTorch's convention). */
export const IGNORED = -100;

/**
 * Logits of more bytes are never made: their losses are computed a stretch of the vocabulary at a time
 * (`linearCrossEntropy`), which costs one more product but holds neither them nor their gradient.
 */
const LARGEST_LOGITS = 256 * 1024 * 1024;

/** Whether the losses of so many tokens at once are computed without whole logits. */
export function withoutLogits({ d_vocab }: TransformerConfiguration, tokens: number): boolean {
  return 4 * tokens * d_vocab > LARGEST_LOGITS;
}

/**
 * Mean cross-entropy in nats over the labels that are not `IGNORED`; NaN when none counts.
 * @param logits [batch, pos, d_vocab]
 * @param labels int32 [batch, pos]: the token that follows each position
 */
export function languageModelLoss(logits: Tensor, labels: Tensor): Tensor {
  return meanOverLabels(crossEntropy(logits, labels, IGNORED), labels);
}

/** `languageModelLoss` and `zLoss` without whole logits. */
export function lossesWithoutLogits(
  { input, weight, tied, bias }: Unembedding,
  labels: Tensor,
): { loss: Tensor; zLoss: Tensor } {
  const { losses, logarithms } = linearCrossEntropy(
    { x: input, weight, labels, bias },
    { ignoreIndex: IGNORED, transposed: tied },
  );
  return { loss: meanOverLabels(losses, labels), zLoss: meanSquare(logarithms, labels) };
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
  return meanSquare(logarithm, labels);
}

function meanSquare(values: Tensor, labels: Tensor): Tensor {
  return meanOverLabels(multiply(multiply(values, values), counted(labels)), labels);
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
