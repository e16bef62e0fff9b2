// The cells of all maps as a table: for screen readers, and for people who want numbers.
import { make } from '../shared/elements';
import { nextIndex } from '../shared/listKeys';
import { count, exact, significant } from '../shared/numbers';
import { VirtualList } from '../shared/virtualList';
import { ShownCells, type ShownCell } from './cells';
import type { Section } from './maps';

const ROW_HEIGHT = 22;
const columns = ['Statistic', 'Where', 'Value', 'Pairs'] as const;
const classes = ['name', 'place', 'value number', 'pairs number'] as const;

interface Row {
  element: HTMLElement;
  cells: HTMLElement[];
}

export interface CellTable {
  element: HTMLElement;
  show(sections: readonly Section[]): void;
}

/** Makes the table. */
export function makeCellTable(): CellTable {
  let cells = new ShownCells([]);
  let active = -1;
  const list = new VirtualList<Row>({
    rowHeight: ROW_HEIGHT,
    make: makeRow,
    show: (row, index) => showRow(row, cells.at(index), index, index === active),
  });
  list.element.role = 'rowgroup';
  const head = make(
    'div',
    { class: 'row column-head', attributes: { role: 'row' } },
    ...columns.map((text, at) =>
      make('div', { class: `cell ${classes[at]}`, text, attributes: { role: 'columnheader' } }),
    ),
  );
  const element = make(
    'div',
    {
      class: 'cell-table row-table',
      attributes: { role: 'grid', tabindex: '0', 'aria-label': 'Attention statistics' },
    },
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head),
    list.element,
  );
  element.addEventListener('keydown', (event) => {
    if (cells.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIndex(event.key, active, list.pageLength, cells.length);
    if (next === undefined) return;
    event.preventDefault();
    active = next;
    list.reveal(next);
    list.refresh();
    element.setAttribute('aria-activedescendant', rowId(next));
  });
  return {
    element,
    show(sections) {
      cells = new ShownCells(sections);
      active = Math.min(active, cells.length - 1);
      element.ariaRowCount = String(cells.length + 1);
      list.setLength(cells.length);
    },
  };
}

function rowId(index: number): string {
  return `cell-${index}`;
}

function makeRow(): Row {
  const cells = classes.map((name) =>
    make('div', { class: `cell ${name}`, attributes: { role: 'gridcell' } }),
  );
  return { element: make('div', { class: 'row', attributes: { role: 'row' } }, ...cells), cells };
}

function showRow(
  { element, cells }: Row,
  { section, map, row, column }: ShownCell,
  index: number,
  isActive: boolean,
): void {
  element.id = rowId(index);
  element.ariaRowIndex = String(index + 2);
  element.classList.toggle('active', isActive);
  const value = map.values[row * map.columns.length + column];
  const isThere = !Number.isNaN(value);
  // The last part is the value, which has a column of its own.
  const where = map.words(row, column).split(' · ').slice(0, -1).join(' · ');
  const texts = [
    section.title.split(' · ')[0],
    where,
    isThere ? significant(value) : '–',
    count(map.pairs(row, column)),
  ];
  cells.forEach((cell, at) => (cell.textContent = texts[at]));
  cells[1].dataset['tip'] = where;
  cells[2].dataset['tip'] = isThere ? exact(value) : 'No pair';
}
