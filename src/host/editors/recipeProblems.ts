// What is said about a recipe, problem by problem, each where it stands in the text.
import { type Place, placesOf } from './jsonPlaces';

export interface RecipeProblem {
  message: string;
  /** Offsets in the text; the whole first line where the message names no place. */
  start: number;
  end: number;
}

/**
 * @param message of a failure with the reason `recipe`: 'name: problem; problem', each with the path of a key
 * @param text of the recipe
 */
export function problemsOf(message: string, text: string): RecipeProblem[] {
  const places = placesOf(text);
  const firstLine = { start: 0, end: text.search(/\n|$/) };
  // A file may be called like a key.
  const said = message.replace(/^(?:.*?\.json|(?:the )?recipe): /i, '');
  return said.split('; ').map((part) => {
    const { start, end } = placeIn(part, places) ?? firstLine;
    return { message: part, start, end };
  });
}

/** The place of the path that comes first in a message; of several there, the longest. A missing key: its object. */
function placeIn(message: string, places: readonly Place[]): Place | undefined {
  let best: { place: Place; at: number } | undefined;
  for (const place of places) {
    const at = indexOfPath(message, place.path);
    if (at === -1) continue;
    const isBetter = !best || at < best.at || (at === best.at && place.path.length > best.place.path.length);
    if (isBetter) best = { place, at };
  }
  return best?.place;
}

/** Where a message names a path, or a key below it; -1 where it does not. A word of a sentence is no path. */
function indexOfPath(message: string, path: string): number {
  const follows = path.includes('.') ? /^(?![\w])/ : /^(?:\.\w|:| is\b|$)/;
  for (let at = message.indexOf(path); at !== -1; at = message.indexOf(path, at + 1)) {
    const before = at === 0 ? ' ' : message[at - 1];
    if (/[^\w.]/.test(before) && follows.test(message.slice(at + path.length))) return at;
  }
  return -1;
}
