// What a residual stream says of the next token, reduced to a few numbers per place inside the graph, so that no logits
// leave the engine.
import type { NamedTensors } from '../../engine/executor';
import type { Tensor, TensorData } from '../../engine/graph/graph';
import {
  add,
  cast,
  exponential,
  lessThan,
  logSoftmax,
  multiply,
  negate,
  slice,
  subtract,
  sum,
  takeAlong,
  topK,
} from '../../engine/operations';
import type { Ending } from '../../model/languageModel';
import type { Reading } from '../reading';
import { readoutChanges } from '../readoutChanges';

const TARGETS = 'targets';

/** Columns of one place of the residual stream each, [points, rows]. */
export interface LensRows {
  /** The likeliest token. */
  top: Int32Array;
  topProbability: Float32Array;
  targetProbability: Float32Array;
  /** 1 = likeliest. */
  targetRank: Int32Array;
  /** Kullback-Leibler divergence of the last point's prediction from this one, in nats. */
  divergence: Float32Array;
  /** In nats. */
  entropy: Float32Array;
}

/**
 * Reads rows of residual streams with the model's own final norm (its statistics those of each row) and unembedding.
 * @param tokens their indices in the text
 * @param residual [points, rows, d_model]; the last point is what the others are compared with
 * @param targets a token id for each row
 */
export async function readLensRows(
  reading: Reading,
  tokens: readonly number[],
  residual: TensorData,
  targets: Int32Array,
): Promise<LensRows> {
  const [points, rows] = residual.shape;
  const data = new Int32Array(points * rows);
  for (let point = 0; point < points; point++) data.set(targets, point * rows);
  const inputs: NamedTensors = new Map([[TARGETS, { type: 'int32', shape: [points, rows, 1], data }]]);
  const outputs = await reading.model.readout(
    residual,
    lensEnding(points),
    readoutChanges(reading, tokens, points),
    inputs,
  );
  const floats = (name: keyof LensRows) => outputs.get(name)!.data as Float32Array;
  const found: LensRows = {
    top: Int32Array.from(outputs.get('top')!.data),
    topProbability: floats('topProbability').map(Math.exp),
    targetProbability: floats('targetProbability').map(Math.exp),
    targetRank: Int32Array.from(floats('targetRank'), (above) => above + 1),
    // Rounding may leave it a little below zero.
    divergence: floats('divergence').map((value) => Math.max(value, 0)),
    entropy: floats('entropy').map((value) => Math.max(value, 0)),
  };
  markNotNumbers(found);
  return found;
}

/** The name of the ending that reads so many points. */
export function lensEndingName(points: number): string {
  return `logit lens of ${points}`;
}

function lensEnding(points: number): Ending {
  return {
    name: lensEndingName(points),
    outputs: (logits) => {
      const targets = logits.graph.input(TARGETS, 'int32', ['batch', 'pos', 1]);
      const logs = logSoftmax(logits); // [points, rows, d_vocab]
      const likelihoods = exponential(logs);
      const last = (x: Tensor) => slice(x, 0, points - 1, points);
      const { values, indices } = topK(logs, 1);
      const own = takeAlong(logs, targets);
      // Σ p·(log p − log q) + (q − p): the sums of p and q are both 1, and so no term is negative, and a rounding of
      // log q that all tokens share takes itself away.
      const differences = multiply(last(likelihoods), subtract(last(logs), logs));
      const divergence = sum(add(differences, subtract(likelihoods, last(likelihoods))));
      return new Map<keyof LensRows, Tensor>([
        ['top', indices],
        ['topProbability', values],
        ['targetProbability', own],
        ['targetRank', sum(cast(lessThan(own, logs), 'float32'))],
        ['divergence', divergence],
        ['entropy', negate(sum(multiply(likelihoods, logs)))],
      ]);
    },
  };
}

/** Where a prediction is not made of numbers there is no likeliest token and no rank: what engines say then differs. */
function markNotNumbers(rows: LensRows): void {
  rows.entropy.forEach((entropy, index) => {
    if (!Number.isNaN(entropy)) return;
    rows.top[index] = -1;
    rows.targetRank[index] = 0;
    for (const column of [rows.topProbability, rows.targetProbability, rows.divergence]) column[index] = NaN;
  });
}
