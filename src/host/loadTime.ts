// Imported first: the processor time when loading began, for the promise about activation. Not the clock: what other
// programs do meanwhile is no promise of ours.
const started = process.cpuUsage();

/** Milliseconds of processor time since loading began. */
export function loadTime(): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
