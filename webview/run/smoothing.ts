// Exponential smoothing that starts without a bias: the weighted mean of all values so far, each step back weighing
// `weight` times as much (as Adam corrects its averages).

export interface Smoother {
  /** Writes the smoothed form of `values` from index `from` on; `from` is 0 or where the last call ended. */
  extend(values: Float32Array, smoothed: Float32Array, from: number): void;
}

/** A smoother that begins at the first value; NaN is skipped and stays a gap. */
export function makeSmoother(weight: number): Smoother {
  let sum = 0;
  let weights = 0;
  return {
    extend(values, smoothed, from) {
      if (from === 0) sum = weights = 0;
      for (let index = from; index < values.length; index++) {
        const value = values[index];
        if (Number.isNaN(value)) smoothed[index] = NaN;
        else {
          sum = weight * sum + (1 - weight) * value;
          weights = weight * weights + (1 - weight);
          smoothed[index] = sum / weights;
        }
      }
    },
  };
}
