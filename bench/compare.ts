// One benchmark of ours beside its peers: the same work at the same sizes, in turns.
import { isDeepStrictEqual } from 'node:util';
import { alternate, median, ratios, type Turns } from './alternate';
import { sizes, type BenchmarkName, type Size } from '../src/backend/bench/sizes';
import type { Figures } from '../src/backend/bench/task';
import { recipes } from './recipes';
import { MissingPeer, Runner, type PeerName, type Prepared } from './runner';

export interface Ratio {
  name: string;
  /** Milliseconds, medians. */
  ours_ms: number;
  /** Null where this machine has no peer. */
  peer_ms: number | null;
  /** Peer / ours: more than 1 where ours is faster. */
  ratio: number | null;
  /** The median over the rounds of peer / ours. */
  paired_ratio: number | null;
  ours: string;
  peer: string | null;
  /** What else was measured on either side. */
  ours_figures: Figures;
  peer_figures: Figures | null;
}

const peers: Record<BenchmarkName, PeerName[]> = {
  train: ['pytorch'],
  forward: ['pytorch', 'transformer_lens'],
  generate: ['pytorch'],
  matmul: ['pytorch'],
  attention: ['pytorch'],
};

/** @param only the name of a size, or its first word; without it all but the large ones */
export async function compare(
  benchmark: BenchmarkName,
  only: string | undefined,
  turns: Turns,
  say: (line: string) => void,
): Promise<Ratio[]> {
  const all: readonly Size[] = sizes[benchmark];
  const wanted = all.filter(({ name, large }) =>
    only === undefined ? !large : `${name} `.startsWith(`${only} `),
  );
  if (wanted.length === 0) {
    throw new Error(`${benchmark} has no size ${only}, but ${all.map(({ name }) => name).join(', ')}`);
  }
  const missing = new Set<PeerName>();
  const results: Ratio[] = [];
  for (const size of wanted) {
    const candidates = peers[benchmark].filter((name) => !missing.has(name));
    results.push(...(await compareSize(benchmark, size, candidates, missing, turns, say)));
  }
  return results;
}

async function compareSize(
  benchmark: BenchmarkName,
  size: Size,
  candidates: readonly PeerName[],
  missing: Set<PeerName>,
  turns: Turns,
  say: (line: string) => void,
): Promise<Ratio[]> {
  const task = { benchmark, size };
  const runners: Runner[] = [];
  const prepared: Prepared[] = [];
  const found: PeerName[] = [];
  const start = async (runner: Runner) => {
    try {
      prepared.push(await runner.prepare(task));
      runners.push(runner);
    } catch (error) {
      runner.stop();
      throw error;
    }
  };
  try {
    await start(Runner.ours());
    for (const name of candidates) {
      try {
        await start(Runner.peer(name));
        found.push(name);
      } catch (error) {
        if (!(error instanceof MissingPeer)) throw error;
        missing.add(name);
        say(`Without ${name}: ${error.message}`);
      }
    }
    checkFacts(prepared);
    const times = await alternate(runners, turns);
    const figures: Figures[] = [];
    for (const runner of runners) figures.push(await runner.finish());
    const name = `${benchmark} ${size.name}`;
    if (runners.length === 1) return [ratio(name, prepared, times, figures)];
    return found.map((peer, index) => {
      const pair = <Each>(each: Each[]): Each[] => [each[0], each[index + 1]];
      return ratio(nameBeside(name, peer), pair(prepared), pair(times), pair(figures));
    });
  } finally {
    for (const runner of runners) runner.stop();
  }
}

/** PyTorch is who everything is compared with; others are named. */
function nameBeside(name: string, peer: PeerName): string {
  return peer === 'pytorch' ? name : `${name} beside ${peer}`;
}

/** What the trainer adds to the engine's bare step: trainer / step. @param only the name of a recipe */
export async function compareTrainer(only: string | undefined, turns: Turns): Promise<Ratio[]> {
  const results: Ratio[] = [];
  for (const size of recipes.filter(({ name }) => only === undefined || name === only)) {
    const runners = [Runner.ours(), Runner.ours()];
    try {
      const prepared = [
        await runners[0].prepare({ benchmark: 'step', size }),
        await runners[1].prepare({ benchmark: 'trainer', size }),
      ];
      checkFacts(prepared);
      const times = await alternate(runners, turns);
      const figures = [await runners[0].finish(), await runners[1].finish()];
      results.push(ratio(`train ${size.name} with trainer`, prepared, times, figures));
    } finally {
      for (const runner of runners) runner.stop();
    }
  }
  return results;
}

/** @throws Error when a peer does other work than ours */
export function checkFacts([ours, ...others]: readonly Prepared[]): void {
  for (const { detail, facts } of others) {
    for (const [name, value] of Object.entries(facts)) {
      if (name in ours.facts && !isDeepStrictEqual(value, ours.facts[name])) {
        throw new Error(`${detail} differs in ${name}: ${JSON.stringify([ours.facts[name], value])}`);
      }
    }
  }
}

function ratio(name: string, prepared: Prepared[], times: number[][], figures: Figures[]): Ratio {
  const [ours, peer] = times as [number[], number[]?];
  const both = peer && ratios(ours, peer);
  return {
    name,
    ours_ms: median(ours),
    peer_ms: peer ? median(peer) : null,
    ratio: both?.ratio ?? null,
    paired_ratio: both?.paired ?? null,
    ours: prepared[0].detail,
    peer: peer ? prepared[1].detail : null,
    ours_figures: figures[0],
    peer_figures: peer ? figures[1] : null,
  };
}
