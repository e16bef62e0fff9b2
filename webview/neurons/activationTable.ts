// A neuron's activation at every token that was asked about: as a table to look at, and as rows for CSV.
import type { NeuronTable } from '../../src/protocol/types';
import { make } from '../shared/elements';
import { count, exact, shortest, significant } from '../shared/numbers';
import { plain, visible } from '../shared/pieces';
import { writePiece, type TokenLinks } from '../shared/tokens';

/** Rows that are shown; the CSV has all. */
const SHOWN_ROWS = 1000;

/** Token index, piece and value of every token of the scope, with a head. */
export function csvOf({ tokens, scope }: NeuronTable, values: Float32Array): (string | number)[][] {
  const rows: (string | number)[][] = [['token', 'piece', 'activation']];
  for (let token = scope.start; token < scope.end; token++) {
    rows.push([token, tokens.pieces[token], shortest(values[token])]);
  }
  return rows;
}

/** The same as a table, of the first tokens where there are many. */
export function tableOf(
  { tokens, scope }: NeuronTable,
  values: Float32Array,
  links: TokenLinks,
): HTMLElement {
  const length = scope.end - scope.start;
  const rows = Array.from({ length: Math.min(length, SHOWN_ROWS) }, (_, place) => {
    const token = scope.start + place;
    const piece = make('span', { class: 'token', tip: plain(tokens.pieces[token]) });
    writePiece(piece, visible(tokens.pieces[token]));
    links.set(piece, token);
    return make(
      'tr',
      {},
      make('td', { text: count(token) }),
      make('td', { class: 'piece-cell' }, piece),
      make('td', { text: significant(values[token]), tip: exact(values[token]) }),
    );
  });
  const head = ['Token', 'Piece', 'Activation'].map((text) =>
    make('th', { text, class: text === 'Piece' ? 'piece-cell' : '', attributes: { scope: 'col' } }),
  );
  const table = make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows));
  if (length <= SHOWN_ROWS) return table;
  const note = `The first ${count(SHOWN_ROWS)} of ${count(length)} tokens. Copy Activations as CSV has all.`;
  return make('div', {}, make('p', { class: 'quiet', text: note }), table);
}
