// Places of the map: where the keys lead, and what a place is called.
import type { TextRange } from '../../src/protocol/types';
import { exact, count, percent, significant } from '../shared/numbers';
import { plain } from '../shared/pieces';
import type { Cell } from './columns';

/** A layer and a token. */
export interface Place {
  /** Index in `LensTable.points`. */
  point: number;
  token: number;
}

export interface Extent {
  /** Token indices. */
  scope: TextRange;
  points: number;
  /** Tokens in sight. */
  page: number;
  /** The token where keys begin. */
  first: number;
}

/**
 * Where a key leads, or undefined for other keys. The last layer stands on top, so that up is towards the output; the
 * first arrow of all leads to the output of the token where keys begin.
 */
export function nextPlace(key: string, from: Place | undefined, extent: Extent): Place | undefined {
  const { scope, points, page, first } = extent;
  const steps: Record<string, [point: number, token: number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [1, 0],
    ArrowDown: [-1, 0],
    PageUp: [0, -page],
    PageDown: [0, page],
    Home: [0, -Infinity],
    End: [0, Infinity],
  };
  if (!(key in steps) || scope.end <= scope.start) return undefined;
  const [up, along] = steps[key];
  const start = from ?? { point: points - 1, token: first };
  // Without a place yet, an arrow only shows where one stands.
  const step = from || !key.startsWith('Arrow') ? along : 0;
  return {
    point: within(start.point + (from ? up : 0), 0, points - 1),
    token: within(start.token + step, scope.start, scope.end - 1),
  };
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** A cell in words, for tooltips and screen readers. */
export function describe(cell: Cell, layer: string, piece: string, isOwnPlace: boolean): string {
  const place = `${layer}, ${isOwnPlace ? 'at' : 'after'} '${plain(piece)}'`;
  const { top, target, probability, rank, targetProbability, divergence, entropy } = cell;
  if (!top) return `${place}: the prediction is not made of numbers`;
  const right = top.id === target?.id;
  const follows = isOwnPlace ? 'the token' : 'what follows';
  return [
    `${place}: '${plain(top.piece)}' ${percent(probability)} (${exact(probability)})`,
    ...(right ? [`that is ${follows}`] : []),
    ...(target && !right
      ? [`${follows}, '${plain(target.piece)}', has ${percent(targetProbability)}, rank ${count(rank)}`]
      : []),
    `KL to the output ${significant(divergence)} nats`,
    `entropy ${significant(entropy)} nats`,
  ].join('; ');
}
