// Menus in the look of VS Code's: behind a `…` button, and where a right-click or the menu key asks for one.
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
  /** Names what stands below and cannot be chosen itself. */
  isHeading?: boolean;
  run: () => void;
}

/** Pixels in the window. */
export interface MenuPlace {
  x: number;
  y: number;
}

/** A `…` button; its items are asked for when it opens. */
export function makeMenuButton(label: string, items: () => MenuItem[]): HTMLElement {
  const { element: button } = makeIconButton('ellipsis', label, () => openMenu(button, items()));
  button.ariaHasPopup = 'menu';
  return button;
}

/**
 * Opens a menu at a place, or under a button. What had the focus gets it back.
 * @param menuLabel what a screen reader calls it
 */
export function openMenu(
  anchor: HTMLElement,
  items: MenuItem[],
  place?: MenuPlace,
  menuLabel?: string,
): void {
  const menu = make('div', { class: 'menu', attributes: { role: 'menu', popover: 'auto' } });
  if (menuLabel !== undefined) menu.ariaLabel = menuLabel;
  const rows = items.map(({ label, tip, checked, startsGroup = false, isHeading = false, run }) => {
    const classes = startsGroup ? 'menu-item starts-group' : 'menu-item';
    if (isHeading)
      return make('div', { class: `${classes} heading`, text: label, attributes: { role: 'presentation' } });
    const entry = make('button', {
      class: classes,
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
  menu.append(...rows);
  const entries = rows.filter((row) => row instanceof HTMLButtonElement);
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
  const { width, height } = menu.getBoundingClientRect();
  const { left, top } = place ? cornerAt(place, width, height) : cornerUnder(anchor, width, height);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
  entries.at(0)?.focus();
}

/**
 * Asks for a menu where a right-click, the menu key or Shift+F10 does.
 * @param open gets no place from keys, which have none; true where it opened a menu, so that the browser shows none
 */
export function onContextMenu(
  element: HTMLElement,
  open: (target: Element, place: MenuPlace | undefined) => boolean,
): void {
  // The event itself looks alike from pointer and keys.
  let isPointer = false;
  element.addEventListener('pointerdown', () => (isPointer = true), { capture: true });
  element.addEventListener('keydown', () => (isPointer = false), { capture: true });
  element.addEventListener('contextmenu', (event) => {
    const place = isPointer ? { x: event.clientX, y: event.clientY } : undefined;
    if (event.target instanceof Element && open(event.target, place)) event.preventDefault();
  });
}

/** Where a menu opens that keys asked for: right under an element. */
export function placeUnder(element: Element): MenuPlace {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
}

function cornerAt({ x, y }: MenuPlace, width: number, height: number): { left: number; top: number } {
  return {
    left: Math.max(4, Math.min(x, window.innerWidth - width - 4)),
    top: Math.max(0, Math.min(y, window.innerHeight - height - 4)),
  };
}

function cornerUnder(anchor: HTMLElement, width: number, height: number): { left: number; top: number } {
  const { right, bottom, top } = anchor.getBoundingClientRect();
  return {
    left: Math.max(4, right - width),
    top: bottom + height <= window.innerHeight ? bottom : Math.max(0, top - height),
  };
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
