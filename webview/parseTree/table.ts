// The string as a table, a row for each token on each level: for screen readers, and for people who want numbers.
import { exact } from '../shared/numbers';
import { makeRowTable, type Column } from '../shared/rowTable';
import { cellsIn, type ShownCell } from './cells';
import { shownRows, type Place, type TreeState } from './state';
import { share } from './words';

const columns: Column<ShownCell>[] = [
  { name: '#', class: 'index number', tip: 'Token', text: ({ token }) => String(token + 1) },
  { name: 'Word', class: 'word', text: ({ word }) => word, whole: ({ word }) => word },
  { name: 'Level', class: 'level number', text: ({ level }) => String(level) },
  {
    name: 'True',
    class: 'symbol',
    tip: 'True symbol',
    text: ({ truth }) => truth,
    whole: ({ truth }) => truth,
  },
  {
    name: 'Read',
    class: 'symbol',
    tip: 'Symbol that is read',
    text: ({ read }) => read,
    whole: ({ read }) => read,
    isWrong: ({ wrongSymbol }) => wrongSymbol,
  },
  {
    name: 'p',
    class: 'p number',
    tip: 'Probability of the symbol that is read',
    text: ({ probability }) => written(probability, share),
    whole: ({ probability }) => written(probability, exact),
  },
  {
    name: 'End',
    class: 'end',
    tip: 'Whether a constituent ends',
    text: ({ trueEnd }) => (trueEnd === true ? 'end' : ''),
  },
  {
    name: 'Read',
    class: 'end',
    tip: 'Whether an end is read',
    // A missed one is marked too: there has to be something to mark.
    text: ({ readEnd, wrongEnd }) => (readEnd === true ? 'end' : wrongEnd ? 'none' : ''),
    isWrong: ({ wrongEnd }) => wrongEnd,
  },
  {
    name: 'p',
    class: 'p number',
    tip: 'Probability that a constituent ends',
    text: ({ endProbability }) => written(endProbability, share),
    whole: ({ endProbability }) => written(endProbability, exact),
  },
];

export interface TreeTableActions {
  point(place: Place): void;
  /** Shows a token in the editor. */
  reveal(token: number): void;
}

export interface TreeTable {
  element: HTMLElement;
  render(state: TreeState): void;
}

/** Makes an empty table. */
export function makeTable({ point, reveal }: TreeTableActions): TreeTable {
  let cells: ReturnType<typeof cellsIn> | undefined;
  let shown: unknown[] = [];
  const table = makeRowTable({
    class: 'tree-table',
    label: 'Symbols and ends by token and level, true and read',
    columns,
    itemAt: (index) => cells!.at(index),
    activated: ({ token, row }) => point({ token, row }),
    open: ({ token }) => reveal(token),
  });
  return {
    element: table.element,
    render(state) {
      table.element.hidden = !state.table || !state.tree?.string;
      const now = [state.tree, shownRows(state).join()];
      if (table.element.hidden || now.every((each, index) => each === shown[index])) return;
      shown = now;
      cells = cellsIn(state);
      table.setLength(cells.length);
    },
  };
}

function written(value: number | undefined, write: (value: number) => string): string {
  return value === undefined ? '' : write(value);
}
