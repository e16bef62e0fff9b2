// Files of samples, *.cfgtext: a header that names the grammar, then one string after another. docs/grammars.md says the same.
import { sum, type Grammar } from './grammar';
import type { ParseNode, Sample } from './sample';
import { textOf } from './tokens';

export const CFG_TEXT_ENDING = '.cfgtext';

/** What the header says of a file's samples. */
export interface CfgTextHeader {
  /** A published grammar (`cfg3b/2`), or the path of a file, relative to that of the samples. */
  grammar: string;
  /** Top levels that are left out of the grammar of a file. */
  drop: number;
  seed: number;
}

/** A stretch of a text, in UTF-16 code units. */
export interface Stretch {
  start: number;
  end: number;
}

export type HeaderValue = Stretch & { value: string };

export interface CfgText {
  /** As they are written after `# grammar:` and `# drop:`. */
  grammar?: HeaderValue;
  drop?: HeaderValue;
  /** From the first word of each string to its last one. */
  samples: Stretch[];
}

/** Characters of a line beyond which a sample is broken at its constituents. */
const LINE_WIDTH = 80;
/** Deeper constituents are indented no further. */
const MAX_INDENT = 20;

/**
 * Finds the strings of a text. Lines that are indented go on with the string before them, every other line begins one;
 * `#` begins a comment. Before the first string, `# grammar: NAME` names the grammar, and
 * `# drop: N` how many top levels of it are left out.
 */
export function readCfgText(text: string): CfgText {
  const found: CfgText = { samples: [] };
  let isOpen = false;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+|\r\n|\r|\n/g)) {
    if (line.startsWith('\r') || line.startsWith('\n')) {
      // An end of line after another one: the line between them is empty.
      if (index > 0 && '\r\n'.includes(text[index - 1])) isOpen = false;
      continue;
    }
    const content = line.split('#', 1)[0];
    const first = content.search(/\S/);
    if (first === -1) {
      if (content.length === line.length) isOpen = false;
      else if (found.samples.length === 0) {
        found.grammar ??= headerValue(line, index, 'grammar');
        found.drop ??= headerValue(line, index, 'drop');
      }
      continue;
    }
    const end = index + content.trimEnd().length;
    if (isOpen && first > 0) found.samples.at(-1)!.end = end;
    else found.samples.push({ start: index + first, end });
    isOpen = true;
  }
  return found;
}

/** The words of a sample with their places, as many as are wanted. */
export function wordsOf(text: string, { start, end }: Stretch, most: number): (Stretch & { word: string })[] {
  const words: (Stretch & { word: string })[] = [];
  for (const { 0: word, index } of text.slice(start, end).matchAll(/#[^\r\n]*|[^\s#]+/g)) {
    if (word.startsWith('#')) continue;
    words.push({ word, start: start + index, end: start + index + word.length });
    if (words.length === most) break;
  }
  return words;
}

/** The same text with blanks in the place of its comments: what a model reads of it, every word in its place. */
export function withoutComments(text: string): string {
  return text.replace(/#[^\r\n]*/g, (comment) => ' '.repeat(comment.length));
}

export function cfgTextHeader({ grammar, drop, seed }: CfgTextHeader): string {
  return [`# grammar: ${grammar}`, ...(drop > 0 ? [`# drop: ${drop}`] : []), `# seed: ${seed}`, ''].join(
    '\n',
  );
}

/**
 * How samples are written: each on a line, or, so that long ones can be read, broken at their constituents.
 * @returns lines without the end of the last one
 */
export function sampleWriter(grammar: Grammar, broken: boolean): (sample: Sample) => string {
  if (!broken) return ({ tokens }) => textOf(grammar, tokens);
  const widths = lineWidths(grammar);
  return (sample) => brokenLines(grammar, widths, sample).join('\n');
}

/** By symbol the characters of the longest of its strings, so that all constituents of a symbol are broken alike. */
function lineWidths(grammar: Grammar): Float64Array {
  return grammar.fold(
    (terminal) => grammar.symbols[terminal].length + 1,
    sum,
    (rules) => rules.reduce((a, b) => Math.max(a, b)),
  );
}

/** Every constituent of a broken one begins a line, which is indented by its depth; the first goes on with its line. */
function brokenLines(grammar: Grammar, widths: Float64Array, { tokens, tree }: Sample): string[] {
  const lines: string[] = [];
  const add = ({ symbol, start, end, children }: ParseNode, depth: number, indent: number) => {
    if (widths[symbol] <= LINE_WIDTH || children.length === 0) {
      const blanks = ' '.repeat(2 * Math.min(indent, MAX_INDENT));
      lines.push(blanks + textOf(grammar, tokens.slice(start, end)));
      return;
    }
    for (const [index, child] of children.entries()) add(child, depth + 1, index === 0 ? indent : depth + 1);
  };
  add(tree, 0, 0);
  return lines;
}

function headerValue(line: string, index: number, key: string): HeaderValue | undefined {
  const found = new RegExp(`^(\\s*#\\s*${key}:\\s*)(\\S.*?)\\s*$`).exec(line);
  if (!found) return undefined;
  const start = index + found[1].length;
  return { value: found[2], start, end: start + found[2].length };
}
