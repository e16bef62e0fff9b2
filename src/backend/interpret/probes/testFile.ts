// The documents of the test split in a file that a person can open: where probes were right and wrong.
import { PROBE_FILES } from '../../../protocol/probes';
import { cfgTextHeader } from '../../data/cfg/cfgText';
import { openGrammar } from '../../data/cfg/open';
import { isPresetName } from '../../data/cfg/presets';
import type { ProbeData } from './data';
import type { FittedProbe } from './fit';
import type { ProbeRecipe } from './recipeSchema';

/** Between two texts; the mark that plain text is read with, too (data/text/plainText.ts). */
export const TEXT_SEPARATOR = '\n<|endoftext|>\n';

export class TestFile {
  readonly name: string;
  private readonly header: string;
  private readonly separator: string;
  /** By text where it begins, in UTF-16 units, in the order of the file. */
  private readonly starts = new Map<string, number>();
  private length: number;

  /** @param recipe with absolute paths */
  constructor({ data, seed }: Pick<ProbeRecipe, 'data' | 'seed'>) {
    this.name = data.kind === 'cfg' ? PROBE_FILES.testStrings : PROBE_FILES.testTexts;
    this.separator = data.kind === 'cfg' ? '\n' : TEXT_SEPARATOR;
    this.header = data.kind === 'cfg' ? headerOf(data, seed) : '';
    this.length = this.header.length;
  }

  /** Its content piece by piece: all texts at once may be longer than a string can be. */
  *pieces(): Generator<string> {
    yield this.header;
    let before = '';
    for (const text of this.starts.keys()) {
      yield before + asShown(text);
      before = this.separator;
    }
    yield '\n';
  }

  /**
   * Where the test tokens that a probe was scored on stand, and what it read.
   * @returns [n_test, 4]: UTF-16 range in this file, true class, read class
   */
  places({ labels, read }: FittedProbe, { places: { texts, documents, ranges } }: ProbeData): Int32Array {
    const rows: number[] = [];
    read.forEach((found, example) => {
      const label = labels[example];
      if (found < 0 || label < 0) return;
      const first = this.startOf(texts[documents[example]]);
      rows.push(first + ranges[2 * example], first + ranges[2 * example + 1], label, found);
    });
    return Int32Array.from(rows);
  }

  /** Each text stands there once, however often it was drawn and whichever models read it. */
  private startOf(text: string): number {
    const known = this.starts.get(text);
    if (known !== undefined) return known;
    const start = this.length + (this.starts.size > 0 ? this.separator.length : 0);
    this.length = start + text.length;
    this.starts.set(text, start);
    return start;
  }
}

function headerOf({ grammar: given, drop }: Extract<ProbeRecipe['data'], { kind: 'cfg' }>, seed: number) {
  // The name of a published grammar says what was left out of it, that of a file does not.
  const named = isPresetName(given)
    ? { grammar: openGrammar(given, drop).name, drop: 0 }
    : { grammar: given, drop };
  return cfgTextHeader({ ...named, seed });
}

/**
 * A text as an editor keeps it, as long as it was and every character in its place: editors make all ends of lines alike, drop a byte order
 * mark and open nothing with a NUL.
 */
function asShown(text: string): string {
  return text
    .replace(/\r\n/g, ' \n')
    .replaceAll('\r', '\n')
    .replaceAll('\uFEFF', ' ')
    .replaceAll('\0', '\u2400');
}
