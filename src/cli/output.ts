// Where a command's answer goes: text, or with --json one JSON value and nothing else. Messages go to standard error.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export class Output {
  constructor(readonly json: boolean) {}

  /** The answer, in either form; only the one that is wanted is made. */
  answer(asJson: () => unknown, asText: () => string): void {
    process.stdout.write(this.json ? `${JSON.stringify(asJson())}\n` : asText());
  }

  /** Part of a text answer that comes in pieces; nothing with --json. */
  write(text: string): void {
    if (!this.json) process.stdout.write(text);
  }

  /** An answer in either form that is too large to be made at once; waits for whoever reads it. */
  async stream(pieces: Iterable<string>): Promise<void> {
    await pipeline(Readable.from(pieces), process.stdout, { end: false });
  }

  note(message: string): void {
    process.stderr.write(`subtext: ${message}\n`);
  }
}

/** Rows as aligned columns; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column]).length)),
  );
  const line = (row: readonly (string | number)[]) =>
    row.map((cell, column) =>
      typeof cell === 'number' ? String(cell).padStart(widths[column]) : cell.padEnd(widths[column]),
    );
  return rows.map((row) => `${line(row).join('  ').trimEnd()}\n`).join('');
}

/** Three significant digits, as everywhere in Subtext. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}

/** Of a probability. */
export function percent(probability: number): string {
  return `${short(100 * probability)}%`;
}

/** At most so many characters, the end cut. */
export function shortened(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** Characters of a line: of the terminal, or where there is none of a usual one. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : 100;
}

/** A piece of text on one line, with its spaces visible. */
export function visible(piece: string): string {
  return piece.replaceAll('\n', '↵').replaceAll('\r', '␍').replaceAll('\t', '→').replaceAll(' ', '·');
}
