// What the backend answers about attention. Source = key, destination = query; a head's pattern says how much each
// destination attends to each source, and its rows sum to one. Columns "per head" have row `layer · heads + head`.
import type { TextRange, TextSource, TokenColumns } from './types';

export interface HeadId {
  layer: number;
  /** Index in the layer, from 0. */
  head: number;
}

/** What a head is scored by; definitions and sources stand at `HeadStatistics` in the backend. */
export const HEAD_SCORES = [
  'previousToken',
  'duplicateToken',
  'induction',
  'self',
  'sink',
  /** Tokens. */
  'distanceMean',
  'distanceSpread',
  /** Nats; then as a share of the largest that is possible. */
  'entropy',
  'normalizedEntropy',
  /** Share of the pattern's variance that relative distance alone explains. */
  'distanceExplained',
] as const;
export type HeadScore = (typeof HEAD_SCORES)[number];

/** Each score per head; NaN where it applies to no destination of the text. */
export type HeadScores = Record<HeadScore, Float32Array>;

/**
 * What a head looks for, judged without the sink: the first that holds of
 * - `unlearned`: the model has no learned pattern there;
 * - `sink`: so little goes elsewhere that it says nothing (`sink` from `SINK_HEAD` up);
 * - `unknown`: the text is too short, or the pattern is not numbers;
 * - `distance`: tokens at some distance (`distanceExplained` from `DISTANCE_HEAD` up);
 * - `broad`: nearly all that it sees (`normalizedEntropy` from `BROAD_HEAD` up);
 * - `semantic`: tokens for what they are.
 */
export type HeadKind = 'distance' | 'semantic' | 'broad' | 'sink' | 'unlearned' | 'unknown';
export const DISTANCE_HEAD = 0.5;
export const BROAD_HEAD = 0.9;
export const SINK_HEAD = 0.98;

/**
 * How a text longer than the context was read: patterns relate only tokens of one window. Window w owns the
 * destinations from `destinations[w]` up to those of the next window, and they see sources from `sources[w]` on.
 */
export interface AttentionWindows {
  destinations: Int32Array;
  sources: Int32Array;
  /** Whether every window also begins with token 0, the begin of text. */
  begin: boolean;
}

/** Small pictures of all heads. */
export interface Thumbnails {
  /** Rows, and columns, of each: one per token in a short text, else each the largest of a stretch of tokens. */
  side: number;
  /**
   * [heads of all layers, destination, source]: 0 nothing (under `LEAST_SHOWN`, or masked), 1…254 on the ramp
   * 0.05 + 0.95·log10(1 + 9·value/maximum), 255 not a number.
   */
  cells: Uint8Array;
  /** Per head the largest value of the pattern, which the ramp ends at; sink left out where it is hidden. */
  maximum: Float32Array;
}

/** Attention under this is not drawn. */
export const LEAST_SHOWN = 5e-5;

export interface AttentionGrid {
  source: TextSource;
  tokens: TokenColumns;
  layers: number;
  heads: number;
  /** What patterns depend on; `uniform` heads have no learned pattern. */
  learned: 'content' | 'distance' | 'uniform';
  causal: boolean;
  /** Per head how many tokens back a destination sees, itself included; 0 = all. */
  spans: Int32Array;
  windows: AttentionWindows;
  /** Tokens that count as sink: special tokens, and the first of each window. */
  sinkTokens: Int32Array;
  /** With all attention, and with that to the sink left out; the two differ in the first four and in entropies. */
  scores: HeadScores;
  scoresWithoutSink: HeadScores;
  kinds: HeadKind[];
  /** Per head how many cells of the pattern are NaN or infinite; their rows count in no score. */
  notNumbers: Int32Array;
  thumbnails: Thumbnails;
  /** Time from request to answer in the backend. */
  milliseconds: number;
}

