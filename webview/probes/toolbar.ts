// What runs along the x axis, the scales, which step or layer is shown, other folders, table and saving.
import type { ProbeFolder } from '../../src/protocol/probes';
import { makeSaveButton, makeTableButton, type PictureKind } from '../shared/chartButtons';
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { openMenu } from '../shared/menu';
import { count } from '../shared/numbers';
import { makeToggle } from '../shared/toggle';
import { folderNames } from './probes';
import { selectionOf, type ProbesState, type Settings } from './state';

export interface ToolbarActions {
  set: (settings: Partial<Settings>) => void;
  save: (kind: PictureKind) => void;
  /** Asks for folders to show beside these. */
  addFolders: () => void;
  /** By its path. */
  removeFolder: (folder: string) => void;
}

export interface Toolbar {
  element: HTMLElement;
  render(state: ProbesState): void;
}

/** Makes the toolbar. */
export function makeToolbar({ set, save, addFolders, removeFolder }: ToolbarActions): Toolbar {
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
  let shown: readonly ProbeFolder[] = [];
  const add = makeIconButton('add', 'Compare With…', addFolders);
  const remove = makeIconButton('remove', 'Remove Folder…', () => {
    const names = folderNames(shown);
    const items = shown.map(({ path }, index) => {
      return { label: names[index], tip: path, run: () => removeFolder(path) };
    });
    openMenu(remove.element, items);
  });
  remove.element.ariaHasPopup = 'menu';
  const table = makeTableButton((wanted) => set({ table: wanted }));
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Chart' } },
    make('div', { class: 'toggles' }, axis.element, own.element),
    step.element,
    layer.element,
    make('div', { class: 'buttons' }, ...[add.element, remove.element, table.element, makeSaveButton(save)]),
  );
  return {
    element,
    render({ folders, choices, settings }) {
      shown = folders;
      element.hidden = folders.length === 0;
      remove.element.hidden = folders.length < 2;
      const selection = selectionOf(settings, choices);
      const isTable = settings.table ?? false;
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
      table.set(isTable);
    },
  };
}
