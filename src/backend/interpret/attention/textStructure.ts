// Words, names, brackets and quotation marks of a text, by the tokens that they stand in.
import type { Reading } from '../reading';

export interface Word {
  occurrences: Occurrence[];
  /** Begins with a capital letter wherever it stands, and at least once where no sentence begins. */
  isName: boolean;
}

export interface Occurrence {
  word: Word;
  /** Token indices [start, end). */
  start: number;
  end: number;
}

/** Letters and digits; what stands behind an apostrophe ('s, n't) is no word of its own. */
const WORD = /(?<!['’])[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** What a sentence begins after, whatever opens it left out. */
const BEFORE_SENTENCE = /(?:^|[.!?:…\n"“«]["”»']*)[\s"“«'([]*$/u;
/** How far back is looked for it. */
const LOOK_BACK = 8;

/** The words of a text, equal where they differ in case alone. */
export class TextWords {
  private readonly ofToken: (Occurrence | undefined)[] = [];

  constructor(reading: Reading) {
    const { text, starts } = placedText(reading);
    const words = new Map<string, Word & { insideSentence: boolean }>();
    for (const match of text.matchAll(WORD)) {
      const key = match[0].toLowerCase();
      const word = words.get(key) ?? { occurrences: [], isName: true, insideSentence: false };
      words.set(key, word);
      const capital = /^\p{Lu}/u.test(match[0]) && key.length > 1;
      const before = text.slice(Math.max(0, match.index - LOOK_BACK), match.index);
      word.isName &&= capital;
      word.insideSentence ||= !BEFORE_SENTENCE.test(before);
      const start = tokenAt(starts, match.index);
      const end = tokenAt(starts, match.index + match[0].length - 1) + 1;
      const occurrence = { word, start, end };
      word.occurrences.push(occurrence);
      for (let token = start; token < end; token++) this.ofToken[token] ??= occurrence;
    }
    for (const word of words.values()) word.isName &&= word.insideSentence;
  }

  /** The word that a token stands in; the first of several. */
  at(token: number): Occurrence | undefined {
    return this.ofToken[token];
  }
}

const BRACKETS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** For the token of each closing bracket that of the bracket that it closes, where they are two. */
export function bracketPairs(reading: Reading): Map<number, number> {
  const { text, starts } = placedText(reading);
  const pairs = new Map<number, number>();
  const open: { bracket: string; at: number }[] = [];
  for (const { 0: bracket, index } of text.matchAll(/[()[\]{}]/g)) {
    if (!(bracket in BRACKETS)) open.push({ bracket, at: index });
    // One that closes another kind is somebody's smiley, or a mistake.
    else if (open.at(-1)?.bracket === BRACKETS[bracket]) addPair(pairs, starts, index, open.pop()!.at);
  }
  return pairs;
}

/** The same for quotation marks, of one paragraph each; straight ones open and close in turn. */
export function quotePairs(reading: Reading): Map<number, number> {
  const { text, starts } = placedText(reading);
  const pairs = new Map<number, number>();
  let open = -1;
  for (const { 0: mark, index } of text.matchAll(/["“”«»\n]/g)) {
    const opens = '“«'.includes(mark) || (mark === '"' && open === -1);
    if (opens) {
      open = index;
      continue;
    }
    if (mark !== '\n' && open !== -1) addPair(pairs, starts, index, open);
    open = -1;
  }
  return pairs;
}

function addPair(pairs: Map<number, number>, starts: Int32Array, closing: number, opening: number): void {
  const [destination, source] = [tokenAt(starts, closing), tokenAt(starts, opening)];
  if (destination !== source) pairs.set(destination, source);
}

/** The text with the offset at which each token starts; tokens given by id alone stand for their pieces. */
function placedText({ text, tokens }: Reading): { text: string; starts: Int32Array } {
  if (text !== undefined) return { text, starts: Int32Array.from(tokens, ({ start }) => start) };
  const starts = new Int32Array(tokens.length);
  let joined = '';
  for (const [index, { piece }] of tokens.entries()) {
    starts[index] = joined.length;
    joined += piece;
  }
  return { text: joined, starts };
}

/** The token that holds a character: the last one that starts at it or before, and is not empty. */
function tokenAt(starts: Int32Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  // The later bytes of a character, and tokens that stand for no text, are empty: their start is that of the next.
  return low;
}
