// What the cells are coloured by, its legend, and the menu of the map.
import { LENS_COLOURINGS, type LensColouring } from '../../src/protocol/lensView';
import { LEVELS } from '../shared/colours';
import { makeDropdown } from '../shared/controls';
import { make } from '../shared/elements';
import { makeMenuButton, type MenuItem } from '../shared/menu';
import { colourings, isRanged } from './colouring';
import type { LensState } from './state';

export interface Toolbar {
  element: HTMLElement;
  render(state: LensState): void;
}

/** Makes the toolbar. */
export function makeToolbar(choose: (colouring: LensColouring) => void, items: () => MenuItem[]): Toolbar {
  const colouring = makeDropdown('Colour by', (value) => choose(value as LensColouring));
  colouring.setChoices(LENS_COLOURINGS.map((value) => ({ value, label: colourings[value].label })));
  const [pale, strong] = [make('span'), make('span')];
  const swatches = Array.from({ length: LEVELS }, (_, index) =>
    make('span', { class: 'swatch', attributes: { 'data-level': String(index + 1) } }),
  );
  const legend = make(
    'div',
    { class: 'legend' },
    pale,
    make('div', { class: 'swatches' }, ...swatches),
    strong,
  );
  const right = make('div', { class: 'legend', text: '✓ is what follows' });
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Logit lens' } },
    colouring.element,
    legend,
    right,
    make('div', { class: 'toolbar-menu' }, makeMenuButton('More Actions…', items)),
  );
  return {
    element,
    render({ colouring: chosen, columns, table }) {
      const kind = colourings[chosen];
      colouring.setValue(chosen);
      colouring.setEnabled(table !== undefined);
      legend.dataset['tip'] = kind.tip;
      const [from, to] = kind.ends(columns && isRanged(chosen) ? columns.largest(chosen) : 0);
      pale.textContent = from;
      strong.textContent = to;
      right.textContent = table?.predictsOwnPlace ? '✓ is the token itself' : '✓ is what follows';
    },
  };
}
