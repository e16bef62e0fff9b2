// Children that are kept as long as what they stand for: a tooltip, a press and the focus outlive a redraw.

export interface Keyed {
  /** Tells it from the others. */
  key: string;
}

/**
 * Brings the children of an element into line with items, in their order: makes what is new, changes what is there and
 * removes the rest. The element has no other children.
 */
export function keepChildren<Item extends Keyed>(
  parent: HTMLElement,
  items: readonly Item[],
  { make, change }: { make: (item: Item) => HTMLElement; change: (element: HTMLElement, item: Item) => void },
): void {
  const before = new Map<string, HTMLElement>();
  for (const child of parent.children) {
    if (child instanceof HTMLElement) before.set(child.dataset['key'] ?? '', child);
  }
  const next = items.map((item) => {
    const known = before.get(item.key);
    before.delete(item.key);
    const element = known ?? make(item);
    element.dataset['key'] = item.key;
    change(element, item);
    return element;
  });
  for (const gone of before.values()) gone.remove();
  // An element that is put where it already is would lose the pointer's press.
  next.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
}
