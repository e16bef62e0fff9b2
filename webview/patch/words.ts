// What the patching view says of a map, its columns and its cells.
import type { PatchedPart, PatchMap } from '../../src/protocol/patching';
import { exact, significant } from '../shared/numbers';
import { plain } from '../shared/pieces';

export const parts: Record<PatchedPart, string> = {
  resid: 'Residual stream',
  attn: 'Attention',
  mlp: 'MLP',
  head: 'Heads',
};

/** The metric in words: what is 0 in the corrupted text and 1 in the clean one. */
export function metricWords({ metric: { kind, answer, wrong, clean, corrupted } }: PatchMap): string {
  const what =
    kind === 'logit-difference' && wrong
      ? `Logit of '${plain(answer.piece)}' minus that of '${plain(wrong.piece)}'`
      : `Log-probability of '${plain(answer.piece)}'`;
  return `${what}: ${significant(corrupted)} after the corrupted text (0 in the map), ${significant(clean)} after the clean one (1)`;
}

/** What makes a map hard to read: an answer that is no likelier after the clean text. */
export function metricWarning({ metric: { kind, answer, clean, corrupted } }: PatchMap): string {
  if (clean > corrupted) return '';
  const advice =
    kind === 'logit-difference' ? 'Exchange the two tokens' : 'Type the token that should follow';
  return `'${plain(answer.piece)}' is no likelier after the clean text, so that blue makes it less likely. ${advice}, or exchange the texts.`;
}

/** Head of a column. */
export function columnName({ part, corruptedPieces }: PatchMap, column: number): string {
  return part === 'head' ? `H${column}` : plain(corruptedPieces[column]);
}

/** What a column is, for tooltips and screen readers. */
export function columnWords(map: PatchMap, column: number): string {
  if (map.part === 'head') return `Head ${column}, at all tokens`;
  const source = map.alignment.sources[column];
  const here = `Token ${column}, '${plain(map.corruptedPieces[column])}'`;
  if (source < 0) return `${here}: corresponds to no token of the clean text`;
  const from = plain(map.cleanPieces[source]);
  return from === plain(map.corruptedPieces[column]) ? here : `${here}, gets the values of '${from}'`;
}

export function cellWords(map: PatchMap, layer: number, column: number): string {
  const value = map.effect[layer * map.columns + column];
  const where = map.part === 'head' ? `L${layer}H${column}` : `L${layer}.${map.part}`;
  const effect = Number.isNaN(value) ? 'nothing to patch' : `${exact(value)} of the clean text's prediction`;
  return `${where} · ${columnWords(map, column)} · ${effect}`;
}

/** A number of the map, short enough for its cell. */
export function cellNumber(value: number): string {
  if (Number.isNaN(value)) return '–';
  // Exactly nothing, as before the first token that differs.
  if (value === 0) return '0';
  const rounded = Math.abs(value) < 0.005 ? 0 : value;
  return Math.abs(rounded) >= 100 ? significant(rounded) : rounded.toFixed(2).replace('-', '−');
}

/** The map as rows of a table, with a head. */
export function csvOf(map: PatchMap): (string | number)[][] {
  const rows: (string | number)[][] = [['layer', 'column', 'name', 'clean', 'effect']];
  for (let layer = 0; layer < map.layers; layer++) {
    for (let column = 0; column < map.columns; column++) {
      const source = map.part === 'head' ? -1 : map.alignment.sources[column];
      const name = map.part === 'head' ? `H${column}` : map.corruptedPieces[column];
      const from = source < 0 ? '' : map.cleanPieces[source];
      rows.push([layer, column, name, from, map.effect[layer * map.columns + column]]);
    }
  }
  return rows;
}
