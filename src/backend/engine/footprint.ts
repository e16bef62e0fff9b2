// The memory of one compiled graph: what it holds, and whether its next run still fits.
import { SubtextError } from '../errors';
import { availableMemory, gigabytes } from './availableMemory';
import type { Plan } from './executor';
import type { Bindings } from './graph/dimension';
import { Lifetimes } from './lifetimes';

/** Engines take memory in blocks that are not quite filled: 1.1 to 1.5 times what lives at once (bench/NOTES.md). */
const ENGINE_SHARE = 1.25;

/** What people call sizes that models leave open; the others are called what graphs call them. */
const WORDS: Readonly<Record<string, string>> = { pos: 'tokens', past: 'earlier tokens' };

export interface FootprintOptions {
  /** Bytes that it holds from run to run whatever their sizes: packed weights, second buffers. */
  own?: number;
  /** Bytes that can be had. */
  available?: () => number;
  /** Whether the engine frees values during a run and keeps their memory for the next; else all goes at its end. */
  freed?: boolean;
}

/** Bytes of a run of these sizes, without what the graph holds from run to run. */
export function runBytes(plan: Plan, sizes: Bindings): number {
  return bytesOf(new Lifetimes(plan, true), sizes);
}

function bytesOf(lifetimes: Lifetimes, sizes: Bindings): number {
  const { values, outputs } = lifetimes.memory(sizes);
  return ENGINE_SHARE * values + outputs;
}

export class Footprint {
  private readonly lifetimes: Lifetimes;
  private readonly keeps: boolean;
  private readonly own: number;
  private readonly available: () => number;
  /** Of what it holds, bytes that are still to be taken. */
  private pending: number;
  /** Sizes at which a run was found to fit. */
  private admitted?: Bindings;
  /** Bytes of the largest run, which engines keep for the next. */
  private run = 0;

  /** @throws SubtextError `memory` when even what it holds does not fit */
  constructor(plan: Plan, { own = 0, available = availableMemory, freed = true }: FootprintOptions = {}) {
    this.keeps = freed;
    this.lifetimes = new Lifetimes(plan, freed);
    this.own = own;
    this.pending = own;
    this.available = available;
    if (own > 0) this.check(own, new Map());
  }

  /** What the graph holds now. */
  get bytes(): number {
    return this.own + this.run;
  }

  /** To be told when what it holds from run to run is taken. */
  hold(): void {
    this.pending = 0;
  }

  /**
   * To be asked before every run.
   * @throws SubtextError `memory` when a run of these sizes takes more than can be had
   */
  admit(bindings: Bindings): void {
    const { admitted } = this;
    if (admitted && [...bindings].every(([name, size]) => size <= (admitted.get(name) ?? -1))) return;
    // Rounded up, so that a text that grows by a token at a time is not asked about at each.
    const rounded = new Map([...bindings].map(([name, size]) => [name, roundUp(size)]));
    const larger = this.runBytes(rounded);
    const fits = larger <= this.run || this.more(larger) <= this.available();
    const run = fits ? larger : this.runBytes(bindings);
    if (!fits) this.check(this.more(run), bindings);
    if (this.keeps) this.run = Math.max(run, this.run);
    this.admitted = fits ? rounded : bindings;
  }

  private runBytes(bindings: Bindings): number {
    return bytesOf(this.lifetimes, bindings);
  }

  /** Bytes that a run takes beyond those that are taken. */
  private more(run: number): number {
    return this.pending + run - this.run;
  }

  private check(more: number, bindings: Bindings): void {
    const available = Math.max(this.available(), 0);
    if (more <= available) return;
    const sizes = [...bindings].map(([name, size]) => `${called(name)} ${size}`).join(', ');
    throw new SubtextError(
      'memory',
      `About ${gigabytes(more)} of memory are needed${sizes && ` for ${sizes}`}; ${gigabytes(available)} are free`,
      this.remedy(bindings, available),
    );
  }

  /** The largest sizes that fit, halving one after the other in the order of the graph's inputs. */
  private remedy(bindings: Bindings, available: number): string {
    const sizes = new Map(bindings);
    const lowered = new Set<string>();
    for (const name of bindings.keys()) {
      for (let size = sizes.get(name)!; size > 1;) {
        size = Math.ceil(size / 2);
        sizes.set(name, size);
        lowered.add(name);
        const run = this.runBytes(sizes);
        if (this.more(run) > available) continue;
        const to = [...lowered].map((each) => `${called(each)} to ${sizes.get(each)}`).join(' and ');
        return `Lower ${to} (about ${gigabytes(run)}), or ask for fewer activations.`;
      }
    }
    return 'Use a smaller model, or close other programs.';
  }
}

function called(name: string): string {
  return WORDS[name] ?? name;
}

/** To three binary digits: at most a quarter more. */
function roundUp(size: number): number {
  const step = 2 ** Math.max(Math.floor(Math.log2(Math.max(size, 1))) - 2, 0);
  return Math.ceil(size / step) * step;
}