/** A rectangle of a head's map. */
export interface TileQuestion extends HeadId {
  /** Token indices [start, end). */
  destinations: TextRange;
  sources: TextRange;
  /** Tokens per cell in both directions; raised where the tile would have more than `TILE_SIDE` rows or columns. */
  step: number;
  /** Leaves out what goes to the sink. Rows are not made to sum to one again: a value is the same in every view. */
  hideSink: boolean;
  /** Times the norm of what the head would write of the source: α·‖v·W_O‖ (Kobayashi et al. 2020, arXiv 2004.10102). */
  weighted: boolean;
}

export const TILE_SIDE = 512;

export interface AttentionTile extends TileQuestion {
  source: TextSource;
  rows: number;
  columns: number;
  /**
   * [rows, columns] as bits of float16: the largest of each cell's values; NaN where one of them is no finite number;
   * `HIDDEN_CELL` where all that is seen is hidden, `MASKED_CELL` where no destination sees a source.
   */
  cells: Uint16Array;
  /** Largest value, hidden ones left out, in the windows that own these destinations: the end of a colour scale. */
  maximum: number;
}

/** −1 and −2 in float16. */
export const HIDDEN_CELL = 0xbc00;
export const MASKED_CELL = 0xc000;

/** A token of the text: by its index, or as the one that stands at an offset of the document. */
export type TokenPlace = { token: number } | { offset: number };

/** Tokens that another one is linked to by attention, strongest first. */
export interface LinkedTokens {
  tokens: Int32Array;
  /** UTF-16 offsets in the document. */
  starts: Int32Array;
  ends: Int32Array;
  /** Exact. */
  values: Float32Array;
  /** Sum over all tokens, listed or not. */
  total: number;
}

/** For each direction the `MOST_LINKED` strongest, and all from `LEAST_LINKED` up. */
export interface TokenAttention extends HeadId {
  source: TextSource;
  token: number;
  start: number;
  end: number;
  /** What the token attends to. */
  sources: LinkedTokens;
  /** What attends to the token. */
  destinations: LinkedTokens;
}

export const MOST_LINKED = 8;
export const LEAST_LINKED = 0.005;

/** Per head how much goes between two phrases: mean over the destinations of the sum over the sources. */
export interface PhraseAttention {
  attention: Float32Array;
  /** Weighted as in `TileQuestion`. */
  weighted: Float32Array;
  /** Pairs of destination and source that the model can relate; 0 where one phrase cannot see the other at all. */
  pairs: Int32Array;
}

export interface HeadsBetween {
  source: TextSource;
  layers: number;
  heads: number;
  /** Token indices [start, end) of the two phrases. */
  first: TextRange;
  second: TextRange;
  /** What tokens of the second take from the first, and the other way. */
  intoSecond: PhraseAttention;
  intoFirst: PhraseAttention;
  /** Rows of heads, by the larger of their two weighted values, largest first. */
  order: Int32Array;
}

/** Patterns that heads can be compared with; definitions stand at `targets` in the backend. */
export const PATTERN_NAMES = [
  'previous-token',
  'self',
  'same-token',
  'induction',
  'same-word',
  'first-mention',
  'first-name',
  'matching-bracket',
  'matching-quote',
] as const;
export type PatternName = (typeof PATTERN_NAMES)[number];

/** Pairs of token indices, one place in both for each. */
export interface TokenPairs {
  destinations: Int32Array;
  sources: Int32Array;
}

/** A pattern by its name, or drawn: pairs of [destination, source], token indices. */
export type PatternQuestion = { name: PatternName } | { drawn: [number, number][] };

export interface PatternMatches {
  source: TextSource;
  layers: number;
  heads: number;
  /** The pattern's cells in this text, at most `MOST_PAIRS` of them. */
  pairs: TokenPairs;
  cells: number;
  /** How many destinations have a source in the pattern. */
  destinations: number;
  /** Per head the mean attention, over those destinations, to the pattern's sources; NaN where it sees none. */
  mass: Float32Array;
  /** Per head the same as a share of what does not go to the sink. */
  massWithoutSink: Float32Array;
  /** Per head the cosine between the pattern, as ones and zeros, and the attention of those destinations. */
  cosine: Float32Array;
  /** Rows of heads by cosine, largest first. */
  order: Int32Array;
}

export const MOST_PAIRS = 20_000;
