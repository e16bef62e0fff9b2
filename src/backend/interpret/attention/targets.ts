// Target patterns: for each destination the sources that a head of some kind would attend to.
import type { PatternName } from '../../../protocol/attention';
import type { Reading } from '../reading';
import { bracketPairs, quotePairs, TextWords } from './textStructure';
import type { PatternWindow } from './windows';

/** The sources of each destination that a window owns; positions in the window. */
export interface Targets {
  /** Sources of row r: `sources[offsets[r]]` up to `sources[offsets[r + 1]]`. */
  offsets: Int32Array;
  sources: Int32Array;
  /** The latest of each row; −1 where there is none. A local window that holds it holds one of the sources. */
  latest: Int32Array;
}

/** Names the sources of the destination at a position of a window. */
export type SourceRule = (position: number, add: (source: number) => void) => void;

/**
 * The cells of a rule in one window. Sources that come later are left out where the model is causal.
 * @param withSink whether tokens of the sink may be sources and destinations
 */
export function collectTargets(
  { rows, firstRow, keys, sink }: PatternWindow,
  causal: boolean,
  rule: SourceRule,
  withSink = false,
): Targets {
  const offsets = new Int32Array(rows + 1);
  const latest = new Int32Array(rows).fill(-1);
  const sources: number[] = [];
  for (let row = 0; row < rows; row++) {
    const position = firstRow + row;
    if (withSink || sink[position] === 0) {
      rule(position, (source) => {
        const last = causal ? position : keys - 1;
        if (source < 0 || source > last || (!withSink && sink[source] === 1)) return;
        sources.push(source);
        latest[row] = Math.max(latest[row], source);
      });
    }
    offsets[row + 1] = sources.length;
  }
  return { offsets, sources: Int32Array.from(sources), latest };
}

/**
 * The rules by name, for one window. In all of them a word or token also stands for those like it later in the text, where
 * the model looks ahead.
 * - previous-token: the position before (Voita et al. 2019, arXiv 1905.09418, positional heads).
 * - self: the position itself.
 * - same-token: all other positions of the same token (Wang et al. 2022, arXiv 2211.00593, duplicate token heads).
 * - induction: the positions after other ones of the same token, but itself and the next (Olsson et al. 2022, arXiv
 *   2209.11895, prefix matching).
 * - same-word: the tokens of all other occurrences of the word, whatever its case.
 * - first-mention: the tokens of the word's first occurrence in the window, for all later ones.
 * - first-name: the same for names alone (`TextWords`).
 * - matching-bracket, matching-quote: for what closes, what opened it.
 */
export function targetRules(reading: Reading): Record<PatternName, (window: PatternWindow) => SourceRule> {
  const words = new TextWords(reading);
  return {
    'previous-token': () => (position, add) => add(position - 1),
    self: () => (position, add) => add(position),
    'same-token': (window) => repeated(window, 0),
    induction: (window) => repeated(window, 1),
    'same-word': (window) => (position, add) => {
      const own = words.at(window.tokens[position]);
      if (!own) return;
      for (const other of own.word.occurrences) if (other !== own) addTokens(window, other, add);
    },
    'first-mention': (window) => firstMention(window, words, () => true),
    'first-name': (window) => firstMention(window, words, ({ isName }) => isName),
    'matching-bracket': (window) => paired(window, bracketPairs(reading)),
    'matching-quote': (window) => paired(window, quotePairs(reading)),
  };
}

/** Cells that a person drew. */
export function drawnRule(
  drawn: readonly (readonly [number, number])[],
): (window: PatternWindow) => SourceRule {
  const sources = new Map<number, Set<number>>();
  for (const [destination, source] of drawn) {
    sources.set(destination, (sources.get(destination) ?? new Set()).add(source));
  }
  return (window) => (position, add) => {
    for (const token of sources.get(window.tokens[position]) ?? []) addToken(window, token, add);
  };
}

/** Positions of the same token, `shift` further on. */
function repeated({ window: { ids } }: PatternWindow, shift: number): SourceRule {
  const places = new Map<number, number[]>();
  ids.forEach((id, position) => {
    const known = places.get(id);
    if (known) known.push(position);
    else places.set(id, [position]);
  });
  return (position, add) => {
    for (const place of places.get(ids[position])!) {
      if (place !== position && place + shift !== position && place + shift < ids.length) add(place + shift);
    }
  };
}

interface Span {
  /** Token indices [start, end). */
  start: number;
  end: number;
}

function firstMention(
  window: PatternWindow,
  words: TextWords,
  counts: (word: { isName: boolean }) => boolean,
): SourceRule {
  const first = window.tokens[0];
  return (position, add) => {
    const own = words.at(window.tokens[position]);
    if (!own || !counts(own.word)) return;
    const mention = own.word.occurrences.find(
      ({ start }) => positionOf(window, start) >= 0 && (start > 0 || first === 0),
    );
    if (mention && mention !== own && mention.start < own.start) addTokens(window, mention, add);
  };
}

function paired(window: PatternWindow, opens: ReadonlyMap<number, number>): SourceRule {
  return (position, add) => {
    const open = opens.get(window.tokens[position]);
    if (open !== undefined) addToken(window, open, add);
  };
}

function addTokens(window: PatternWindow, { start, end }: Span, add: (source: number) => void): void {
  for (let token = start; token < end; token++) addToken(window, token, add);
}

function addToken(window: PatternWindow, token: number, add: (source: number) => void): void {
  const position = positionOf(window, token);
  if (position >= 0) add(position);
}

/** The position of a token in a window; −1 where the window does not hold it. */
export function positionOf({ tokens, firstToken, firstRow }: PatternWindow, token: number): number {
  if (token === tokens[0]) return 0;
  const position = token - (firstToken - firstRow);
  return tokens[position] === token ? position : -1;
}
