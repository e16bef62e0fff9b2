// Where attention can go in a text: its windows with their positions, what a head sees, and what counts as sink.
import type { AttentionWindows } from '../../../protocol/attention';
import type { TransformerConfiguration } from '../../model/configuration';
import type { Reading, TextWindow } from '../reading';

/**
 * A run of the model over a part of the text. Each token of the text is a destination in one window, the one that reads it
 * with the most context (`TextWindow`); it sees sources of this window alone.
 */
export interface PatternWindow {
  index: number;
  window: TextWindow;
  /** Positions in the window: sources. */
  keys: number;
  /** Destinations that the window owns: row r is position `firstRow + r` and token `firstToken + r`. */
  rows: number;
  firstRow: number;
  firstToken: number;
  /** The token of the text at each position. */
  tokens: Int32Array;
  /**
   * Positions that count as sink, as ones. Heads that look for nothing park their attention on the first position
   * (Xiao et al. 2023, arXiv 2309.17453, section 3.1) and on special tokens (Clark et al. 2019, arXiv 1906.04341, 3.2).
   */
  sink: Uint8Array;
}

export function patternWindows(reading: Reading): PatternWindow[] {
  const special = specialTokens(reading);
  const begins = everyWindowBegins(reading);
  return reading.windows.map((window, index) => {
    const { keepStart, keepEnd, keepRow, ids } = window;
    const tokens = Int32Array.from(ids, (_, position) =>
      position === 0 && begins ? 0 : keepStart - keepRow + position,
    );
    return {
      index,
      window,
      keys: ids.length,
      rows: keepEnd - keepStart,
      firstRow: keepRow,
      firstToken: keepStart,
      tokens,
      sink: Uint8Array.from(ids, (id, position) => Number(position === 0 || special.has(id))),
    };
  });
}

/** A begin-of-text token stands at the head of every window, as `Reading` cuts them. */
function everyWindowBegins({ firstTextToken, plan }: Reading): boolean {
  return firstTextToken === 1 && plan.length > 1;
}

export function windowColumns(reading: Reading, windows: readonly PatternWindow[]): AttentionWindows {
  const begin = everyWindowBegins(reading);
  return {
    destinations: Int32Array.from(windows, ({ firstToken }) => firstToken),
    sources: Int32Array.from(windows, ({ tokens, index }) => tokens[begin && index > 0 ? 1 : 0]),
    begin,
  };
}

/** Tokens of the text that are sink in some window, in order. */
export function sinkTokens(windows: readonly PatternWindow[]): Int32Array {
  const found = windows.flatMap(({ sink, tokens }) => [...tokens].filter((_, at) => sink[at] === 1));
  return Int32Array.from(new Set(found)).sort();
}

/** Positions [first, end) of a window that are all sink, or all not. */
export interface Stretch {
  first: number;
  end: number;
  isSink: boolean;
}

export function stretchesOf({ keys, sink }: PatternWindow): Stretch[] {
  const stretches: Stretch[] = [];
  for (let position = 0; position < keys; position++) {
    const isSink = sink[position] === 1;
    const last = stretches.at(-1);
    if (last?.isSink === isSink) last.end = position + 1;
    else stretches.push({ first: position, end: position + 1, isSink });
  }
  return stretches;
}

/** Ids in this text of tokens such as begin of text, [SEP] or <|endoftext|>. */
function specialTokens({ model, tokens }: Reading): Set<number> {
  const { tokenizer } = model.checkpoint;
  if (!tokenizer) return new Set();
  const ids = new Set(tokens.map(({ id }) => id));
  // Decoding leaves special tokens out. Two of each, since a space at the start may be left out too.
  return new Set([...ids].filter((id) => tokenizer.decode([id, id]) === ''));
}

/** How many tokens back a destination sees, itself included; Infinity for all of them. */
export function spanOf({ windows, position }: TransformerConfiguration, layer: number, head: number): number {
  const span = windows[layer] ?? Infinity;
  // Head h, counted from 1, sees the last 2^h − 1 tokens (arXiv 2305.13673, GPT_uni).
  return position === 'uniform' ? Math.min(span, 2 ** (head + 1) - 1) : span;
}

/** The sources [from, to) that a position sees; positions in the window. */
export function visibleSources(
  position: number,
  keys: number,
  span: number,
  causal: boolean,
): { from: number; to: number } {
  return { from: Math.max(0, position - span + 1), to: causal ? position + 1 : keys };
}

/** Adds a position to the list of that number. */
export function addTo(lists: Map<number, number[]>, list: number, position: number): void {
  const known = lists.get(list);
  if (known) known.push(position);
  else lists.set(list, [position]);
}
