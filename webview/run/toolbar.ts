// What the chart shows and how: x axis, smoothing, logarithms, table, zoom, saving.
import { makeSaveButton, makeTableButton, type PictureKind } from '../shared/chartButtons';
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { makeToggle } from '../shared/toggle';
import type { Axis } from './runData';
import type { RunsState, Settings } from './state';

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
  const table = makeTableButton((wanted) => actions.set({ table: wanted }));
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Chart' } },
    axis.element,
    smoothing.element,
    make('div', { class: 'toggles' }, logX.element, logY.element),
    make('div', { class: 'buttons' }, reset.element, table.element, makeSaveButton(actions.save)),
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
      table.set(settings.table);
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
