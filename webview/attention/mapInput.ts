// What the map of a head shows.
import type { AttentionGrid } from '../../src/protocol/attention';

/** What is drawn beside the place. */
export interface MapInput {
  grid: AttentionGrid;
  /** Row of the head in the grid. */
  row: number;
  hideSink: boolean;
  labels: readonly string[];
  thumbnail: HTMLCanvasElement | undefined;
  token: number | null;
  weighted: boolean;
  /** Cells that were drawn as a pattern; undefined while none is drawn. */
  drawn: readonly (readonly [number, number])[] | undefined;
}
