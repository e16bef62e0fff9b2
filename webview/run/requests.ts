// What can be asked of a run, and what of it can be opened.
import type { FromRunView, RunSnapshot } from '../../src/protocol/runViews';

export type Request = Extract<FromRunView, { type: 'control' }>['request'];

/** What can be asked of a run in its state; a request that is under way cannot be made again. */
export function requestsOf(state: RunSnapshot['state']): { main?: 'pause' | 'resume'; cancel: boolean } {
  switch (state) {
    case 'starting':
    case 'running':
      return { main: 'pause', cancel: true };
    // The process of a run that is paused has ended: there is nothing to cancel.
    case 'paused':
    case 'interrupted':
    case 'failed':
    case 'cancelled':
      return { main: 'resume', cancel: false };
    case 'pausing':
      return { cancel: true };
    case 'cancelling':
    case 'finished':
      return { cancel: false };
  }
}

/** What can be opened as a model: the final one, and the saved steps, the latest first. */
export function checkpointsOf({ state, status, hasFinal }: RunSnapshot): (number | 'final')[] {
  const steps = [...(status?.checkpoints ?? [])].reverse();
  return (hasFinal ?? state === 'finished') ? ['final', ...steps] : steps;
}
