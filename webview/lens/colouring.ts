// What the map's cells are coloured by: their levels, the number beside the token, the words of the legend. The number
// says what the colour says.
import type { LensColouring } from '../../src/protocol/lensView';
import { LEVELS, levelOf } from '../shared/colours';
import { count, percent, significant } from '../shared/numbers';
import type { Cell } from './columns';

interface Kind {
  label: string;
  tip: string;
  value(cell: Cell): number;
  /** 0…LEVELS of a number. */
  level(value: number, range: number): number;
  text(value: number): string;
  /** Words at the two ends of the legend, palest first. */
  ends(range: number): [string, string];
}

const share = (value: number): number => Math.min(LEVELS, Math.ceil(value * LEVELS - 1e-6));
const shareEnds = (): [string, string] => ['0%', '100%'];
const rangeEnds = (range: number): [string, string] => ['0', `${significant(range)} nats`];

/** Ten thousand likelier tokens leave no colour. */
const PALEST_RANK = 1e4;

export const colourings: Record<LensColouring, Kind> = {
  probability: {
    label: 'Probability',
    tip: 'Probability of the likeliest token',
    value: ({ probability }) => probability,
    level: share,
    text: percent,
    ends: shareEnds,
  },
  target: {
    label: 'Probability of next',
    tip: 'Probability of the token that really follows',
    value: ({ target, targetProbability }) => (target ? targetProbability : 0),
    level: share,
    text: percent,
    ends: shareEnds,
  },
  rank: {
    label: 'Rank of next',
    tip: 'How many tokens are likelier than the one that really follows, plus one',
    value: ({ rank }) => rank,
    level: (rank) => (rank < 1 ? 0 : Math.max(0, Math.round(LEVELS * (1 - log(rank) / log(PALEST_RANK))))),
    text: (rank) => `#${count(rank)}`,
    ends: () => [`#${count(PALEST_RANK)}`, '#1'],
  },
  divergence: {
    label: 'KL to the output',
    tip: 'Kullback-Leibler divergence of the final output from this prediction, in nats',
    value: ({ divergence }) => divergence,
    level: levelOf,
    text: significant,
    ends: rangeEnds,
  },
  entropy: {
    label: 'Entropy',
    tip: 'Entropy of the prediction, in nats',
    value: ({ entropy }) => entropy,
    level: levelOf,
    text: significant,
    ends: rangeEnds,
  },
};

/** How a cell looks: a level, `broken` where it is no number, and its number. */
export function lookOf(
  cell: Cell,
  colouring: LensColouring,
  range: number,
): { level: string | undefined; text: string } {
  const { value, level, text } = colourings[colouring];
  const number = value(cell);
  if (!cell.top || Number.isNaN(number)) return { level: 'broken', text: 'NaN' };
  if (!cell.target && (colouring === 'target' || colouring === 'rank'))
    return { level: undefined, text: '–' };
  const strength = range > 0 || !isRanged(colouring) ? level(number, range) : 0;
  return { level: strength > 0 ? String(strength) : undefined, text: text(number) };
}

/** Whether the strongest colour is that of the largest value here. */
export function isRanged(colouring: LensColouring): colouring is 'divergence' | 'entropy' {
  return colouring === 'divergence' || colouring === 'entropy';
}

function log(value: number): number {
  return Math.log10(value);
}
