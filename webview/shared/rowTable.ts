// A table of many rows of one line, of which only those in sight exist; the arrow keys go from row to row. Its looks are
// in rowTable.css, the widths of its columns in each view's own style sheet.
import { make } from './elements';
import { nextIndex } from './listKeys';
import { VirtualList } from './virtualList';

const ROW_HEIGHT = 22;

export interface Column<Item> {
  name: string;
  /** Classes of its cells. */
  class: string;
  /** Of the head. */
  tip?: string;
  text: (item: Item) => string;
  /** The whole of what the cell cuts or rounds, as its tooltip. */
  whole?: (item: Item) => string;
  isWrong?: (item: Item) => boolean;
}

export interface RowTableOptions<Item> {
  class: string;
  label: string;
  columns: readonly Column<Item>[];
  itemAt: (index: number) => Item;
  /** Whether a row is marked as the one that is open; left out where none can be. */
  isChosen?: (item: Item) => boolean;
  /** The keys are on a row now, or it was clicked. */
  activated?: (item: Item) => void;
  /** Enter was pressed on a row, or it was clicked. */
  open?: (item: Item) => void;
}

export interface RowTable {
  element: HTMLElement;
  /** Shows so many rows anew; the row that the keys are on stays as far as there is one. */
  setLength(length: number): void;
  /** The keys are on no row any more: those to come are others. */
  forgetActive(): void;
  /** Shows the rows anew, as many as before. */
  refresh(): void;
}

interface Row {
  element: HTMLElement;
  cells: HTMLElement[];
}

/** Makes an empty table. */
export function makeRowTable<Item>(options: RowTableOptions<Item>): RowTable {
  const { columns, itemAt, isChosen, activated, open } = options;
  let length = 0;
  let active = -1;
  const list = new VirtualList<Row>({
    rowHeight: ROW_HEIGHT,
    make: () => makeRow(columns),
    show: ({ element: row, cells }, index) => {
      const item = itemAt(index);
      row.id = rowId(index);
      row.ariaRowIndex = String(index + 2);
      row.classList.toggle('active', index === active);
      if (isChosen) {
        const chosen = isChosen(item);
        row.ariaSelected = String(chosen);
        row.classList.toggle('chosen', chosen);
      }
      columns.forEach((column, at) => showCell(cells[at], column, item));
    },
  });
  list.element.role = 'rowgroup';
  const head = make('div', { class: 'row column-head', attributes: { role: 'row' } });
  head.append(
    ...columns.map(({ name, class: kind, tip }) =>
      make('div', { class: `cell ${kind}`, text: name, tip, attributes: { role: 'columnheader' } }),
    ),
  );
  const element = make(
    'div',
    {
      class: `${options.class} row-table`,
      attributes: { role: 'grid', tabindex: '0', 'aria-label': options.label },
    },
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head),
    list.element,
  );

  function activate(index: number): void {
    active = index;
    list.reveal(index);
    list.refresh();
    element.setAttribute('aria-activedescendant', rowId(index));
    activated?.(itemAt(index));
  }
  element.addEventListener('keydown', (event) => {
    if (length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIndex(event.key, active, list.pageLength, length);
    if (next !== undefined) activate(next);
    else if (event.key === 'Enter' && active >= 0 && open) open(itemAt(active));
    else return;
    event.preventDefault();
  });
  list.element.addEventListener('click', ({ target }) => {
    const index = list.indexOf(target);
    if (index === undefined) return;
    activate(index);
    open?.(itemAt(index));
  });

  return {
    element,
    setLength(next) {
      length = next;
      active = Math.min(active, length - 1);
      if (active < 0) element.removeAttribute('aria-activedescendant');
      element.ariaRowCount = String(length + 1);
      list.setLength(length);
    },
    forgetActive() {
      active = -1;
      element.removeAttribute('aria-activedescendant');
    },
    refresh: () => list.refresh(),
  };
}

function rowId(index: number): string {
  return `row-${index}`;
}

function makeRow<Item>(columns: readonly Column<Item>[]): Row {
  const cells = columns.map(({ class: kind }) =>
    make('div', { class: `cell ${kind}`, attributes: { role: 'gridcell' } }),
  );
  return { element: make('div', { class: 'row', attributes: { role: 'row' } }, ...cells), cells };
}

function showCell<Item>(cell: HTMLElement, { text, whole, isWrong }: Column<Item>, item: Item): void {
  const all = whole?.(item) ?? '';
  cell.textContent = text(item);
  cell.classList.toggle('wrong', isWrong?.(item) ?? false);
  if (all === '' || all === cell.textContent) delete cell.dataset['tip'];
  else cell.dataset['tip'] = all;
}
