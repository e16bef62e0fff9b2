// How well each level is read: in this string, and on held-out strings beside the controls.
import type { HeldOut } from '../../src/protocol/parseTrees';
import { make } from '../shared/elements';
import { exact } from '../shared/numbers';
import { shownRows, type TreeState } from './state';
import { rightShares, share } from './words';

export interface Accuracies {
  element: HTMLElement;
  render(state: TreeState): void;
}

interface Cell {
  text: string;
  tip?: string;
  /** Names it in the style sheet. */
  class?: string;
}

const HELD_OUT = 'Accuracy on held-out strings';
const HEAD: Cell[] = [
  { text: 'Level', tip: 'Counted from the root, which is level 1' },
  ...(['Symbols', 'Ends'] as const).flatMap((target): Cell[] => [
    { text: target, tip: `${target} that are read right in this string` },
    { text: 'Held out', tip: `${target}: ${HELD_OUT.toLowerCase()}` },
    { text: 'Majority', tip: `${target}: always naming the most frequent class`, class: 'control' },
    { text: 'Untrained', tip: `${target}: the same probe on a model with first weights`, class: 'control' },
  ]),
];

/** Makes the table. */
export function makeAccuracies(): Accuracies {
  const element = make('ul', {
    class: 'held-out',
    attributes: { role: 'table', 'aria-label': 'How well each level is read' },
  });
  let shown = '';
  return {
    element,
    render(state) {
      const { tree } = state;
      element.hidden = !tree;
      const rows = shownRows(state).map((index) => rowOf(state, index));
      const signature = JSON.stringify(rows);
      if (!tree || signature === shown) return;
      shown = signature;
      element.replaceChildren(line(HEAD, 'columnheader'), ...rows.map((row) => line(row, 'cell')));
    },
  };
}

function rowOf(state: TreeState, index: number): Cell[] {
  const { level, ancestor, boundary } = state.tree!.levels[index];
  const { symbols, ends } = rightShares(state, index);
  return [{ text: String(level) }, ...cellsOf(symbols, ancestor), ...cellsOf(ends, boundary)];
}

function cellsOf(here: number | undefined, known: HeldOut | null): Cell[] {
  const [low, high] = known?.ci ?? [];
  return [
    cell(here, share),
    {
      ...cell(known?.accuracy, heldOut),
      ...(known && { tip: `${heldOut(low!)} to ${heldOut(high!)} (95 %)` }),
    },
    { ...cell(known?.majority, heldOut), class: 'control' },
    { ...cell(known?.random_init ?? undefined, heldOut), class: 'control' },
  ];
}

/** Side by side: all with one decimal. */
function heldOut(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}

function cell(value: number | undefined, inWords: (value: number) => string): Cell {
  return value === undefined ? { text: '–' } : { text: inWords(value), tip: exact(value) };
}

function line(cells: readonly Cell[], role: 'cell' | 'columnheader'): HTMLElement {
  return make(
    'li',
    { class: role === 'columnheader' ? 'quiet' : '', attributes: { role: 'row' } },
    ...cells.map(({ text, tip, class: kind }) =>
      make('span', { class: kind, text, tip, attributes: { role } }),
    ),
  );
}
