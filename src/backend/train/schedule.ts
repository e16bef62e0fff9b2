// The learning rate of each step.
import type { TrainSettings } from './recipe';

/** Share of the steps in which warmup-stable-decay decays, unless the recipe says. */
const DECAY_SHARE = 0.2;

/**
 * The learning rate of step `step`, counted from 1. It rises linearly to `learning_rate` over the warm-up (whose last step
 * has it in full), and ends at `final` times that in step `steps`: straight (`linear`), by half a cosine (`cosine`,
 * arXiv 1608.03983), or straight over the last `decay` steps alone (`warmup-stable-decay`, arXiv 2404.06395).
 */
export function learningRate(
  { learning_rate, steps, schedule }: Pick<TrainSettings, 'learning_rate' | 'steps' | 'schedule'>,
  step: number,
): number {
  const { kind, warmup, final } = schedule;
  if (step <= warmup) return (learning_rate * step) / warmup;
  const between = (done: number) => final + (1 - final) * (1 - Math.min(Math.max(done, 0), 1));
  const after = (start: number) => (step - start) / Math.max(steps - start, 1);
  switch (kind) {
    case 'constant':
      return learning_rate;
    case 'linear':
      return learning_rate * between(after(warmup));
    case 'cosine': {
      const done = Math.min(after(warmup), 1);
      return learning_rate * (final + ((1 - final) * (1 + Math.cos(Math.PI * done))) / 2);
    }
    case 'warmup-stable-decay': {
      const decay = schedule.decay ?? Math.max(Math.round(steps * DECAY_SHARE), 1);
      return learning_rate * between(after(Math.max(steps - decay, warmup)));
    }
  }
}
