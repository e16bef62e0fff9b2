// The attention patterns of one text: computed when they are looked at, and kept while they fit into memory.
import type { Cancellation } from '../../cancellation';
import { throwIfCancelled } from '../../cancellation';
import type { Reading } from '../reading';
import { patternWindows, type PatternWindow } from './windows';

/** The patterns of all heads of one layer for the destinations that a window owns. */
export interface PatternBlock extends PatternWindow {
  layer: number;
  heads: number;
  /** [heads, rows, keys] */
  data: Float32Array;
}

/**
 * Patterns of more bytes than this are not kept, nor asked of the engine in one run: 1024 tokens of a model of 4 layers
 * and 16 heads, as much as the store of neurons.
 */
export const LARGEST_PATTERNS = 256 * 1024 * 1024;

export function hookPattern(layer: number): string {
  return `blocks.${layer}.attn.hook_pattern`;
}

/** Patterns by layer and window. Where they do not all fit, those that were not used for longest are dropped. */
export class PatternStore {
  readonly windows: PatternWindow[];
  private readonly kept = new Map<string, PatternBlock>();
  private keptBytes = 0;

  /** @param capacity bytes that are kept at most */
  constructor(
    readonly reading: Reading,
    private readonly capacity = LARGEST_PATTERNS,
  ) {
    this.windows = patternWindows(reading);
  }

  /** Bytes that are kept now. */
  get bytes(): number {
    return this.keptBytes;
  }

  release(): void {
    this.kept.clear();
    this.keptBytes = 0;
    const { model } = this.reading;
    model.releaseGraphs(
      new Set(Array.from({ length: model.configuration.n_layers }, (_, layer) => hookPattern(layer))),
    );
  }

  /** Shows the patterns of some layers in some windows, one window after the other; of a window the kept ones first. */
  async visit(
    layers: readonly number[],
    windows: readonly PatternWindow[],
    visit: (block: PatternBlock) => void,
    cancellation: Cancellation,
    progress: (share: number) => void = () => undefined,
  ): Promise<void> {
    for (const [done, window] of windows.entries()) {
      const found = layers.map((layer) => this.find(layer, window));
      const missing = layers.filter((_, index) => !found[index]);
      const together = missing.length * this.bytesOf(window) <= this.capacity;
      const runs = together ? [missing] : missing.map((layer) => [layer]);
      for (const block of found) if (block) this.show(block, visit, cancellation);
      for (const run of runs) {
        if (run.length > 0) await this.compute(run, window, visit, cancellation);
      }
      if (windows.length > 1) progress((done + 1) / windows.length);
    }
    throwIfCancelled(cancellation);
  }

  private async compute(
    layers: readonly number[],
    window: PatternWindow,
    visit: (block: PatternBlock) => void,
    cancellation: Cancellation,
  ): Promise<void> {
    await this.reading.run(
      layers.map(hookPattern),
      (_, captured) => {
        for (const layer of layers) {
          const values = captured.get(hookPattern(layer))!.data as Float32Array;
          const block = this.block(layer, window, values);
          this.keep(block);
          this.show(block, visit, cancellation);
        }
      },
      cancellation,
      undefined,
      [window.window],
    );
  }

  private show(block: PatternBlock, visit: (block: PatternBlock) => void, cancellation: Cancellation): void {
    throwIfCancelled(cancellation);
    visit(block);
  }

  /** @param values [1, heads, keys, keys] of the whole window */
  private block(layer: number, window: PatternWindow, values: Float32Array): PatternBlock {
    const { n_heads: heads } = this.reading.model.configuration;
    const { rows, keys, firstRow } = window;
    if (rows === keys) return { ...window, layer, heads, data: values };
    const data = new Float32Array(heads * rows * keys);
    for (let head = 0; head < heads; head++) {
      const from = (head * keys + firstRow) * keys;
      data.set(values.subarray(from, from + rows * keys), head * rows * keys);
    }
    return { ...window, layer, heads, data };
  }

  private bytesOf({ rows, keys }: PatternWindow): number {
    return 4 * this.reading.model.configuration.n_heads * rows * keys;
  }

  private find(layer: number, window: PatternWindow): PatternBlock | undefined {
    const name = nameOf(layer, window);
    const block = this.kept.get(name);
    if (block) {
      this.kept.delete(name);
      this.kept.set(name, block);
    }
    return block;
  }

  private keep(block: PatternBlock): void {
    const bytes = block.data.byteLength;
    if (bytes > this.capacity) return;
    this.kept.set(nameOf(block.layer, block), block);
    this.keptBytes += bytes;
    for (const [name, { data }] of this.kept) {
      if (this.keptBytes <= this.capacity) return;
      this.kept.delete(name);
      this.keptBytes -= data.byteLength;
    }
  }
}

function nameOf(layer: number, { index }: PatternWindow): string {
  return `${layer} ${index}`;
}
