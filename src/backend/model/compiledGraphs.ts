// Graphs compiled once and kept while there is memory for them, and for what is to be run.
import { setImmediate } from 'node:timers/promises';
import { totalMemory } from '../engine/availableMemory';
import type { Executable } from '../engine/executor';
import { SubtextError } from '../errors';

/** Inspection alternates between a handful of graphs; each may hold a copy of the weights and the values of its runs. */
const LARGEST_SHARE = 1 / 8;

export class CompiledGraphs {
  /** The first is the one unused for longest. */
  private readonly kept = new Map<string, { compiling: Promise<Executable>; ready?: Executable }>();

  /** @param limit bytes that all of them may hold together */
  constructor(private readonly limit = LARGEST_SHARE * totalMemory()) {}

  /** The graph of that signature; what was unused for longest goes while all together hold more than the limit. */
  async get(signature: string, compile: () => Promise<Executable>): Promise<Executable> {
    const entry = this.kept.get(signature) ?? { compiling: compile() };
    this.kept.delete(signature);
    this.kept.set(signature, entry);
    try {
      entry.ready ??= this.makingRoom(signature, await entry.compiling);
    } catch (error) {
      this.kept.delete(signature);
      throw error;
    }
    this.shrink(signature);
    return entry.ready;
  }

  /** Lets those go whose signature is named; a run under way ends first. */
  release(isNamed: (signature: string) => boolean): void {
    for (const signature of [...this.kept.keys()].filter(isNamed)) void this.evict(signature);
  }

  dispose(): void {
    this.release(() => true);
  }

  /** The same graph, but for a run that does not fit the others go first. */
  private makingRoom(signature: string, executable: Executable): Executable {
    const retried = async <Result>(run: () => Promise<Result>): Promise<Result> => {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof SubtextError) || error.reason !== 'memory') throw error;
        // Whoever was just given one of them begins his run first.
        await setImmediate();
        const others = [...this.kept].filter(([each, { ready }]) => each !== signature && ready);
        if (others.length === 0) throw error;
        await Promise.all(others.map(([each]) => this.evict(each)));
        return run();
      }
    };
    return {
      run: (inputs) => retried(() => executable.run(inputs)),
      runHolding: (inputs) => retried(() => executable.runHolding(inputs)),
      get bytes() {
        return executable.bytes;
      },
      dispose: () => executable.dispose(),
    };
  }

  private shrink(asked: string): void {
    let held = [...this.kept.values()].reduce((sum, { ready }) => sum + (ready?.bytes ?? 0), 0);
    for (const [signature, { ready }] of [...this.kept]) {
      if (held <= this.limit) return;
      if (signature === asked || !ready) continue;
      held -= ready.bytes;
      void this.evict(signature);
    }
  }

  private async evict(signature: string): Promise<void> {
    const entry = this.kept.get(signature);
    this.kept.delete(signature);
    await entry?.compiling.then(
      (ready) => ready.dispose(),
      () => undefined,
    );
  }
}
