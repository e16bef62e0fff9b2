// The menu behind a `…` button, in the look of VS Code's menus.
import { makeIconButton } from './controls';
import { icon, make } from './elements';

export interface MenuItem {
  label: string;
  /** The whole of a label that was cut. */
  tip?: string;
  /** Whether it is ticked, for an item that can be. */
  checked?: boolean;
  /** Whether a line separates it from the item before. */
  startsGroup?: boolean;
  run: () => void;
}

/** A `…` button; its items are asked for when it opens. */
export function makeMenuButton(label: string, items: () => MenuItem[]): HTMLElement {
  const { element: button } = makeIconButton('ellipsis', label, () => openMenu(button, items()));
  button.ariaHasPopup = 'menu';
  return button;
}

/** Opens a menu under a button, which gets the focus back. */
export function openMenu(anchor: HTMLElement, items: MenuItem[]): void {
  const menu = make('div', { class: 'menu', attributes: { role: 'menu', popover: 'auto' } });
  const entries = items.map(({ label, tip, checked, startsGroup = false, run }) => {
    const entry = make('button', {
      class: startsGroup ? 'menu-item starts-group' : 'menu-item',
      text: label,
      attributes: { role: checked === undefined ? 'menuitem' : 'menuitemcheckbox', type: 'button' },
    });
    if (tip !== undefined && tip !== label) entry.dataset['tip'] = tip;
    if (checked !== undefined) entry.ariaChecked = String(checked);
    if (checked === true) entry.prepend(icon('check'));
    entry.addEventListener('click', () => {
      menu.hidePopover();
      run();
    });
    entry.addEventListener('pointermove', () => entry.focus());
    return entry;
  });
  menu.append(...entries);
  menu.addEventListener('keydown', (event) => {
    const now = entries.findIndex((entry) => entry === document.activeElement);
    const next = nextEntry(event.key, now, entries.length);
    if (next === undefined) return;
    event.preventDefault();
    entries[next]?.focus();
  });
  menu.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    menu.remove();
    // An item may have opened another menu, which has the focus now.
    if (!document.querySelector('.menu:popover-open')) anchor.focus();
  });
  document.body.append(menu);
  menu.showPopover();
  const { right, bottom, top } = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, right - width)}px`;
  menu.style.top = `${bottom + height <= window.innerHeight ? bottom : Math.max(0, top - height)}px`;
  entries[0]?.focus();
}

/** Where a key leads from an entry (-1: none), around the ends; undefined for other keys. */
function nextEntry(key: string, now: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return (now + 1) % length;
    case 'ArrowUp':
      return now <= 0 ? length - 1 : now - 1;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}
