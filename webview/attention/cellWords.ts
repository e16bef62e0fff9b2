// What is said of a cell of the map.
import { HIDDEN_CELL, MASKED_CELL } from '../../src/protocol/attention';
import { significant } from '../shared/numbers';
import type { MapInput } from './mapInput';
import type { TileStore } from './tiles';

/** Both tokens and the value between them, in words where there is none. */
export function cellWords(
  input: Pick<MapInput, 'grid' | 'labels' | 'weighted'>,
  tiles: Pick<TileStore, 'bits' | 'value' | 'isWaiting'>,
  { destination, source }: { destination: number; source: number },
): string {
  const { grid, labels } = input;
  const name = (token: number): string => `“${labels[token]}” (${token})`;
  // Known without the value: one that is not here would be promised in vain.
  const isLater = grid.causal && source > destination;
  const bits = tiles.bits(destination, source);
  return `${name(destination)} → ${name(source)}  ${valueWords()}`;

  function valueWords(): string {
    if (isLater) return maskedWords();
    if (bits === undefined) return tiles.isWaiting ? '…' : 'zoom in for the value';
    if (bits === MASKED_CELL) return maskedWords();
    if (bits === HIDDEN_CELL) return 'sink, hidden';
    const value = tiles.value(destination, source)!;
    if (Number.isNaN(value)) return 'not a number';
    return input.weighted ? `${significant(value)} (weighted by value norm)` : significant(value);
  }

  function maskedWords(): string {
    if (isLater) return 'not seen: it comes later';
    return 'not seen: out of reach, or in another window';
  }
}
