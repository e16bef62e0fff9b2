// A direction from a file, such as a probe's weights: numbers as JSON or as plain text. No 'vscode'.
import type { Direction } from '../../protocol/interventions';
import { BackendFailure } from '../backend/failure';
import { count } from '../numbers';

/** Bytes of a file at most: as many numbers as a direction may have, each written out in full. */
export const LARGEST_FILE = 2_000_000;
/** Most numbers that the backend takes. */
const MOST_NUMBERS = 65_536;
/** Characters of a name at most. */
const LONGEST_NAME = 100;

const remedy =
  'Write its numbers as a JSON array, as {"name": …, "values": […]}, or as plain text between blanks, commas or line ends.';

/**
 * The numbers in a file: a JSON array, an object with `values` and perhaps a `name`, or plain text as NumPy's `savetxt`
 * writes a vector.
 * @param file its name, which the direction gets where it has none of its own
 * @throws BackendFailure `usage` where there are no numbers, too many, or something else among them
 */
export function parseDirection(text: string, file: string): Extract<Direction, { kind: 'numbers' }> {
  const plain = text.replace(/^\uFEFF/, '').trim();
  const given = /^[[{]/.test(plain) ? fromJson(plain, file) : { values: fromText(plain) };
  const { values } = given;
  const wrong = values.findIndex((value) => typeof value !== 'number' || !Number.isFinite(value));
  if (values.length === 0) throw refused(`${file} holds no numbers`);
  if (wrong >= 0) throw refused(`Value ${count(wrong + 1)} of ${file} is no number`);
  if (values.length > MOST_NUMBERS) {
    throw refused(
      `${file} holds ${count(values.length)} numbers; a direction has at most ${count(MOST_NUMBERS)}`,
    );
  }
  const name = (given.name ?? file).slice(0, LONGEST_NAME);
  return { kind: 'numbers', values: values as number[], name };
}

function fromJson(text: string, file: string): { values: unknown[]; name?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`${file} is no JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(value)) return { values: value };
  const { values, name } = value as Record<string, unknown>;
  if (!Array.isArray(values)) throw refused(`${file} has no array "values"`);
  return { values, ...(typeof name === 'string' && { name }) };
}

function fromText(text: string): number[] {
  return text
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map(Number);
}

function refused(message: string): BackendFailure {
  return new BackendFailure('usage', message, remedy);
}
