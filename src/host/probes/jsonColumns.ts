// The columns of a file with a JSON object in each line, as its first line has them.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { BackendFailure } from '../backend/failure';

/** A first line that is longer is no line of labelled text. */
const LONGEST_LINE_BYTES = 1 << 22;

export interface JsonColumns {
  /** Columns that hold a text: `text` first, if it is there. */
  texts: string[];
  /** All columns. */
  all: string[];
}

/** Rejects with what a person can mend. */
export async function columnsOf(path: string): Promise<JsonColumns> {
  const line = await firstLine(path).catch((error: unknown) => {
    throw failure(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const value = objectIn(line);
  if (!value) throw failure(`${basename(path)} has no JSON object in its first line`);
  const texts = Object.keys(value).filter((key) => typeof value[key] === 'string');
  if (texts.length === 0) throw failure(`${basename(path)} has no text in its first line`);
  const isText = (key: string) => key === 'text';
  return {
    texts: [...texts.filter(isText), ...texts.filter((key) => !isText(key))],
    all: Object.keys(value),
  };
}

async function firstLine(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(Math.min(LONGEST_LINE_BYTES, (await file.stat()).size));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const text = new TextDecoder().decode(bytes.subarray(0, bytesRead));
    return text.trimStart().split('\n', 1)[0];
  } finally {
    await file.close();
  }
}

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function failure(message: string): BackendFailure {
  return new BackendFailure(
    'data',
    message,
    'Choose a file with a JSON object in each line (docs/probes.md).',
  );
}
