// The columns of the list: head row, and how rankings belong to them.
import { PROFILE_BINS } from '../../src/protocol/types';
import type { NeuronRanking } from '../../src/protocol/views';
import { icon, make } from '../shared/elements';

interface Column {
  name: 'neuron' | 'max' | 'on' | 'selection' | 'strongest' | 'context' | 'profile';
  label: string;
  /** What it says, of the whole text or of the selection. */
  tip: (scope: 'text' | 'selection') => string;
  /** The ranking that a click on the head chooses. */
  ranking?: NeuronRanking;
}

const columns: Column[] = [
  { name: 'neuron', label: 'Neuron', tip: () => 'Layer and index' },
  { name: 'max', label: 'Max', tip: (scope) => `Largest activation on the ${scope}`, ranking: 'largest' },
  {
    name: 'on',
    label: 'On',
    tip: (scope) => `Tokens of the ${scope} above 10% of the largest activation on it`,
    ranking: 'sparsest',
  },
  {
    name: 'selection',
    label: 'More here',
    tip: () => 'Mean on the selection minus mean elsewhere, in standard deviations',
    ranking: 'selection',
  },
  {
    name: 'strongest',
    label: 'Strongest tokens',
    tip: (scope) => `Tokens of the ${scope} with the largest activations`,
  },
  {
    name: 'context',
    label: 'Context of the strongest',
    tip: (scope) => `The strongest token of the ${scope} between its neighbours`,
  },
  {
    name: 'profile',
    label: 'This text',
    tip: (scope) =>
      `Largest activation in each of ${PROFILE_BINS} stretches from the beginning to the end of the ${scope}`,
  },
];

export interface ColumnHead {
  element: HTMLElement;
  /** Marks the column that the rows are ranked by. */
  setRanking(ranking: NeuronRanking): void;
  /** Names what the statistics cover. */
  setSelected(selected: boolean): void;
}

/** Makes the head row. */
export function makeColumnHead(onRank: (ranking: NeuronRanking) => void): ColumnHead {
  const cells = columns.map(({ name, label, tip, ranking }) => {
    const text = make('span', { class: 'column-label', text: label });
    const cell = make('div', { class: `cell ${name}`, attributes: { role: 'columnheader' } }, text);
    if (ranking) {
      cell.classList.add('rankable');
      // Before the label, so that the label stays above its right-aligned numbers.
      cell.prepend(icon('chevron-down'));
      cell.addEventListener('click', () => onRank(ranking));
    }
    return { cell, text, name, tip, ranking };
  });
  const element = make(
    'div',
    { class: 'row column-head', attributes: { role: 'row', 'aria-rowindex': '1' } },
    make('div', { class: 'cell gutter', attributes: { role: 'presentation' } }),
    ...cells.map(({ cell }) => cell),
  );
  return {
    element,
    setRanking(wanted) {
      for (const { cell, ranking } of cells) {
        if (!ranking) continue;
        // The sparsest come first, so that column ascends.
        cell.ariaSort = ranking !== wanted ? 'none' : ranking === 'sparsest' ? 'ascending' : 'descending';
        cell.classList.toggle('ranked', ranking === wanted);
      }
    },
    setSelected(selected) {
      const profile = cells.find(({ name }) => name === 'profile')!;
      profile.text.textContent = selected ? 'Selection' : 'This text';
      for (const { cell, tip } of cells) cell.dataset['tip'] = tip(selected ? 'selection' : 'text');
    },
  };
}
