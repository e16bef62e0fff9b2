// The buttons that every chart has: numbers in place of lines, and saving.
import { makeIconButton } from './controls';
import { openMenu } from './menu';

export type PictureKind = 'svg' | 'png' | 'csv';

export interface TableButton {
  element: HTMLElement;
  /** @param isTable whether the numbers are shown now */
  set(isTable: boolean): void;
}

/** Makes the button that leads to the table and back; `show` gets which of them is wanted. */
export function makeTableButton(show: (table: boolean) => void): TableButton {
  let shown = false;
  const { element, set } = makeIconButton('table', 'Show as Table', () => show(!shown));
  return {
    element,
    set(isTable) {
      shown = isTable;
      set(isTable ? 'graph-line' : 'table', isTable ? 'Show as Chart' : 'Show as Table');
    },
  };
}

/** Makes the button with the menu of what can be saved. */
export function makeSaveButton(save: (kind: PictureKind) => void): HTMLElement {
  const { element } = makeIconButton('save-as', 'Save…', () =>
    openMenu(element, [
      { label: 'Save as SVG…', run: () => save('svg') },
      { label: 'Save as PNG…', run: () => save('png') },
      { label: 'Save as CSV…', run: () => save('csv') },
    ]),
  );
  element.ariaHasPopup = 'menu';
  return element;
}
