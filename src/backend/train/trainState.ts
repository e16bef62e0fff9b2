// How far a run has come, as its checkpoints keep it.
import type { LossScale } from './lossScale';
import type { SpikeMemory } from './spikes';

/** Everything that decides how a run goes on, but for weights and optimizer state. */
export interface Progress {
  /** Steps done. */
  step: number;
  tokens: number;
  /** Seconds spent training. */
  seconds: number;
  /** Number of the batch that the last step had: after a spike some are skipped. */
  batch: number;
  /** What the schedule's rate is multiplied by: halved where going back did not help. */
  rateFactor: number;
  /** Times that the run went back from one place, and the step at which the last spike began. */
  retries: number;
  spikeAt: number;
  /** Of the evaluation after the last step, if there was one. */
  validationLoss?: number;
  guard: SpikeMemory;
  /** In float16, once there was a step. */
  lossScale?: LossScale;
}

export const START: Progress = {
  step: 0,
  tokens: 0,
  seconds: 0,
  batch: 0,
  rateFactor: 1,
  retries: 0,
  spikeAt: 0,
  guard: { losses: [], high: 0 },
};
