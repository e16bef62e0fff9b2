// The cells of all maps as a table: for screen readers, and for people who want numbers.
import { count, exact, significant } from '../shared/numbers';
import { makeRowTable, type Column } from '../shared/rowTable';
import { ShownCells, type ShownCell } from './cells';
import type { Section } from './maps';

const columns: Column<ShownCell>[] = [
  { name: 'Statistic', class: 'name', text: ({ section }) => section.title.split(' · ')[0] },
  { name: 'Where', class: 'place', text: whereOf, whole: whereOf },
  {
    name: 'Value',
    class: 'value number',
    text: (cell) => (Number.isNaN(valueOf(cell)) ? '–' : significant(valueOf(cell))),
    whole: (cell) => (Number.isNaN(valueOf(cell)) ? 'No pair' : exact(valueOf(cell))),
  },
  { name: 'Pairs', class: 'pairs number', text: ({ map, row, column }) => count(map.pairs(row, column)) },
];

export interface CellTable {
  element: HTMLElement;
  show(sections: readonly Section[]): void;
}

/** Makes the table. */
export function makeCellTable(): CellTable {
  let cells = new ShownCells([]);
  const table = makeRowTable({
    class: 'cell-table',
    label: 'Attention statistics',
    columns,
    itemAt: (index) => cells.at(index),
  });
  return {
    element: table.element,
    show(sections) {
      cells = new ShownCells(sections);
      table.setLength(cells.length);
    },
  };
}

function valueOf({ map, row, column }: ShownCell): number {
  return map.values[row * map.columns.length + column];
}

/** The last part of a cell's words is the value, which has a column of its own. */
function whereOf({ map, row, column }: ShownCell): string {
  return map.words(row, column).split(' · ').slice(0, -1).join(' · ');
}
