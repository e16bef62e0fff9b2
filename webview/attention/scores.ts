// What the scores and kinds of heads are called, and how they are written.
import {
  BROAD_HEAD,
  DISTANCE_HEAD,
  HEAD_SCORES,
  SINK_HEAD,
  type AttentionGrid,
  type HeadKind,
  type HeadScore,
} from '../../src/protocol/attention';
import type { HeadRanking } from '../../src/protocol/attentionView';
import { exact, percent, significant } from '../shared/numbers';

interface ScoreWords {
  label: string;
  tip: string;
}

export const scoreWords: Record<HeadScore, ScoreWords> = {
  previousToken: { label: 'Previous token', tip: 'Mean attention to the token before' },
  duplicateToken: { label: 'Duplicate token', tip: 'Mean attention to earlier tokens of the same kind' },
  induction: { label: 'Induction', tip: 'Mean attention to the token that followed the same token earlier' },
  self: { label: 'Self', tip: 'Mean attention of a token to itself' },
  sink: { label: 'Sink', tip: 'Mean attention to special tokens and the first token' },
  distanceMean: { label: 'Mean distance', tip: 'Tokens between source and destination, on average' },
  distanceSpread: { label: 'Distance spread', tip: 'Standard deviation of the distance, in tokens' },
  entropy: {
    label: 'Entropy',
    tip: 'How spread attention is: mean entropy of a row of the pattern, in nats',
  },
  normalizedEntropy: {
    label: 'Relative entropy',
    tip: 'Entropy as a share of the largest possible: 0 looks at one token, 1 at all alike',
  },
  distanceExplained: {
    label: 'Explained by distance',
    tip: 'Share of the variance of the pattern that relative distance alone explains',
  },
};

/** What heads are ranked by while they are compared. */
export const rankingScores: Record<HeadRanking['kind'], ScoreWords> = {
  between: {
    label: 'Linkage',
    tip: 'How much the head carries between the two selections: attention weighted by value norm, in the stronger direction',
  },
  pattern: {
    label: 'Cosine',
    tip: 'Likeness to the pattern that is searched for: cosine between it and the attention of its rows',
  },
};

export const kindWords: Record<HeadKind, ScoreWords> = {
  distance: {
    label: 'distance',
    tip: `Looks at tokens at some distance: that explains ${percent(DISTANCE_HEAD)} of its pattern or more`,
  },
  semantic: { label: 'semantic', tip: 'Looks at tokens for what they are, not for where they stand' },
  broad: {
    label: 'broad',
    tip: `Looks at nearly all that it sees: ${percent(BROAD_HEAD)} of the largest entropy or more`,
  },
  sink: { label: 'sink', tip: `${percent(SINK_HEAD)} of its attention or more goes to the sink` },
  unlearned: {
    label: 'no learned pattern',
    tip: 'Attends to all tokens alike: the model learned no pattern here',
  },
  unknown: { label: 'unknown', tip: 'The text is too short to tell, or the pattern is not made of numbers' },
};

/** The scores that are shown: with the sink, or without it. */
export function scoresOf(grid: AttentionGrid, hideSink: boolean): AttentionGrid['scores'] {
  return hideSink ? grid.scoresWithoutSink : grid.scores;
}

/** A score; a dash where it applies to no token of the text. */
export function written(value: number): string {
  return Number.isNaN(value) ? '–' : significant(value);
}

/** As `written`, in at most six characters where it is small: all that fits under a picture. */
export function writtenShort(value: number): string {
  const size = Math.abs(value);
  return size > 0 && size < 0.01 ? value.toFixed(4).replace('-', '−') : written(value);
}

/** The exact value, in words where there is none. */
export function writtenExactly(value: number): string {
  return Number.isNaN(value) ? 'applies to no token of this text' : exact(value);
}

export const scoreNames: readonly HeadScore[] = HEAD_SCORES;
