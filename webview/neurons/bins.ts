// The distribution of a neuron's activations in equal bins.
import { bin, extent } from 'd3-array';

export const BINS = 50;

export interface Bin {
  from: number;
  to: number;
  tokens: number;
}

/** `BINS` equal bins from the smallest to the largest value; one bin if all are equal, none without finite values. */
export function binsOf(values: Float32Array): Bin[] {
  const finite = Array.from(values).filter(Number.isFinite);
  const [low, high] = extent(finite);
  if (low === undefined) return [];
  if (low === high) return [{ from: low, to: high, tokens: finite.length }];
  const edge = (index: number): number => low + ((high - low) * index) / BINS;
  const edges = Array.from({ length: BINS - 1 }, (_, index) => edge(index + 1));
  const groups = bin().domain([low, high]).thresholds(edges)(finite);
  return groups.map((group, index) => ({
    from: edge(index),
    to: index === BINS - 1 ? high : edge(index + 1),
    tokens: group.length,
  }));
}
