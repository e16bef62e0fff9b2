// The stretches of the text where a neuron fires most.
import type { TextRange } from '../../src/protocol/types';

/** Tokens shown on either side of a peak. */
const CONTEXT = 5;
/** Peaks that are shown. */
const PEAKS = 5;

/** Tokens [start, end) with the peaks inside, strongest first. */
export interface Example {
  start: number;
  end: number;
  peaks: number[];
}

/** Stretches around the strongest tokens of `scope`, the strongest first; overlapping ones are merged. */
export function examplesOf(values: Float32Array, scope: TextRange): Example[] {
  const peaks = strongestOf(values, scope);
  const merged: Example[] = [];
  for (const peak of [...peaks].sort((a, b) => a - b)) {
    const start = Math.max(0, peak - CONTEXT);
    const end = Math.min(values.length, peak + CONTEXT + 1);
    const last = merged.at(-1);
    if (last && start <= last.end) {
      last.end = end;
      last.peaks.push(peak);
    } else merged.push({ start, end, peaks: [peak] });
  }
  const place = (peak: number): number => peaks.indexOf(peak);
  for (const example of merged) example.peaks.sort((a, b) => place(a) - place(b));
  return merged.sort((a, b) => place(a.peaks[0]) - place(b.peaks[0]));
}

/** Indices of the largest positive values in scope, largest first. */
function strongestOf(values: Float32Array, scope: TextRange): number[] {
  const best: number[] = [];
  for (let token = scope.start; token < Math.min(scope.end, values.length); token++) {
    const value = values[token];
    if (!(value > 0)) continue;
    const place = best.findIndex((other) => value > values[other]);
    if (place >= 0) best.splice(place, 0, token);
    else best.push(token);
    if (best.length > PEAKS) best.pop();
  }
  return best;
}
