// What runs along the x axis, the scales, which step or layer is shown, table and saving.
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { openMenu } from '../shared/menu';
import { count } from '../shared/numbers';
import { makeToggle } from '../shared/toggle';
import { selectionOf, type ProbesState, type Settings } from './state';

export type PictureKind = 'svg' | 'png' | 'csv';

export interface ToolbarActions {
  set: (settings: Partial<Settings>) => void;
  save: (kind: PictureKind) => void;
}

export interface Toolbar {
  element: HTMLElement;
  render(state: ProbesState): void;
}

/** Makes the toolbar. */
export function makeToolbar({ set, save: saveAs }: ToolbarActions): Toolbar {
  const axis = makeToggle('steps', 'Training steps along the x axis, in place of layers', (pressed) =>
    set({ axis: pressed ? 'step' : 'layer' }),
  );
  const step = makeDropdown('Step', (value) =>
    set({ step: value === 'all' ? 'all' : value === 'last' ? undefined : Number(value) }),
  );
  const layer = makeDropdown('Layer', (value) => set({ layer: value === 'all' ? 'all' : Number(value) }));
  const own = makeToggle('own y', 'A y axis of its own for each panel', (pressed) =>
    set({ ownScales: pressed }),
  );
  let isTable = false;
  const table = makeIconButton('table', 'Show as Table', () => set({ table: !isTable }));
  const save = makeIconButton('save-as', 'Save…', () =>
    openMenu(save.element, [
      { label: 'Save as SVG…', run: () => saveAs('svg') },
      { label: 'Save as PNG…', run: () => saveAs('png') },
      { label: 'Save as CSV…', run: () => saveAs('csv') },
    ]),
  );
  save.element.ariaHasPopup = 'menu';
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Chart' } },
    make('div', { class: 'toggles' }, axis.element, own.element),
    step.element,
    layer.element,
    make('div', { class: 'buttons' }, table.element, save.element),
  );
  return {
    element,
    render({ folder, choices, settings }) {
      element.hidden = !folder;
      const selection = selectionOf(settings, choices);
      isTable = settings.table ?? false;
      axis.element.hidden = isTable || !choices.hasSteps;
      axis.set(selection.axis === 'step');
      step.element.hidden = isTable || !choices.hasSteps || selection.axis !== 'layer';
      step.setChoices([
        { value: 'last', label: 'Last' },
        { value: 'all', label: 'All' },
        ...choices.steps.map((each) => ({ value: String(each), label: count(each) })),
      ]);
      step.setValue(String(selection.step));
      layer.element.hidden = isTable || selection.axis !== 'step' || choices.layers.length < 2;
      layer.setChoices([
        { value: 'all', label: 'All' },
        ...choices.layers.map((each) => ({ value: String(each), label: String(each) })),
      ]);
      layer.setValue(String(selection.layer));
      own.element.hidden = isTable;
      own.set(settings.ownScales ?? false);
      table.set(isTable ? 'graph-line' : 'table', isTable ? 'Show as Chart' : 'Show as Table');
    },
  };
}
