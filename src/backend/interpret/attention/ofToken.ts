// One token's row and column of a head's pattern, without the many values that are next to nothing.
import {
  LEAST_LINKED,
  MOST_LINKED,
  type HeadId,
  type LinkedTokens,
  type TokenAttention,
  type TokenPlace,
} from '../../../protocol/attention';
import type { Cancellation } from '../../cancellation';
import type { Token } from '../../tokenizer/tokenizer';
import type { AttentionMaps } from './attentionMaps';
import { positionOf } from './targets';
import type { PatternBlock } from './patternStore';
import { visibleSources, type PatternWindow } from './windows';

/**
 * What a token attends to, in the window that owns it, and what attends to it, in all windows that hold it.
 * @throws SubtextError `usage` for a head or a token that is not there
 */
export async function attentionOfToken(
  maps: AttentionMaps,
  id: HeadId,
  place: TokenPlace,
  cancellation: Cancellation,
): Promise<Omit<TokenAttention, 'source'>> {
  const { tokens } = maps.reading;
  const token = 'token' in place ? place.token : tokenAtOffset(tokens, place.offset);
  maps.checkTokens({ start: token, end: token + 1 });
  maps.checkHead(id);
  const span = maps.spans(id.layer)[id.head];
  const { causal } = maps.configuration;
  const sources = new Links(tokens);
  const destinations = new Links(tokens);
  const holding = maps.patterns.windows.filter((window) => positionOf(window, token) >= 0);
  /** @param at what a row of the window, by its number, attends to at a position */
  const add = (window: PatternWindow, at: (r: number, key: number) => number) => {
    const { rows, keys, firstRow, firstToken } = window;
    const position = positionOf(window, token);
    for (let r = 0; r < rows; r++) {
      const { from, to } = visibleSources(firstRow + r, keys, span, causal);
      if (position >= from && position < to) destinations.add(firstToken + r, at(r, position));
      if (firstToken + r !== token) continue;
      for (let key = from; key < to; key++) sources.add(window.tokens[key], at(r, key));
    }
  };
  if (maps.device) {
    for (const window of holding) {
      const { firstRow, firstToken } = window;
      const position = positionOf(window, token);
      const { row, column } = await maps.device.position(id, window, position, cancellation);
      add(window, (r, key) => (firstToken + r === token ? row[key] : column[firstRow + r]));
    }
  } else {
    const visit = (block: PatternBlock) => {
      add(block, (r, key) => block.data[(id.head * block.rows + r) * block.keys + key]);
    };
    await maps.ofHead(id, holding, visit, cancellation);
  }
  const { start, end } = tokens[token];
  return { ...id, token, start, end, sources: sources.listed(), destinations: destinations.listed() };
}

/** The token that holds the character at an offset; at the end of the text the last one. */
function tokenAtOffset(tokens: readonly Token[], offset: number): number {
  const found = tokens.findIndex(({ start, end }) => start <= offset && offset < end);
  return found === -1 ? tokens.length - 1 : found;
}

class Links {
  private readonly found: { token: number; value: number }[] = [];

  constructor(private readonly tokens: readonly Token[]) {}

  add(token: number, value: number): void {
    this.found.push({ token, value });
  }

  listed(): LinkedTokens {
    const total = this.found.reduce((sum, { value }) => sum + value, 0);
    // What is not a number comes first: it must be seen.
    const size = ({ value }: { value: number }) => (Number.isNaN(value) ? Infinity : value);
    const sorted = this.found.sort((a, b) => (size(b) === size(a) ? a.token - b.token : size(b) - size(a)));
    const listed = sorted.filter((each, place) => place < MOST_LINKED || size(each) >= LEAST_LINKED);
    return {
      tokens: Int32Array.from(listed, ({ token }) => token),
      starts: Int32Array.from(listed, ({ token }) => this.tokens[token].start),
      ends: Int32Array.from(listed, ({ token }) => this.tokens[token].end),
      values: Float32Array.from(listed, ({ value }) => value),
      total,
    };
  }
}
