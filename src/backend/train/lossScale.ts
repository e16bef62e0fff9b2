// Dynamic loss scaling (Micikevicius et al. 2018, arXiv 1710.03740, §3.2): in float16 small gradients would become 0. The
// loss is multiplied by a power of two before the backward pass, and the gradients are divided by it after: in float32, so
// that it changes no digit of them.

export interface LossScale {
  scale: number;
  /** Steps in a row that were good at it. */
  good: number;
  /** Steps left out since training began: an optimizer that counts its updates does not count these. */
  skipped: number;
}

export const FIRST_SCALE: LossScale = { scale: 2 ** 16, good: 0, skipped: 0 };

/** Steps after which a larger one is tried, as in PyTorch's GradScaler. */
const GOOD_STEPS = 2000;
/** Squares of gradients as large as 10¹¹ still fit into float32. */
const LARGEST = 2 ** 24;

export function afterGoodStep({ scale, good, skipped }: LossScale): LossScale {
  if (good + 1 < GOOD_STEPS) return { scale, good: good + 1, skipped };
  return { scale: Math.min(2 * scale, LARGEST), good: 0, skipped };
}

/** After a step whose gradients were not finite; undefined where a smaller scale would not help: they are not without one. */
export function afterOverflow({ scale, skipped }: LossScale): LossScale | undefined {
  return scale > 1 ? { scale: scale / 2, good: 0, skipped: skipped + 1 } : undefined;
}

/** What is told of a step whose gradients were too large. @param now the scale after it */
export function skippedStep(step: number, now: LossScale): string {
  return `left out step ${step}: its gradients were too large for float16; the loss scale is ${now.scale} now`;
}
