// How runs are spoken of in lists, tooltips and messages.
import type { ShownRunState } from '../../protocol/runViews';
import type { RunEstimate, RunStatus } from '../../protocol/runs';
import { count, duration, memory, short, size } from '../numbers';
import type { RunDirectory } from './runDirectory';

/** Codicons, each of its own shape: colour alone says nothing. */
export const stateIcons: Record<ShownRunState, string> = {
  starting: 'circle-large-outline',
  running: 'play-circle',
  pausing: 'debug-pause',
  paused: 'debug-pause',
  cancelling: 'circle-slash',
  cancelled: 'circle-slash',
  finished: 'pass',
  failed: 'error',
  interrupted: 'debug-disconnect',
};

/** `1,240 / 2,000` */
export function progressOf({ status }: RunDirectory): string | undefined {
  return status && status.steps > 0 ? `${count(status.step)} / ${count(status.steps)}` : undefined;
}

/** `running · 1,240 / 2,000 · validation 0.402 nats · 2 min 4 s` */
export function descriptionOf(run: RunDirectory): string {
  return factsOf(run).join(' · ');
}

/** For a screen reader: `cfg-small-01, running, step 1,240 of 2,000, validation loss 0.402 nats, 2 min 4 s`. */
export function spokenOf(run: RunDirectory): string {
  const { name, state, status, loss } = run;
  return [
    name,
    state,
    ...(status && status.steps > 0 ? [`step ${count(status.step)} of ${count(status.steps)}`] : []),
    ...(loss ? [`${loss.of} loss ${short(loss.nats)} nats`] : []),
    ...(status ? [duration(status.seconds)] : []),
  ].join(', ');
}

/** Share of the steps that are done, 0…1. */
export function shareOf({ status }: RunDirectory): number {
  return status && status.steps > 0 ? Math.min(1, status.step / status.steps) : 0;
}

function factsOf(run: RunDirectory): string[] {
  const { state, status, loss } = run;
  const progress = progressOf(run);
  return [
    state,
    ...(progress === undefined ? [] : [progress]),
    ...(loss ? [`${loss.of} ${short(loss.nats)} nats`] : []),
    ...(status && status.seconds > 0 ? [duration(status.seconds)] : []),
  ];
}

/** `1.31M parameters · 20.5M tokens · about 3 min on cpu · 410 MB` */
export function estimateWords({ parameters, tokens, seconds, bytes, engine }: RunEstimate): string {
  const time = seconds === undefined ? `on ${engine}` : `about ${duration(seconds)} on ${engine}`;
  return [`${size(parameters)} parameters`, `${size(tokens)} tokens`, time, memory(bytes)].join(' · ');
}

/** `The disk is full. Free some space.`, whether or not the message ends in a full stop; why is not always known. */
export function failureWords(error: RunStatus['error']): string {
  const { message, remedy } = error ?? { message: 'its log says why', remedy: '' };
  return `${message.replace(/\.$/, '')}. ${remedy}`.trim();
}
