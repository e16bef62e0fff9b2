// Which token of one text corresponds to which of another.
import type { TextCorrespondence, TokenAlignment } from '../../protocol/patching';
import { SubtextError } from '../errors';
import type { Token } from '../tokenizer/tokenizer';
import type { Reading } from './reading';

/** Cells of the table of a longest common subsequence: 16 MB of lengths. */
const LARGEST_TABLE = 4_000_000;

/**
 * `equal`: token i to token i. `subsequence`: the tokens of a longest common subsequence of the ids (Hunt and McIlroy, "An
 * Algorithm for Differential File Comparison", 1976), and between two of these the others in order where both texts have
 * as many, as where one name stands for another.
 * @throws SubtextError `alignment` for texts of different token counts and `equal`, for texts that share no token, and for
 * texts too long to be compared
 */
export function alignTokens(
  sources: readonly Token[],
  targets: readonly Token[],
  kind: TokenAlignment['kind'],
): TokenAlignment {
  if (kind === 'equal') {
    if (sources.length === targets.length) return { kind, sources: Int32Array.from(targets.keys()) };
    throw new SubtextError(
      'alignment',
      `The texts have ${sources.length} and ${targets.length} tokens, so that it is not certain which corresponds to which`,
      'Make them equally long, or align them by the tokens that they share (align: subsequence).',
    );
  }
  const from = Int32Array.from(sources, ({ id }) => id);
  const to = Int32Array.from(targets, ({ id }) => id);
  const anchors = commonSubsequence(from, to);
  if (anchors.length === 0) {
    throw new SubtextError('alignment', 'The texts share no token', 'Give texts that say nearly the same.');
  }
  const found = new Int32Array(to.length).fill(-1);
  let [source, target] = [0, 0];
  for (const [nextSource, nextTarget] of [...anchors, [from.length, to.length]]) {
    const sameLength = nextSource - source === nextTarget - target;
    for (; sameLength && target < nextTarget; target++) found[target] = source++;
    if (nextTarget < to.length) found[nextTarget] = nextSource;
    [source, target] = [nextSource + 1, nextTarget + 1];
  }
  return { kind, sources: found };
}

/**
 * What patching one text into another would do: token to token where both have as many, else by common tokens. A
 * begin-of-text token, which every text has, does not count.
 * @throws SubtextError `alignment` for texts that share no token, and for texts too long to be compared
 */
export function correspondenceOf(source: Reading, target: Reading): TextCorrespondence {
  const [sources, targets] = [source, target].map((reading) => reading.tokens.slice(reading.firstTextToken));
  const kind = sources.length === targets.length ? 'equal' : 'subsequence';
  const found = alignTokens(sources, targets, kind);
  return {
    sourceTokens: sources.length,
    targetTokens: targets.length,
    corresponding: found.sources.filter((place) => place >= 0).length,
  };
}

/** Places [in a, in b] of a longest common subsequence, in order. */
function commonSubsequence(a: Int32Array, b: Int32Array): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let same = 0;
  while (same < Math.min(a.length, b.length) - start && a.at(-1 - same) === b.at(-1 - same)) same++;
  const [rows, columns] = [a.length - start - same, b.length - start - same];
  if (rows * columns > LARGEST_TABLE) {
    throw new SubtextError(
      'alignment',
      `The texts differ over ${rows} and ${columns} tokens, too many to be aligned`,
      'Give shorter texts, or texts of equally many tokens.',
    );
  }
  // Lengths of the longest common subsequences of what lies behind each pair of places.
  const lengths = new Int32Array((rows + 1) * (columns + 1));
  const at = (row: number, column: number) => row * (columns + 1) + column;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[at(row, column)] =
        a[start + row] === b[start + column]
          ? lengths[at(row + 1, column + 1)] + 1
          : Math.max(lengths[at(row + 1, column)], lengths[at(row, column + 1)]);
    }
  }
  const pairs: [number, number][] = Array.from({ length: start }, (_, index) => [index, index]);
  for (let row = 0, column = 0; row < rows && column < columns;) {
    if (a[start + row] === b[start + column]) pairs.push([start + row++, start + column++]);
    else if (lengths[at(row + 1, column)] >= lengths[at(row, column + 1)]) row++;
    else column++;
  }
  for (let index = same; index > 0; index--) pairs.push([a.length - index, b.length - index]);
  return pairs;
}
