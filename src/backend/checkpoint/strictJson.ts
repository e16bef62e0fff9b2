// Finds what JSON.parse forgives: a key named twice in one object, of which the first would be lost.
import { shown } from '../files';

/** The header of a safetensors file is two objects and a list deep. */
const MAX_DEPTH = 8;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * What a strict reader has against a JSON text, or undefined.
 * @param text valid JSON; run JSON.parse first.
 */
export function strictJsonProblem(text: string): string | undefined {
  // The keys of every object that is open here; lists have none.
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 0x7b || character === 0x5b) {
      if (open.push(new Set()) > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`;
    } else if (character === 0x7d || character === 0x5d) {
      open.pop();
    } else if (character === quote) {
      const end = endOfString(text, at);
      if (text.charCodeAt(skipWhitespace(text, end)) === colon) {
        const key = JSON.parse(text.slice(at, end)) as string;
        const keys = open.at(-1)!;
        if (keys.has(key)) return `names ${shown(key)} twice`;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Position after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

function skipWhitespace(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text.charAt(at))) at++;
  return at;
}
