// One row of the list; made once, then shown for one neuron after another.
import { ON_THRESHOLD, STRONGEST, type NeuronTable } from '../../src/protocol/types';
import type { ShownIntervention } from '../../src/protocol/partActions';
import { icon, make } from '../shared/elements';
import { aligned, counted, exact, percent } from '../shared/numbers';
import { activeOn, makePartMark, showPartMark, wordsOf } from '../shared/partMarks';
import { cutMiddle, plain, running, visible } from '../shared/pieces';
import { writePiece, type TokenLinks } from '../shared/tokens';
import { nameOf, neuronAt, partOf } from './neuron';
import { makeProfile } from './profile';

/** Characters of a piece that are shown in a row. */
const LONGEST_PIECE = 16;
/** Tokens of context before and after the strongest. */
const BEFORE = 8;
const AFTER = 8;
/** Left-to-right isolate, and its end. */
const ISOLATE = '\u2066';
const POP = '\u2069';

/** What all rows have in common. */
export interface RowSetting {
  table: NeuronTable;
  /** Decimals of the columns. */
  decimals: { max: number; selection: number };
  /** Row of the locked neuron and of the one that the keyboard is on; -1 for none. */
  locked: number;
  active: number;
  interventions: readonly ShownIntervention[];
}

export interface NeuronRow {
  element: HTMLElement;
  /** Shows a row of the table, which is the item `index` of the list. */
  show(setting: RowSetting, tableRow: number, index: number): void;
}

/** Id of the element that shows a row of the table. */
export function rowElementId(row: number): string {
  return `neuron-${row}`;
}

/** Makes a row. */
export function makeNeuronRow(links: TokenLinks): NeuronRow {
  const lock = make('div', { class: 'cell gutter' }, icon('lock'));
  const name = make('span');
  const changed = makePartMark();
  const max = cell('max');
  const on = cell('on');
  const selection = cell('selection');
  const pieces = Array.from({ length: STRONGEST }, () => make('span', { class: 'piece' }));
  const before = make('span', { class: 'before' });
  const strongest = make('span', { class: 'peak' });
  const after = make('span', { class: 'after' });
  const profile = makeProfile();
  const element = make(
    'div',
    { class: 'row', attributes: { role: 'row' } },
    lock,
    cell('neuron', name, changed),
    max,
    on,
    selection,
    cell('strongest', ...pieces),
    cell('context', before, strongest, after),
    cell('profile', profile.element),
  );

  let shown: { table: NeuronTable; row: number } | undefined;
  // Exact values are written only when somebody may read them: most rows scroll past.
  element.addEventListener('pointerover', () => {
    if (!shown) return;
    const { table, row } = shown;
    const tokens = Math.round(table.on[row] * (table.scope.end - table.scope.start));
    const scope = table.selected ? 'selection' : 'text';
    max.dataset['tip'] = `Largest activation on the ${scope} ${exact(table.maximum[row])}`;
    on.dataset['tip'] =
      `Above ${percent(ON_THRESHOLD)} of the largest activation on ${counted(tokens, 'token')} of the ${scope}`;
    selection.dataset['tip'] = `${exact(table.selectivity[row])} standard deviations`;
  });

  function show(setting: RowSetting, row: number, index: number): void {
    shown = { table: setting.table, row };
    const { table, decimals } = setting;
    const tokens = strongestOf(table, row);
    name.textContent = nameOf(neuronAt(table, row));
    max.textContent = aligned(table.maximum[row], decimals.max);
    on.textContent = percent(table.on[row]);
    selection.textContent = aligned(table.selectivity[row], decimals.selection);
    pieces.forEach((piece, place) => showPiece(piece, table, tokens[place], links));
    showContext(table, tokens[0]);
    profile.draw(table.profile, row);
    const active = activeOn(setting.interventions, partOf(neuronAt(table, row)));
    showPartMark(changed, active);
    mark(setting, row, index, [...tokens.map((token) => plain(table.tokens.pieces[token])), wordsOf(active)]);
  }

  /** The strongest token in the middle, so that a column of contexts can be read down. */
  function showContext({ tokens: { pieces } }: NeuronTable, token: number | undefined): void {
    const piece = token === undefined ? '' : joined([pieces[token]]);
    const text = piece.trimStart();
    const left = token === undefined ? [] : pieces.slice(Math.max(0, token - BEFORE), token);
    const right = token === undefined ? [] : pieces.slice(token + 1, token + 1 + AFTER);
    // The cell runs from right to left, so that it is cut on the left; its text does not.
    before.textContent = `${ISOLATE}${joined(left)}${'\u00a0'.repeat(piece.length - text.length)}${POP}`;
    strongest.textContent = text;
    after.textContent = joined(right);
    if (token !== undefined) links.set(strongest, token);
  }

  function mark({ locked, active }: RowSetting, row: number, index: number, words: string[]): void {
    element.id = rowElementId(row);
    element.classList.toggle('chosen', row === locked);
    element.classList.toggle('active', row === active);
    element.ariaSelected = String(row === locked);
    // The head is row 1.
    element.ariaRowIndex = String(index + 2);
    element.ariaLabel = [
      ...(row === locked ? ['Locked'] : []),
      name.textContent,
      `max ${max.textContent.trim()}`,
      `on ${on.textContent}`,
      ...words.filter((word) => word !== ''),
    ].join(', ');
  }

  return { element, show };
}

/** The tokens to name: as many of the strongest as the neuron is on at, at least one. */
export function strongestOf({ strongest, on, scope }: NeuronTable, row: number): number[] {
  const count = Math.max(1, Math.round(on[row] * (scope.end - scope.start)));
  return Array.from(strongest.subarray(row * STRONGEST, row * STRONGEST + Math.min(count, STRONGEST))).filter(
    (token) => token >= 0,
  );
}

function showPiece(
  element: HTMLElement,
  { tokens }: NeuronTable,
  token: number | undefined,
  links: TokenLinks,
): void {
  element.hidden = token === undefined;
  if (token === undefined) return;
  const whole = tokens.pieces[token];
  const short = cutMiddle(whole, LONGEST_PIECE);
  writePiece(element, visible(short));
  if (short === whole) delete element.dataset['tip'];
  else element.dataset['tip'] = plain(whole);
  links.set(element, token);
}

function joined(pieces: string[]): string {
  return pieces
    .map((piece) =>
      running(piece)
        .map(({ text }) => text)
        .join(''),
    )
    .join('');
}

function cell(name: string, ...children: Node[]): HTMLElement {
  return make('div', { class: `cell ${name}`, attributes: { role: 'gridcell' } }, ...children);
}
