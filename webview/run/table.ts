// The points as a table: for screen readers, and for people who want numbers.
import { make } from '../shared/elements';
import { count, exact, significant } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { makeRowTable, type Column } from '../shared/rowTable';
import { Rows, type Row } from './rows';
import type { ShownRun } from './state';
import { thinningWords } from './thinning';
import { clock, compact } from './words';

const columns: Column<Row>[] = [
  {
    name: 'Run',
    class: 'run',
    text: ({ run }) => cutMiddle(run.snapshot.name, 24),
    whole: ({ run }) => run.snapshot.name,
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
    whole: ({ tokens }) => count(tokens),
  },
  {
    name: 'Time',
    class: 'widest',
    text: ({ seconds }) => clock(seconds),
    whole: ({ seconds }) => `${seconds} s`,
  },
];

function number(name: string, kind: string, value: (row: Row) => number): Column<Row> {
  return {
    name,
    class: kind,
    text: (row) => (Number.isNaN(value(row)) ? '' : significant(value(row))),
    whole: (row) => (Number.isNaN(value(row)) ? '' : exact(value(row))),
  };
}

export interface PointTable {
  element: HTMLElement;
  /** Shows the points as they are now; call it again when some were added. */
  show(runs: readonly ShownRun[]): void;
}

/** Makes the table. */
export function makeTable(): PointTable {
  let rows = new Rows([]);
  const table = makeRowTable<Row>({
    class: 'point-table',
    label: 'Logged steps',
    columns,
    itemAt: (index) => rows.at(index),
  });
  const { element } = table;
  const caption = make('div', { class: 'table-caption', attributes: { role: 'caption' } });
  caption.hidden = true;
  element.prepend(caption);
  return {
    element,
    show(runs) {
      if (rows.isOf(runs)) return;
      rows = new Rows(runs);
      element.classList.toggle('several', runs.length > 1);
      const thinning = thinningWords(runs);
      caption.hidden = thinning === undefined;
      caption.textContent = thinning ?? '';
      table.setLength(rows.length);
    },
  };
}
