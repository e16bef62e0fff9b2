// The list of keys that `?` shows.
import { make } from './elements';

export interface KeyHelp {
  keys: string[];
  does: string;
}

/** Opens the list; Esc or a click elsewhere closes it and gives the focus back. */
export function showKeys(help: readonly KeyHelp[]): void {
  const before = document.activeElement;
  const list = make(
    'dl',
    {},
    ...help.flatMap(({ keys, does }) => [
      make('dt', {}, ...keys.map((text) => make('kbd', { text }))),
      make('dd', { text: does }),
    ]),
  );
  const panel = make(
    'div',
    {
      class: 'keys-help',
      attributes: { role: 'dialog', 'aria-label': 'Keys', popover: 'auto', tabindex: '-1' },
    },
    list,
  );
  panel.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    panel.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  document.body.append(panel);
  panel.showPopover();
  panel.focus();
}

/** Opens the list at `?`, wherever the keyboard is. */
export function showKeysOnKey(help: readonly KeyHelp[]): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    showKeys(help);
  });
}
