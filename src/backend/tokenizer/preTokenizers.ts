// The pre-tokenizers of tokenizer.json: they cut a normalized text into the pieces that the model may not join.
// The rules are those of Hugging Face tokenizers (Rust, `tokenizers/src/pre_tokenizers`).
import { replaceMatches } from './alignment';
import type { AlignedText } from './alignment';
import { spellBytes } from './byteLevel';
import type { JsonValue } from './jsonValue';
import { prepend } from './normalizers';
import { gpt2Words, literalPattern, readPattern } from './patterns';

export type PreTokenizer = (pieces: readonly AlignedText[]) => readonly AlignedText[];

const BEHAVIORS = ['Removed', 'Isolated', 'Contiguous', 'MergedWithPrevious', 'MergedWithNext'] as const;
/** What becomes of the parts of a text that match a pattern. */
type Behavior = (typeof BEHAVIORS)[number];

/** Longest piece that FixedLength may ask for; a text has no more. */
const MAX_FIXED_LENGTH = 2 ** 31 - 1;

// Rust's char::is_ascii_punctuation and the Unicode category.
const PUNCTUATION = /[!-/:-@[-`{-~\p{P}]/gu;
const WHITE_SPACE = /\p{White_Space}+/gu;
// Rust's regex crate: `\w+|[^\w\s]+`.
const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const WORDS = new RegExp(`[${WORD}]+|[^${WORD}\\p{White_Space}]+`, 'gu');

/** @throws SubtextError 'tokenizer' for a pre-tokenizer that is not known. */
export function readPreTokenizer(json: JsonValue): PreTokenizer {
  if (json.isMissing) return (pieces) => pieces;
  const type = json.field('type').text();
  switch (type) {
    case 'Sequence': {
      const steps = json.field('pretokenizers').items().map(readPreTokenizer);
      return (pieces) => steps.reduce((current, step) => step(current), pieces);
    }
    case 'ByteLevel':
      return byteLevel(json.field('add_prefix_space').flag(true), json.field('use_regex').flag(true));
    case 'Metaspace':
      return metaspace(json);
    case 'Split': {
      const pattern = readPattern(json.field('pattern'));
      return split(pattern, readBehavior(json.field('behavior')), json.field('invert').flag(false));
    }
    case 'BertPreTokenizer': {
      const words = split(WHITE_SPACE, 'Removed');
      const punctuation = split(PUNCTUATION, 'Isolated');
      return (pieces) => punctuation(words(pieces));
    }
    case 'Whitespace':
      return split(WORDS, 'Removed', true);
    case 'WhitespaceSplit':
      return split(WHITE_SPACE, 'Removed');
    case 'CharDelimiterSplit':
      return split(literalPattern(json.field('delimiter').text()), 'Removed');
    case 'Punctuation':
      return split(PUNCTUATION, readBehavior(json.field('behavior')));
    case 'Digits':
      return split(json.field('individual_digits').flag(false) ? /\p{N}/gu : /\p{N}+/gu, 'Isolated');
    case 'FixedLength': {
      const length = json.field('length').count(MAX_FIXED_LENGTH);
      if (length === 0) json.fail('cuts the text into pieces of no length');
      return split(new RegExp(`[^]{1,${length}}`, 'gu'), 'Isolated');
    }
    default:
      return json.fail(`is a pre-tokenizer that Subtext does not know, '${type}'`);
  }
}

/** Old files write the behaviors in lower case: `isolated`, `merged_with_next`. */
function readBehavior(json: JsonValue): Behavior {
  const name = json.text('Isolated').replaceAll('_', '').toLowerCase();
  return (
    BEHAVIORS.find((behavior) => behavior.toLowerCase() === name) ?? json.fail('is no way to split a text')
  );
}

function byteLevel(hasPrefix: boolean, usesWords: boolean): PreTokenizer {
  const addSpace = prepend(' ');
  const words = split(gpt2Words, 'Isolated');
  return (pieces) => {
    const spaced = hasPrefix
      ? pieces.map((piece) => (piece.text.startsWith(' ') ? piece : addSpace(piece)))
      : pieces;
    return spellBytes(usesWords ? words(spaced) : spaced);
  };
}

/** SentencePiece's way of keeping spaces: each becomes a ▁, and one is put before the text. */
function metaspace(json: JsonValue): PreTokenizer {
  const replacement = json.field('replacement').text('▁');
  // Before version 0.14 of Hugging Face's library a flag said what the scheme says now.
  const oldScheme = json.field('add_prefix_space').flag(true) ? 'always' : 'never';
  const scheme = json.field('prepend_scheme').text(oldScheme).toLowerCase();
  const addReplacement = prepend(replacement);
  const words = json.field('split').flag(true)
    ? split(literalPattern(replacement), 'MergedWithNext')
    : (pieces: readonly AlignedText[]) => pieces;
  return (pieces) =>
    words(
      pieces.map((piece) => {
        const spelt = replaceSpaces(piece, replacement);
        const isAsked = scheme === 'always' || (scheme === 'first' && piece.sourceStart === 0);
        return isAsked && !spelt.text.startsWith(replacement) ? addReplacement(spelt) : spelt;
      }),
    );
}

function replaceSpaces(piece: AlignedText, replacement: string): AlignedText {
  if (replacement.length === 1) return piece.respelt(piece.text.replaceAll(' ', replacement));
  return replaceMatches(piece, / /gu, () => replacement);
}

/** Cuts every piece where the pattern matches; empty pieces are left out. With `invert` the rest counts as matching. */
function split(pattern: RegExp, behavior: Behavior, invert = false): PreTokenizer {
  return (pieces) => {
    const result: AlignedText[] = [];
    for (const piece of pieces) {
      const parts = new Parts();
      for (const { 0: match, index } of piece.text.matchAll(pattern)) {
        parts.add(index, invert);
        parts.add(index + match.length, !invert);
      }
      parts.add(piece.text.length, invert);
      parts.join(behavior, piece, result);
    }
    return result;
  };
}

/** A text cut into parts, each matching a pattern or not. */
class Parts {
  private readonly ends: number[] = [];
  private readonly isMatch: boolean[] = [];

  /** The next part, which reaches up to `end`. */
  add(end: number, isMatch: boolean): void {
    if (end === (this.ends.at(-1) ?? 0)) return;
    this.ends.push(end);
    this.isMatch.push(isMatch);
  }

  /** Puts the parts together as the behavior says; of several matches in a row only the nearest joins a neighbour. */
  join(behavior: Behavior, piece: AlignedText, result: AlignedText[]): void {
    const { ends, isMatch } = this;
    let from = 0;
    for (const [index, end] of ends.entries()) {
      const isLast = index === ends.length - 1;
      const joinsNext: boolean =
        !isLast &&
        ((behavior === 'Contiguous' && isMatch[index] === isMatch[index + 1]) ||
          (behavior === 'MergedWithPrevious' && !isMatch[index] && isMatch[index + 1]) ||
          (behavior === 'MergedWithNext' && !isMatch[index + 1]));
      if (joinsNext) continue;
      if (behavior !== 'Removed' || !isMatch[index]) result.push(piece.slice(from, end));
      from = end;
    }
  }
}
