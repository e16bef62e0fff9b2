// Layer, ranking and filter, and how many neurons they leave.
import type { NeuronRanking } from '../../src/protocol/views';
import { makeDropdown, type Choice } from '../shared/controls';
import { make } from '../shared/elements';
import { makeFilterField } from '../shared/filterField';
import { countOf } from './facts';
import { rowsOf, type NeuronsState } from './state';

const rankings: Record<NeuronRanking, string> = {
  largest: 'Largest activation',
  sparsest: 'Sparsest',
  selection: 'More on the selection',
  place: 'Layer and index',
};

export interface ToolbarActions {
  chooseLayer: (layer: number | undefined) => void;
  rank: (ranking: NeuronRanking) => void;
  filter: (text: string) => void;
  /** Esc in the empty filter, or Enter or arrow down in it. */
  leaveFilter: () => void;
}

export interface Toolbar {
  element: HTMLElement;
  render(state: NeuronsState): void;
  focusFilter(): void;
}

/** Makes the toolbar. */
export function makeToolbar(actions: ToolbarActions): Toolbar {
  const layer = makeDropdown('Layer', (value) =>
    actions.chooseLayer(value === '' ? undefined : Number(value)),
  );
  const ranking = makeDropdown('Rank by', (value) => actions.rank(value as NeuronRanking));
  const field = makeFilterField({
    label: 'Filter neurons and tokens',
    onInput: actions.filter,
    leave: actions.leaveFilter,
  });
  const counter = make('div', { class: 'counter', attributes: { role: 'status' } });
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Neurons' } },
    layer.element,
    ranking.element,
    field.element,
    counter,
  );

  return {
    element,
    focusFilter: () => field.focus(),
    render(state) {
      const { table } = state;
      layer.setChoices(layersOf(table?.layers ?? (state.layer ?? -1) + 1));
      layer.setValue(state.layer === undefined ? '' : String(state.layer));
      ranking.setChoices(rankingsOf(table?.selected ?? state.ranking === 'selection'));
      ranking.setValue(state.ranking);
      field.setValue(state.filter);
      for (const control of [layer, ranking, field]) control.setEnabled(table !== undefined);
      const shown = table ? countOf(rowsOf(state).length, table.maximum.length) : '';
      if (counter.textContent !== shown) counter.textContent = shown;
    },
  };
}

function layersOf(layers: number): Choice[] {
  const each = Array.from({ length: layers }, (_, index) => ({ value: String(index), label: `L${index}` }));
  return [{ value: '', label: 'All layers' }, ...each];
}

function rankingsOf(selected: boolean): Choice[] {
  const names: NeuronRanking[] = [
    ...(selected ? (['selection'] as const) : []),
    'largest',
    'sparsest',
    'place',
  ];
  return names.map((value) => ({ value, label: rankings[value] }));
}
