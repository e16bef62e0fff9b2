// Two or more sides take turns at the same work, so that whatever else the machine does meets them all alike.

export interface Side {
  /** Does the work `count` times. @returns milliseconds of one */
  run(count: number): Promise<number>;
  /** Called when it is warm: what it counted so far is forgotten. */
  begin(): Promise<void>;
}

export interface Turns {
  rounds: number;
  /** Milliseconds that a turn should last at least: short work is repeated. */
  length: number;
  /** Milliseconds before each turn, in which the threads of the side before go to sleep. */
  pause: number;
}

/**
 * The pause is long enough for a thread pool that spins after its last run, as ONNX Runtime's does; the turn for a few runs
 * of all but the largest work, because the first one finds nothing of its side's in the caches.
 */
export const TURNS: Turns = { rounds: 11, length: 1000, pause: 100 };

/** @returns for each side its times in milliseconds, one of every round */
export async function alternate(
  sides: readonly Side[],
  { rounds, length, pause }: Turns,
): Promise<number[][]> {
  const counts: number[] = [];
  for (const side of sides) counts.push(await warmUp(side, length));
  for (const side of sides) await side.begin();
  const times = sides.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      await sleep(pause);
      times[index].push(await side.run(counts[index]));
    }
  }
  return times;
}

/** @returns how often the work fits into a turn */
async function warmUp(side: Side, length: number): Promise<number> {
  let shortest = Infinity;
  for (let i = 0; i < 3; i++) shortest = Math.min(shortest, await side.run(1));
  const count = Math.max(1, Math.ceil(length / Math.max(shortest, 1e-3)));
  return Math.max(1, Math.ceil(length / Math.max(await side.run(count), 1e-3)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Peer / ours: of the medians, and the median over the rounds, which a machine that was slow for a while moves less.
 * @param ours one time of every round, as `peer`
 */
export function ratios(ours: readonly number[], peer: readonly number[]): { ratio: number; paired: number } {
  return {
    ratio: median(peer) / median(ours),
    paired: median(ours.map((time, round) => peer[round] / time)),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
