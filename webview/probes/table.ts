// All probes as a table: for screen readers, and for people who want numbers.
import { make } from '../shared/elements';
import { nextIndex } from '../shared/listKeys';
import { count, exact } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { VirtualList } from '../shared/virtualList';
import type { ChartProbe } from './probes';
import { CONTROLS, controlOf, titleOf } from './series';
import { controlWords, interval, share, testWords } from './words';

const ROW_HEIGHT = 22;

interface Column {
  name: string;
  class: string;
  /** Of the head. */
  tip?: string;
  text: (result: ChartProbe) => string;
  /** The whole of what the cell cuts or rounds. */
  whole?: (result: ChartProbe) => string;
}

const columns: Column[] = [
  { name: 'Model', class: 'model', text: ({ run }) => cutMiddle(run, 24), whole: ({ run }) => run },
  { name: 'Step', class: 'number step', text: ({ step }) => (step === null ? '' : count(step)) },
  {
    name: 'Target',
    class: 'target',
    text: (result) => cutMiddle(titleOf(result), 36),
    whole: titleOf,
  },
  {
    name: 'Layer',
    class: 'number layer',
    text: ({ layer }) => (layer === null ? '' : String(layer)),
    whole: ({ hook }) => hook,
  },
  { name: 'Activation', class: 'hook', text: ({ hook }) => hook, whole: ({ hook }) => hook },
  {
    name: 'Accuracy',
    class: 'number accuracy',
    text: ({ accuracy }) => share(accuracy),
    whole: (result) => `${exact(result.accuracy)}, ${interval(result.ci)}`,
  },
  {
    name: '95%',
    class: 'number interval',
    tip: '95 % interval of the accuracy; documents are what is drawn at random',
    text: ({ ci }) => interval(ci),
    whole: ({ ci: [low, high] }) => `${exact(low)}–${exact(high)}`,
  },
  ...CONTROLS.map((name) => ({
    name: name[0].toUpperCase() + name.slice(1),
    class: `number ${name}`,
    tip: controlWords[name],
    text: (result: ChartProbe) => written(controlOf(result, name), share),
    whole: (result: ChartProbe) => written(controlOf(result, name), exact),
  })),
  { name: 'Test tokens', class: 'number tokens', text: ({ n_test }) => count(n_test), whole: testWords },
];

function written(value: number | null, write: (value: number) => string): string {
  return value === null ? '' : write(value);
}

interface Row {
  element: HTMLElement;
  cells: HTMLElement[];
}

export interface ProbeTable {
  element: HTMLElement;
  render(probes: readonly ChartProbe[], open: string | undefined): void;
}

/** Makes the table; `open` opens a probe's confusion matrix. */
export function makeTable(open: (result: ChartProbe) => void): ProbeTable {
  let probes: readonly ChartProbe[] = [];
  let opened: string | undefined;
  let active = -1;
  const list = new VirtualList<Row>({
    rowHeight: ROW_HEIGHT,
    make: makeRow,
    show: ({ element: row, cells }, index) => {
      const result = probes[index];
      row.id = `probe-${index}`;
      row.ariaRowIndex = String(index + 2);
      row.ariaSelected = String(result.id === opened);
      row.classList.toggle('active', index === active);
      row.classList.toggle('chosen', result.id === opened);
      columns.forEach(({ text, whole }, column) => {
        cells[column].textContent = text(result);
        const all = whole?.(result) ?? '';
        if (all !== '' && all !== text(result)) cells[column].dataset['tip'] = all;
        else delete cells[column].dataset['tip'];
      });
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
    { class: 'probe-table row-table', attributes: { role: 'grid', tabindex: '0', 'aria-label': 'Probes' } },
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head),
    list.element,
  );

  function activate(index: number): void {
    active = index;
    list.reveal(index);
    list.refresh();
    element.setAttribute('aria-activedescendant', `probe-${index}`);
  }
  element.addEventListener('keydown', (event) => {
    if (probes.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIndex(event.key, active, list.pageLength, probes.length);
    if (next !== undefined) activate(next);
    else if (event.key === 'Enter' && active >= 0) open(probes[active]);
    else return;
    event.preventDefault();
  });
  list.element.addEventListener('click', ({ target }) => {
    const index = list.indexOf(target);
    if (index === undefined) return;
    activate(index);
    open(probes[index]);
  });

  return {
    element,
    render(next, nextOpened) {
      const isOther = next !== probes;
      if (!isOther && nextOpened === opened) return;
      probes = next;
      opened = nextOpened;
      if (!isOther) {
        list.refresh();
        return;
      }
      active = -1;
      element.removeAttribute('aria-activedescendant');
      element.ariaRowCount = String(probes.length + 1);
      element.classList.toggle(
        'no-steps',
        probes.every(({ step }) => step === null),
      );
      list.setLength(probes.length);
    },
  };
}

function makeRow(): Row {
  const cells = columns.map(({ class: kind }) =>
    make('div', { class: `cell ${kind}`, attributes: { role: 'gridcell' } }),
  );
  return { element: make('div', { class: 'row', attributes: { role: 'row' } }, ...cells), cells };
}
