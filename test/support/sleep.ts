// A machine that sleeps, as its processes see it: they stop for some seconds, all at once, and go on.
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than any moment that somebody waits for an answer of a process at work. */
const SLEEP_MILLISECONDS = 4000;

/** @param during what is looked at while they sleep */
export async function sleepThrough(
  ids: readonly number[],
  during: () => unknown = () => undefined,
): Promise<void> {
  for (const id of ids) process.kill(id, 'SIGSTOP');
  try {
    await sleep(SLEEP_MILLISECONDS);
    await during();
  } finally {
    for (const id of ids) process.kill(id, 'SIGCONT');
  }
}
