// The confusion matrix: a table of counts, each on the colour of its share of the true class. One cell can be reached by
// Tab, the others by arrows; Enter or a click shows its tokens.
import type { ProbeConfusion } from '../../src/protocol/probes';
import { paint } from '../shared/colours';
import { make } from '../shared/elements';
import { count } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { cellOf, cellWords, leftOutWords, matrixOf, type Matrix } from './matrix';
import { className, share } from './words';

/** Characters of a class that a row and a column have room for. */
const LONGEST = { row: 20, column: 8 };

export interface CellPlace {
  true: number;
  read: number;
}

export interface ConfusionView {
  element: HTMLElement;
  render(confusion: ProbeConfusion | undefined, chosen: CellPlace | undefined): void;
  focus(): void;
}

/** Makes an empty matrix; `choose` gets a cell. */
export function makeConfusion(choose: (cell: CellPlace) => void): ConfusionView {
  const note = make('p', { class: 'quiet matrix-note' });
  const frame = make('div', { class: 'matrix-frame' });
  const element = make('div', { class: 'matrix' }, frame, note);
  let shown: ProbeConfusion | undefined;

  const chooseAt = (target: EventTarget | null): void => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('td[data-true]') : null;
    if (cell) choose({ true: Number(cell.dataset['true']), read: Number(cell.dataset['read']) });
  };
  frame.addEventListener('click', ({ target }) => chooseAt(target));
  frame.addEventListener('keydown', (event) => {
    const { target } = event;
    const cell = target instanceof HTMLTableCellElement ? target : undefined;
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') chooseAt(cell);
    else {
      const next = neighbour(cell, event.key);
      if (next === undefined) return;
      if (next) moveTo(frame, next);
    }
    event.preventDefault();
  });

  return {
    element,
    render(confusion, chosen) {
      if (confusion !== shown) {
        shown = confusion;
        const matrix = confusion && matrixOf(confusion);
        frame.replaceChildren(...(matrix ? [tableOf(matrix)] : []));
        note.textContent = matrix ? (leftOutWords(matrix) ?? '') : '';
        note.hidden = note.textContent === '';
        const first = frame.querySelector<HTMLElement>('td[data-true]');
        if (first) first.tabIndex = 0;
      }
      frame.querySelector('td.chosen')?.classList.remove('chosen');
      const cell =
        chosen &&
        frame.querySelector<HTMLElement>(`td[data-true="${chosen.true}"][data-read="${chosen.read}"]`);
      if (!cell) return;
      cell.classList.add('chosen');
      setStop(frame, cell);
    },
    focus: () => frame.querySelector<HTMLElement>('td[tabindex="0"]')?.focus(),
  };
}

/** The cell that a key leads to; null at the edge, undefined for other keys. */
function neighbour(cell: HTMLTableCellElement, key: string): HTMLElement | null | undefined {
  const row = cell.parentElement as HTMLTableRowElement;
  const at = (next: HTMLTableRowElement | null | undefined, column: number): HTMLElement | null => {
    const found = next?.cells.item(column);
    return found?.dataset['true'] === undefined ? null : found;
  };
  switch (key) {
    case 'ArrowLeft':
      return at(row, cell.cellIndex - 1);
    case 'ArrowRight':
      return at(row, cell.cellIndex + 1);
    case 'ArrowUp':
      return at(row.previousElementSibling as HTMLTableRowElement | null, cell.cellIndex);
    case 'ArrowDown':
      return at(row.nextElementSibling as HTMLTableRowElement | null, cell.cellIndex);
    case 'Home':
      return at(row, 1);
    case 'End':
      return at(row, row.cells.length - 3);
    default:
      return undefined;
  }
}

function moveTo(frame: HTMLElement, cell: HTMLElement): void {
  setStop(frame, cell);
  cell.focus();
}

function setStop(frame: HTMLElement, cell: HTMLElement): void {
  for (const before of frame.querySelectorAll<HTMLElement>('td[tabindex="0"]')) before.tabIndex = -1;
  cell.tabIndex = 0;
}

function tableOf(matrix: Matrix): HTMLElement {
  const { shown, confusion } = matrix;
  const head = make(
    'tr',
    {},
    make('th', { class: 'corner', text: 'true ↓ read →', attributes: { scope: 'col' } }),
    ...shown.map((index) => headOf(confusion.classes[index], 'column')),
    make('th', {
      class: 'sum',
      text: 'tokens',
      tip: 'Test tokens of the class',
      attributes: { scope: 'col' },
    }),
    make('th', {
      class: 'sum',
      text: 'right',
      tip: 'Share of them that was read right',
      attributes: { scope: 'col' },
    }),
  );
  const rows = shown.map((index) => rowOf(matrix, index));
  return make(
    'table',
    {
      attributes: {
        role: 'grid',
        'aria-label': 'Confusion matrix: rows are true classes, columns what was read',
      },
    },
    make('thead', {}, head),
    make('tbody', {}, ...rows),
  );
}

function rowOf(matrix: Matrix, truth: number): HTMLElement {
  const { shown, confusion, ofTrue } = matrix;
  const cells = shown.map((read) => {
    const tokens = cellOf(matrix, truth, read);
    const words = cellWords(matrix, truth, read);
    const attributes = { role: 'gridcell', tabindex: '-1', 'aria-label': words };
    const cell = make('td', { text: tokens === 0 ? '0' : count(tokens), tip: words, attributes });
    cell.dataset['true'] = String(truth);
    cell.dataset['read'] = String(read);
    cell.classList.toggle('nothing', tokens === 0);
    cell.classList.toggle('right', truth === read);
    if (tokens > 0) paint(cell, tokens / ofTrue[truth], 1);
    return cell;
  });
  const right = ofTrue[truth] === 0 ? '–' : share(cellOf(matrix, truth, truth) / ofTrue[truth]);
  return make(
    'tr',
    {},
    headOf(confusion.classes[truth], 'row'),
    ...cells,
    make('td', { class: 'sum', text: count(ofTrue[truth]) }),
    make('td', { class: 'sum', text: right }),
  );
}

function headOf(name: string, scope: keyof typeof LONGEST): HTMLElement {
  const text = className(name);
  const tip = scope === 'row' ? `true: ${text}` : `read: ${text}`;
  return make('th', {
    text: cutMiddle(text, LONGEST[scope]),
    tip,
    attributes: { scope: scope === 'row' ? 'row' : 'col' },
  });
}
