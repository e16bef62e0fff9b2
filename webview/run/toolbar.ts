// What the chart shows and how: x axis, smoothing, logarithms, table, zoom, saving.
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { openMenu } from '../shared/menu';
import { makeToggle } from '../shared/toggle';
import type { Axis } from './runData';
import type { RunsState, Settings } from './state';

export type PictureKind = 'svg' | 'png' | 'csv';

export interface ToolbarActions {
  set: (settings: Partial<Settings>) => void;
  resetZoom: () => void;
  save: (kind: PictureKind) => void;
}

export interface Toolbar {
  element: HTMLElement;
  render(state: RunsState): void;
}

const axes: { value: Axis; label: string }[] = [
  { value: 'step', label: 'Steps' },
  { value: 'tokens', label: 'Tokens' },
  { value: 'seconds', label: 'Time' },
];

/** Weights of what came before. */
const smoothings = [
  { value: '0', label: 'None' },
  { value: '0.6', label: 'Light' },
  { value: '0.9', label: 'Medium' },
  { value: '0.97', label: 'Strong' },
  { value: '0.99', label: 'Strongest' },
];

/** Makes the toolbar. */
export function makeToolbar(actions: ToolbarActions): Toolbar {
  const axis = makeDropdown('X axis', (value) => actions.set({ axis: value as Axis }));
  const smoothing = makeDropdown('Smoothing', (value) => actions.set({ smoothing: Number(value) }));
  axis.setChoices(axes);
  const logX = makeToggle('log x', 'Logarithmic x axis', (pressed) => actions.set({ logX: pressed }));
  const logY = makeToggle('log y', 'Logarithmic losses and gradient norms', (pressed) =>
    actions.set({ logY: pressed }),
  );
  const reset = makeIconButton('screen-full', 'Show All (0)', actions.resetZoom);
  let isTable = false;
  const table = makeIconButton('table', 'Show as Table', () => actions.set({ table: !isTable }));
  const save = makeIconButton('save-as', 'Save…', () =>
    openMenu(save.element, [
      { label: 'Save as SVG…', run: () => actions.save('svg') },
      { label: 'Save as PNG…', run: () => actions.save('png') },
      { label: 'Save as CSV…', run: () => actions.save('csv') },
    ]),
  );
  save.element.ariaHasPopup = 'menu';
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Chart' } },
    axis.element,
    smoothing.element,
    make('div', { class: 'toggles' }, logX.element, logY.element),
    make('div', { class: 'buttons' }, reset.element, table.element, save.element),
  );
  return {
    element,
    render({ settings, window, runs }) {
      element.hidden = !runs || runs.length === 0;
      axis.setValue(settings.axis);
      smoothing.setChoices(choicesWith(settings.smoothing));
      smoothing.setValue(String(settings.smoothing));
      logX.set(settings.logX);
      logY.set(settings.logY);
      reset.element.hidden = window === undefined || settings.table;
      isTable = settings.table;
      table.set(isTable ? 'graph-line' : 'table', isTable ? 'Show as Chart' : 'Show as Table');
    },
  };
}

/** The usual weights, and the one that was saved where it is another. */
function choicesWith(smoothing: number): typeof smoothings {
  const value = String(smoothing);
  return smoothings.some((choice) => choice.value === value)
    ? smoothings
    : [...smoothings, { value, label: value }];
}
