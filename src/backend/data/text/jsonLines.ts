// Documents of a file with a JSON object on every line.
import { SubtextError } from '../../errors';
import { isObject, shown } from '../../files';
import { readTextBlocks } from './blocks';
import { partsOfDocument, type DocumentPart } from './parts';

/** The longest books have some 10 MB; a file without line ends is no JSONL. In UTF-16 units. */
export const LONGEST_LINE = 64 * 2 ** 20;
/** Names of other columns in a message. */
const MAX_NAMES = 12;

/** @throws SubtextError 'data' with file and line; as `readTextBlocks` */
export async function* readJsonLines(
  path: string,
  column: string,
  blockBytes?: number,
): AsyncGenerator<DocumentPart> {
  let pending = '';
  let number = 1;
  let position = 0;
  for await (const block of readTextBlocks(path, blockBytes)) {
    position = block.position;
    const lines = (pending + block.text).split('\n');
    pending = lines.pop()!;
    for (const line of lines)
      yield* partsOfDocument(textOf(line, column, `${shown(path)}, line ${number++}`), position);
    if (pending.length > LONGEST_LINE) throw lineError(`${shown(path)}, line ${number}`, 'is too long');
  }
  yield* partsOfDocument(textOf(pending, column, `${shown(path)}, line ${number}`), position);
}

/** @param place file and line, for messages */
function textOf(line: string, column: string, place: string): string {
  return line.trim() === '' ? '' : textIn(objectOf(line, place), column, place);
}

/** The object that a line is. @throws SubtextError `data` */
export function objectOf(line: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw lineError(place, 'is not JSON');
  }
  if (!isObject(value)) throw lineError(place, 'is no JSON object');
  return value;
}

/** The text of an object's column. @throws SubtextError `data` */
export function textIn(value: Record<string, unknown>, column: string, place: string): string {
  if (!Object.hasOwn(value, column)) {
    const names = Object.keys(value).slice(0, MAX_NAMES);
    throw new SubtextError(
      'data',
      `${place} has no '${shown(column)}', only ${names.map((name) => shown(name, 40)).join(', ') || 'nothing'}`,
      'Name the column that holds the text.',
    );
  }
  const text = value[column];
  if (typeof text !== 'string') throw lineError(place, `has a '${shown(column)}' that is no text`);
  return text;
}

export function lineError(place: string, problem: string): SubtextError {
  return new SubtextError('data', `${place} ${problem}`, 'Write one JSON object with the text on each line.');
}
