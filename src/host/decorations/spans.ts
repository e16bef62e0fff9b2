// From values at tokens to what is painted where: offsets, buckets and the marks of line ends. No 'vscode'.
import { LINE_END_LEVEL, bucketOf, largestOf } from './buckets';
import type { TextValues } from './highlight';

/** A stretch of one line, or the end of a line, in one bucket. Offsets count UTF-16 units. */
export interface PaintedSpan {
  bucket: number;
  start: number;
  /** Equal to `start` where `lineEnd` is set. */
  end: number;
  /** A newline in a token: nothing of it is visible in the text, so a mark is drawn at the end of its line. */
  lineEnd: boolean;
}

/** Tokens with equal text range and the strongest of their values. */
export interface TokenValue {
  start: number;
  end: number;
  value: number;
}

/**
 * One value for each stretch of text that has tokens. The second and later tokens of a character that was cut into
 * several have empty ranges at its end: the stretch that ends there gets the strongest of all.
 */
export function valuesByText(
  painted: Pick<TextValues, 'starts' | 'ends' | 'values'>,
  text: string,
): TokenValue[] {
  const { starts, ends, values } = painted;
  const merged: TokenValue[] = [];
  for (let token = 0; token < values.length; token++) {
    const [start, end, value] = [starts[token], ends[token], values[token]];
    const before = merged.at(-1);
    if (start === end) {
      // An empty range after plain text stands for a token without text (end of text), which is not painted.
      if (before?.end === start && text.charCodeAt(start - 1) > 0x7f) {
        before.value = stronger(before.value, value);
      }
    } else if (before?.start === start && before.end === end) {
      before.value = stronger(before.value, value);
    } else {
      merged.push({ start, end, value });
    }
  }
  return merged;
}

/** What is painted on `text`; in the order of the text. */
export function paintedSpans(
  painted: Pick<TextValues, 'starts' | 'ends' | 'values' | 'scale'>,
  text: string,
): PaintedSpan[] {
  const tokens = valuesByText(painted, text);
  // Of what is painted: a begin-of-text token, which is no text, often has far more than any other.
  const largest = painted.scale ?? largestOf(tokens.map(({ value }) => value));
  const spans: PaintedSpan[] = [];
  for (const { start, end, value } of tokens) {
    const bucket = bucketOf(value, largest);
    if (bucket !== 0) addSpans(spans, text, start, end, bucket);
  }
  return spans;
}

/** Cuts a token's range at line ends, and leaves out blanks around its words: words stand apart, as in the text. */
function addSpans(spans: PaintedSpan[], text: string, start: number, end: number, bucket: number): void {
  const token = text.slice(start, end);
  const hasWord = /\S/.test(token);
  let lineStart = start;
  for (let offset = start; offset < end; offset++) {
    const unit = text[offset];
    if (unit !== '\n' && unit !== '\r') continue;
    addLine(spans, text, lineStart, offset, bucket, hasWord);
    const isPair = unit === '\r' && text[offset + 1] === '\n';
    // Of a CRLF that two tokens share, the line end belongs to the one with the CR.
    const isSecondHalf = unit === '\n' && text[offset - 1] === '\r';
    if (!isSecondHalf && Math.abs(bucket) >= LINE_END_LEVEL)
      spans.push({ bucket, start: offset, end: offset, lineEnd: true });
    if (isPair && offset + 1 < end) offset++;
    lineStart = offset + 1;
  }
  addLine(spans, text, lineStart, end, bucket, hasWord);
}

function addLine(
  spans: PaintedSpan[],
  text: string,
  start: number,
  end: number,
  bucket: number,
  trim: boolean,
): void {
  if (trim) {
    while (start < end && isBlank(text[start])) start++;
    while (end > start && isBlank(text[end - 1])) end--;
  }
  if (start < end) spans.push({ bucket, start, end, lineEnd: false });
}

function isBlank(unit: string | undefined): boolean {
  return unit === ' ' || unit === '\t';
}

/** The one further from zero; a value that is no number is further than any. */
function stronger(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return NaN;
  return Math.abs(other) > Math.abs(one) ? other : one;
}
