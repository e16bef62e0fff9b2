// The loss that language models are trained on.
import { type Tensor } from '../engine/graph/graph';
import { cast, crossEntropy, divide, equal, subtract, sumAll } from '../engine/operations';

/** Labels of positions that do not count (PyTorch's convention). */
export const IGNORED = -100;

/**
 * Mean cross-entropy in nats over the labels that are not `IGNORED`; NaN when none counts.
 * @param logits [batch, pos, d_vocab]
 * @param labels int32 [batch, pos]: the token that follows each position
 */
export function languageModelLoss(logits: Tensor, labels: Tensor): Tensor {
  const { graph } = logits;
  const ignored = graph.constant({ type: 'int32', shape: [], data: Int32Array.of(IGNORED) });
  const counted = subtract(graph.scalar(1), cast(equal(labels, ignored), 'float32'));
  return divide(sumAll(crossEntropy(logits, labels, IGNORED)), sumAll(counted));
}
