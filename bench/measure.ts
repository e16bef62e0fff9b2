// Times of one thing done several times.

export interface Measurement {
  name: string;
  /** Milliseconds. */
  median: number;
  min: number;
  max: number;
}

/** Runs `work` `warmUp` times unmeasured, then `times` times. */
export async function measure(
  name: string,
  work: () => Promise<unknown>,
  { warmUp = 3, times = 15 } = {},
): Promise<Measurement> {
  for (let i = 0; i < warmUp; i++) await work();
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  taken.sort((a, b) => a - b);
  return { name, median: taken[Math.floor(times / 2)], min: taken[0], max: taken[times - 1] };
}
