// Whose residuals are shown in full, how many strings are read, table or maps, and the menu.
import type { ShownHeads } from '../../src/protocol/grammarAttentionView';
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { makeMenuButton, type MenuItem } from '../shared/menu';
import { count } from '../shared/numbers';
import { headName } from './maps';
import { choiceOf, headsOf, type GrammarAttentionState } from './state';

const STRINGS = [50, 200, 1000, 5000];

export interface ToolbarActions {
  showHeads(heads: ShownHeads): void;
  readStrings(strings: number): void;
  showTable(table: boolean): void;
  menu(): MenuItem[];
}

export interface Toolbar {
  element: HTMLElement;
  render(state: GrammarAttentionState): void;
}

/** Makes the toolbar. */
export function makeToolbar(actions: ToolbarActions): Toolbar {
  const heads = makeDropdown('Heads', (value) => actions.showHeads(headsOf(value)));
  const strings = makeDropdown('Strings', (value) => actions.readStrings(Number(value)));
  let isTable = false;
  const table = makeIconButton('table', 'Show as Table', () => actions.showTable(!isTable));
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Attention statistics' } },
    heads.element,
    strings.element,
    make('div', { class: 'toolbar-end' }, table.element, makeMenuButton('More Actions…', actions.menu)),
  );
  return {
    element,
    render(state) {
      const { statistics, question } = state;
      element.hidden = statistics === undefined;
      if (!statistics) return;
      const { layers, heads: perLayer } = statistics;
      const layerNames = Array.from({ length: layers }, (_, layer) => `L${layer}`);
      heads.setChoices([
        { value: 'all', label: 'All (mean)' },
        ...layerNames.map((name) => ({ value: name, label: `${name} (mean)` })),
        ...Array.from({ length: layers * perLayer }, (_, row) => headName(statistics, row)).map((name) => ({
          value: name,
          label: name,
        })),
      ]);
      heads.setValue(choiceOf(state.heads));
      const asked = question?.strings ?? statistics.strings;
      const numbers = [...new Set([...STRINGS, asked])].sort((a, b) => a - b);
      strings.setChoices(numbers.map((value) => ({ value: String(value), label: count(value) })));
      strings.setValue(String(asked));
      isTable = state.table;
      table.set(isTable ? 'graph' : 'table', isTable ? 'Show as Maps' : 'Show as Table');
    },
  };
}
