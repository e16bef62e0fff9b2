// What must be painted for a neuron, said a second time and in another way than the extension does it.
import type { NeuronActivations } from '../../../src/protocol/types';

/** A stretch of one line in one strength: 1 to 10, negative where the activations are. Offsets count UTF-16 units. */
export interface Stretch {
  start: number;
  end: number;
  level: number;
}

type Activations = Pick<NeuronActivations, 'starts' | 'ends' | 'values'>;

/** The tokens of a text by the log ramp 0.05 + 0.95·log10(1 + 9·share), in its order; the faintest are left out. */
function strengths({ starts, ends, values }: Activations): Stretch[] {
  const tokens = Array.from(values, (value, token) => ({ value, start: starts[token], end: ends[token] }));
  // Begin of text is no text.
  const inText = tokens.filter(({ start, end }) => start < end);
  const largest = Math.max(...inText.map(({ value }) => Math.abs(value)));
  return inText.flatMap(({ value, start, end }) => {
    const share = Math.abs(value) / largest;
    if (share < 5e-5) return [];
    const level = Math.min(10, Math.ceil(10 * Math.log10(1 + 9 * share) - 1e-9));
    return [{ start, end, level: Math.sign(value) * level }];
  });
}

/**
 * What is painted, line ends aside: of a token with a word its blanks stay unpainted. For texts in which every
 * character is a token or a part of one.
 */
export function expectedPaint(activations: Activations, text: string): Stretch[] {
  return strengths(activations).flatMap(({ start, end, level }) => {
    const piece = text.slice(start, end);
    const parts = piece.matchAll(piece.trim() === '' ? /[^\n]+/g : /\S([^\n]*\S)?/g);
    return Array.from(parts, ({ 0: part, index }) => {
      return { start: start + index, end: start + index + part.length, level };
    });
  });
}

/** Neighbouring lines, counted from 0, that strong positive tokens mark in the overview ruler; `end` is exclusive. */
export function markedLines(activations: Activations, text: string): { start: number; end: number }[] {
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length - 1;
  const marked: { start: number; end: number }[] = [];
  for (const { start, end, level } of strengths(activations)) {
    if (level < 9) continue;
    const [first, next] = [lineOf(start), lineOf(end - 1) + 1];
    const last = marked.at(-1);
    if (last && first <= last.end) last.end = Math.max(last.end, next);
    else marked.push({ start: first, end: next });
  }
  return marked;
}

/** The level of every character of a text; 0 where it is not painted. */
export function levelsOfCharacters(stretches: readonly Stretch[], text: string): number[] {
  const levels = new Array<number>(text.length).fill(0);
  for (const { start, end, level } of stretches) levels.fill(level, start, end);
  return levels;
}
