// The string as a table: a row for each token, for those who do not see the figure.
import { make } from '../shared/elements';
import type { TreeState } from './state';
import { tableOf } from './words';

export interface TreeTable {
  element: HTMLElement;
  render(state: TreeState, isShown: boolean): void;
}

/** Makes an empty table. */
export function makeTable(): TreeTable {
  const element = make('div', { class: 'tree-table', attributes: { tabindex: '0' } });
  let shown: TreeState['tree'];
  return {
    element,
    render(state, isShown) {
      element.hidden = !isShown || !state.tree?.string;
      if (element.hidden || state.tree === shown) return;
      shown = state.tree;
      const [head = [], ...rows] = tableOf(state);
      const cells = (row: string[], tag: 'th' | 'td'): HTMLElement[] =>
        row.map((text) => make(tag, { text, ...(tag === 'th' && { attributes: { scope: 'col' } }) }));
      const table = make(
        'table',
        { attributes: { 'aria-label': 'Symbols and ends by token, true and read' } },
        make('thead', {}, make('tr', {}, ...cells(head, 'th'))),
        make(
          'tbody',
          {},
          ...rows.map((row) => {
            const line = make('tr', {}, ...cells(row, 'td'));
            // Each level has four columns behind number and word.
            for (let at = 2; at < row.length; at += 4) {
              for (const [truth, read] of [
                [at, at + 1],
                [at + 2, at + 3],
              ])
                if (row[truth] !== row[read] && (row[truth] !== '' || read === at + 3))
                  line.children[read].classList.add('wrong');
            }
            return line;
          }),
        ),
      );
      element.replaceChildren(table);
    },
  };
}
