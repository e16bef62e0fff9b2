// The list of what changed most: rows in sight, pointer and keys on them.
import { paint, rangeOf } from '../shared/colours';
import { make } from '../shared/elements';
import { nextIndex } from '../shared/listKeys';
import { exact } from '../shared/numbers';
import { cutMiddle, plain, visible } from '../shared/pieces';
import { writePiece, type TokenLinks } from '../shared/tokens';
import { VirtualList } from '../shared/virtualList';
import { columnNames, nats, signed } from './facts';
import { difference, rowsOf, type LossesState } from './state';
import type { LossReport } from '../../src/protocol/lossesView';

const ROW_HEIGHT = 22;
const LONGEST_PIECE = 24;

interface LossRow {
  element: HTMLElement;
  piece: HTMLElement;
  before: HTMLElement;
  after: HTMLElement;
  change: HTMLElement;
}

export interface LossList {
  element: HTMLElement;
  render(state: LossesState): void;
}

/** Makes the list; `reveal` shows a token in the editor. */
export function makeLossList(links: TokenLinks, reveal: (token: number) => void): LossList {
  let report: LossReport | undefined;
  let rows: readonly number[] = [];
  let range = 0;
  let active = -1;
  const list = new VirtualList<LossRow>({
    rowHeight: ROW_HEIGHT,
    make: makeRow,
    show: (row, index) => report && showRow(row, index, report),
  });
  list.element.role = 'rowgroup';
  const head = make('div', { class: 'row column-head', attributes: { role: 'row' } });
  const element = make(
    'div',
    {
      class: 'loss-list row-table',
      attributes: { role: 'grid', tabindex: '0', 'aria-label': 'Largest changes' },
    },
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head),
    list.element,
  );

  function showRow(row: LossRow, index: number, shown: LossReport): void {
    const at = rows[index];
    const change = difference(shown, at);
    row.element.id = `loss-${index}`;
    row.element.ariaRowIndex = String(index + 2);
    row.element.classList.toggle('active', index === active);
    row.element.classList.toggle('chosen', index === active);
    links.set(row.piece, shown.places[at]);
    row.piece.dataset['tip'] = plain(shown.pieces[at]);
    writePiece(row.piece, visible(cutMiddle(shown.pieces[at], LONGEST_PIECE)));
    paint(row.piece, change, range);
    write(row.before, shown.lossBefore[at]);
    write(row.after, shown.lossAfter[at]);
    row.change.textContent = signed(change);
    row.change.dataset['tip'] = signed(change, exact);
  }

  function activate(index: number): void {
    active = index;
    list.reveal(index);
    list.refresh();
    element.setAttribute('aria-activedescendant', `loss-${index}`);
    if (report) reveal(report.places[rows[index]]);
  }

  list.element.addEventListener('click', ({ target }) => {
    const index = list.indexOf(target);
    if (index !== undefined) activate(index);
  });
  element.addEventListener('keydown', (event) => {
    if (rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = event.key === 'Enter' ? active : nextIndex(event.key, active, list.pageLength, rows.length);
    if (next === undefined || next < 0) return;
    event.preventDefault();
    activate(next);
  });

  return {
    element,
    render(state) {
      const next = rowsOf(state);
      if (state.report === report && next === rows) return;
      if (state.report && state.report !== report) head.replaceChildren(...headCells(state.report));
      report = state.report;
      rows = next;
      active = -1;
      range = report ? rangeOf(report.places.map((_, row) => difference(report!, row))) : 0;
      element.removeAttribute('aria-activedescendant');
      element.ariaRowCount = String(rows.length + 1);
      list.setLength(rows.length);
    },
  };
}

function headCells(report: LossReport): HTMLElement[] {
  const [before, after] = columnNames(report);
  const loss = 'Loss in nats: minus the log-probability of the token';
  const columns = [
    { text: 'Token', tip: '' },
    { text: before, tip: `${report.before}. ${loss}` },
    { text: after, tip: `${report.after}. ${loss}` },
    { text: 'Change', tip: `From ${report.before} to ${report.after}, in nats` },
  ];
  return columns.map(({ text, tip }, column) =>
    make('div', {
      class: `cell ${column > 0 ? 'number' : 'piece-cell'}`,
      text,
      tip,
      attributes: { role: 'columnheader' },
    }),
  );
}

function makeRow(): LossRow {
  const piece = make('span', { class: 'token' });
  const number = () => make('div', { class: 'cell number', attributes: { role: 'gridcell' } });
  const [before, after, change] = [number(), number(), number()];
  const cell = make('div', { class: 'cell piece-cell', attributes: { role: 'gridcell' } }, piece);
  const element = make('div', { class: 'row', attributes: { role: 'row' } }, cell, before, after, change);
  return { element, piece, before, after, change };
}

function write(cell: HTMLElement, value: number): void {
  cell.textContent = nats(value);
  cell.dataset['tip'] = exact(value);
}
