// Where a run goes back to when its loss jumps, how it goes on from there, and which checkpoints it needs for that.
// All of it follows from the regular checkpoints alone: a run that was paused now and then goes the same way.
import { SubtextError } from '../errors';
import type { TrainSettings } from './recipe';
import type { SpikeSettings } from './spikes';
import type { Progress } from './trainState';

/** Five halvings: what still diverges does so for another reason than a rate that is a little too high. */
const LEAST_RATE_FACTOR = 1 / 32;

export interface Spike {
  /** Its first step. */
  from: number;
  /** Number of the last batch that was seen. */
  seen: number;
  /** What was thrown, where numbers were lost. */
  cause?: SubtextError;
}

export interface WayBack {
  /** Of the checkpoint to go back to; 0 is the beginning. */
  step: number;
  goesOn: Pick<Progress, 'batch' | 'rateFactor' | 'retries' | 'spikeAt'>;
  /** What happened, for people. */
  event: string;
}

type Settings = Pick<TrainSettings, 'checkpoint_every' | 'keep_checkpoints' | 'spike_guard' | 'steps'>;

/**
 * The way out of a spike: to the newest checkpoint of `window` steps before it, else to the oldest before it at all, and on
 * with batches that come after it.
 * @param checkpoints steps of all that are kept, in order
 * @throws SubtextError the cause, or `run`, once smaller rates have been of no use
 */
export function wayBack(
  settings: Settings & { spike_guard: SpikeSettings },
  progress: Progress,
  checkpoints: readonly number[],
  { from, seen, cause }: Spike,
): WayBack {
  const { window, retries } = settings.spike_guard;
  const same = from <= progress.spikeAt + window;
  const tries = same ? progress.retries + 1 : 1;
  const halve = tries > retries;
  if (halve && progress.rateFactor <= LEAST_RATE_FACTOR) throw cause ?? endless(from);
  const before = checkpoints.filter((step) => step < from && isRegular(step, settings));
  const step = before.findLast((each) => each <= from - window) ?? before.at(0) ?? 0;
  const what = cause ? `Step ${from} gave no numbers` : `The loss rose at step ${from}`;
  return {
    step,
    goesOn: {
      batch: seen + window,
      rateFactor: progress.rateFactor / (halve ? 2 : 1),
      retries: halve ? 0 : tries,
      spikeAt: from,
    },
    event: `${what}: went back to step ${step}, skipped the batches up to there and ${window} more${halve ? ', halved the learning rate' : ''}`,
  };
}

/**
 * The checkpoints that may go: all but the newest, and with a guard some before, so that there always is one to go back to.
 * Those of pauses do not count, and go with the regular ones around them.
 * @param checkpoints steps, in order
 */
export function expendable(checkpoints: readonly number[], settings: Settings): number[] {
  const regular = checkpoints.filter((step) => isRegular(step, settings));
  const [oldest] = regular.slice(-settings.keep_checkpoints);
  const needed = neededBack(regular.at(-1) ?? 0, settings);
  return checkpoints.filter((step) => step < oldest && !needed(step));
}

/**
 * Two at most: the regular checkpoints at multiples of what a guard goes back at most, from the one on that a spike which
 * began at `newest` needs.
 */
function neededBack(newest: number, { checkpoint_every, spike_guard }: Settings): (step: number) => boolean {
  if (!spike_guard) return () => false;
  const back = spike_guard.window + spike_guard.patience;
  const apart = Math.ceil(back / checkpoint_every!) * checkpoint_every!;
  return (step) => step % apart === 0 && step > newest - back - apart;
}

/** Whether an unbroken run would have it too. */
function isRegular(step: number, { checkpoint_every, steps }: Settings): boolean {
  return step % checkpoint_every! === 0 || step === steps;
}

function endless(from: number): SubtextError {
  return new SubtextError(
    'run',
    `The loss rises at step ${from} again and again, at a 32nd of the learning rate too`,
    'Raise floor, deviations or patience of train.spike_guard if these are no spikes; else lower train.learning_rate.',
  );
}
