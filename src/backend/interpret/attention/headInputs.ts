// What the endings about attention patterns ask for beside the model's own inputs, and how a window gives it.
import type { NamedTensors } from '../../engine/executor';
import type { TensorData } from '../../engine/graph/graph';
import { integers } from '../onDevice';
import type { Targets } from './targets';
import type { PatternWindow } from './windows';

/** Names of the inputs of endings about patterns. */
export const HEAD_INPUTS = {
  /** int32 [pos]: 1 for positions of the sink. */
  sink: 'sink positions',
  /** int32 [pos]: 1 for destinations that count. */
  counted: 'counted destinations',
  /** int32 [distance], and int32 []: how many positions there are. */
  distances: 'distances',
  length: 'length',
  /** int32 [line, slot] and [cell, slot]: the positions that fall into each line and cell of a picture. */
  lines: 'lines of a picture',
  cells: 'cells of a picture',
  /** int32 [1]. */
  head: 'head',
  /** float32 [pos]: what attention to each source is weighed with. */
  weights: 'weights of sources',
  /** int32 [1]. */
  position: 'position',
  /** int32 [row]: positions of destinations. */
  rows: 'rows',
} as const;

/** float32 [head, pos]: what attention to each source is weighed with by the heads of a layer. */
export const normsInput = (layer: number) => `norms of layer ${layer}`;

/** int32 [pos, source of a pattern]: cells of a target pattern by `cellOf`; −1 fills up. */
export const targetInput = (which: number) => `targets ${which}`;

/** Lists of different lengths as one tensor [list, longest]: each is filled up with its last, which changes no maximum. */
export function filledUp(lists: readonly (readonly number[])[]): TensorData {
  const longest = Math.max(1, ...lists.map(({ length }) => length));
  const data = new Int32Array(lists.length * longest);
  lists.forEach((list, row) => {
    for (let at = 0; at < longest; at++) data[row * longest + at] = list[Math.min(at, list.length - 1)];
  });
  return integers([lists.length, longest], data);
}

/** The cells of a target pattern by destination, for `targetInput`. */
export function targetCells(
  { keys, rows, firstRow }: PatternWindow,
  { offsets, sources }: Targets,
): TensorData {
  let longest = 1;
  for (let row = 0; row < rows; row++) longest = Math.max(longest, offsets[row + 1] - offsets[row]);
  const data = new Int32Array(keys * longest).fill(-1);
  for (let row = 0; row < rows; row++) {
    const position = firstRow + row;
    for (let at = offsets[row]; at < offsets[row + 1]; at++) {
      data[position * longest + at - offsets[row]] = position * keys + sources[at];
    }
  }
  return integers([keys, longest], data);
}

/** Destinations that a window owns, and the sink. */
export function flags({ keys, rows, firstRow, sink }: PatternWindow, withSink: boolean): NamedTensors {
  const counted = new Int32Array(keys);
  for (let position = firstRow; position < firstRow + rows; position++) {
    counted[position] = Number(withSink || sink[position] === 0);
  }
  return new Map([
    [HEAD_INPUTS.sink, integers([keys], Int32Array.from(sink))],
    [HEAD_INPUTS.counted, integers([keys], counted)],
  ]);
}

/** Every distance at which there are pairs of positions. */
export function distances(keys: number, causal: boolean): NamedTensors {
  const first = causal ? 0 : 1 - keys;
  const data = Int32Array.from({ length: keys - first }, (_, index) => first + index);
  return new Map([
    [HEAD_INPUTS.distances, integers([data.length], data)],
    [HEAD_INPUTS.length, integers([], Int32Array.of(keys))],
  ]);
}
