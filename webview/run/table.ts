// The points as a table: for screen readers, and for people who want numbers.
import { make } from '../shared/elements';
import { nextIndex } from '../shared/listKeys';
import { count, exact, significant } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { VirtualList } from '../shared/virtualList';
import { Rows, type Row } from './rows';
import type { ShownRun } from './state';
import { thinningWords } from './thinning';
import { clock, compact } from './words';

const ROW_HEIGHT = 22;

interface TableColumn {
  name: string;
  class: string;
  text: (row: Row) => string;
  tip?: (row: Row) => string;
}

const columns: TableColumn[] = [
  {
    name: 'Run',
    class: 'run',
    text: ({ run }) => cutMiddle(run.snapshot.name, 24),
    tip: ({ run }) => run.snapshot.name,
  },
  { name: 'Step', class: 'step', text: ({ step }) => count(step) },
  number('Training', 'loss', ({ loss }) => loss),
  number('Validation', 'loss', ({ validation }) => validation),
  number('Gradient norm', 'wide', ({ gradientNorm }) => gradientNorm),
  number('Learning rate', 'wide', ({ lr }) => lr),
  number('Tokens/s', 'widest', ({ tokensPerSecond }) => tokensPerSecond),
  {
    name: 'Tokens',
    class: 'widest',
    text: ({ tokens }) => compact(tokens),
    tip: ({ tokens }) => count(tokens),
  },
  {
    name: 'Time',
    class: 'widest',
    text: ({ seconds }) => clock(seconds),
    tip: ({ seconds }) => `${seconds} s`,
  },
];

function number(name: string, kind: string, value: (row: Row) => number): TableColumn {
  return {
    name,
    class: kind,
    text: (row) => (Number.isNaN(value(row)) ? '' : significant(value(row))),
    tip: (row) => (Number.isNaN(value(row)) ? '' : exact(value(row))),
  };
}

interface TableRow {
  element: HTMLElement;
  cells: HTMLElement[];
}

export interface PointTable {
  element: HTMLElement;
  /** Shows the points as they are now; call it again when some were added. */
  show(runs: readonly ShownRun[]): void;
}

/** Makes the table. */
export function makeTable(): PointTable {
  let rows = new Rows([]);
  let active = -1;
  const list = new VirtualList<TableRow>({
    rowHeight: ROW_HEIGHT,
    make: makeRow,
    show: (row, index) => showRow(row, rows.at(index), index, index === active),
  });
  list.element.role = 'rowgroup';
  const head = make('div', { class: 'row column-head', attributes: { role: 'row' } });
  head.append(
    ...columns.map((column) =>
      make('div', { class: `cell ${column.class}`, text: column.name, attributes: { role: 'columnheader' } }),
    ),
  );
  const caption = make('div', { class: 'table-caption', attributes: { role: 'caption' } });
  caption.hidden = true;
  const element = make(
    'div',
    {
      class: 'point-table row-table',
      attributes: { role: 'grid', tabindex: '0', 'aria-label': 'Logged steps' },
    },
    caption,
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head),
    list.element,
  );

  function activate(index: number): void {
    active = index;
    list.reveal(index);
    list.refresh();
    element.setAttribute('aria-activedescendant', rowId(index));
  }
  element.addEventListener('keydown', (event) => {
    if (rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIndex(event.key, active, list.pageLength, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    activate(next);
  });
  list.element.addEventListener('click', ({ target }) => {
    const index = list.indexOf(target);
    if (index !== undefined) activate(index);
  });

  return {
    element,
    show(runs) {
      if (rows.isOf(runs)) return;
      const before = rows.length;
      rows = new Rows(runs);
      if (rows.length < before) active = Math.min(active, rows.length - 1);
      element.ariaRowCount = String(rows.length + 1);
      element.classList.toggle('several', runs.length > 1);
      const thinning = thinningWords(runs);
      caption.hidden = thinning === undefined;
      caption.textContent = thinning ?? '';
      list.setLength(rows.length);
    },
  };
}

function rowId(index: number): string {
  return `point-${index}`;
}

function makeRow(): TableRow {
  const cells = columns.map((column) =>
    make('div', { class: `cell ${column.class}`, attributes: { role: 'gridcell' } }),
  );
  return { element: make('div', { class: 'row', attributes: { role: 'row' } }, ...cells), cells };
}

function showRow({ element, cells }: TableRow, row: Row, index: number, isActive: boolean): void {
  element.id = rowId(index);
  element.ariaRowIndex = String(index + 2);
  element.classList.toggle('active', isActive);
  columns.forEach(({ text, tip }, column) => {
    const shown = text(row);
    cells[column].textContent = shown;
    const whole = tip?.(row) ?? '';
    if (whole !== '' && whole !== shown) cells[column].dataset['tip'] = whole;
    else delete cells[column].dataset['tip'];
  });
}
