// Measures one piece of work within bounds of time.
import { cardMegabytes, processMegabytes } from './memory';
import type { Figures, Work } from './task';

/** Runs before those that count; a training has all of its memory after as many steps. */
const WARM_UP = 3;
/** Measured for at least so long, and so often. */
const SHORTEST_SECONDS = 1;
const FEWEST_RUNS = 3;

export interface Measured {
  /** Milliseconds of the work, median and best. */
  ms: number;
  fastest_ms: number;
  runs: number;
  figures: Figures;
}

/** @param seconds after which no further run begins: what was measured by then counts, the first run if nothing else */
export async function measureWork(work: Work, seconds: number, watchMemory = false): Promise<Measured> {
  const { repeats = 1 } = work;
  const begin = performance.now();
  const times: number[] = [];
  let before: Figures = {};
  for (;;) {
    if (times.length === WARM_UP && watchMemory) before = await megabytes('after_3');
    const measured = times.slice(WARM_UP);
    const total = measured.reduce((a, b) => a + b, 0);
    if (measured.length >= FEWEST_RUNS && total >= SHORTEST_SECONDS * 1000) break;
    if (times.length > 0 && performance.now() - begin > seconds * 1000) break;
    await work.beforeTurn?.();
    const start = performance.now();
    await work.run();
    times.push(performance.now() - start);
  }
  const counted = (times.length > WARM_UP ? times.slice(WARM_UP) : times.slice(-1)).sort((a, b) => a - b);
  const ms = counted[counted.length >> 1] / repeats;
  const after = watchMemory && times.length > WARM_UP ? await megabytes('at_end') : {};
  return {
    ms,
    fastest_ms: counted[0] / repeats,
    runs: counted.length,
    figures: { ...work.figures?.(ms), ...before, ...after },
  };
}

async function megabytes(when: string): Promise<Figures> {
  const found = { megabytes: processMegabytes(), card_megabytes: await cardMegabytes() };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) =>
      value === undefined ? [] : [[`${name}_${when}`, value]],
    ),
  );
}
