// A list of any length that keeps only the rows in sight. Row elements are made once and used again: index modulo
// pool size, so that scrolling by one row rewrites one row.

/** Rows kept beyond either edge, so that a fast scroll does not show gaps. */
const OVERSCAN = 8;

export interface VirtualListOptions<Row> {
  /** Height of a row in CSS pixels. */
  rowHeight: number;
  make: () => Row;
  /** Shows the item at `index` in a row that showed another before. */
  show: (row: Row, index: number) => void;
}

export class VirtualList<Row extends { readonly element: HTMLElement }> {
  /** The scrolling element; its children are the rows. */
  readonly element: HTMLElement;
  private readonly content: HTMLElement;
  private readonly rows: Row[] = [];
  /** Index shown by each row of the pool, -1 for none. */
  private shown: number[] = [];
  private length = 0;
  private height = 0;

  constructor(private readonly options: VirtualListOptions<Row>) {
    this.content = document.createElement('div');
    this.content.className = 'virtual-content';
    this.content.role = 'presentation';
    this.element = document.createElement('div');
    this.element.className = 'virtual-list';
    // A scroller without focusable children would become a tab stop of its own.
    this.element.tabIndex = -1;
    this.element.append(this.content);
    this.element.addEventListener('scroll', () => this.render(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(this.element);
  }

  /** Shows `length` items anew; the scroll position stays as far as it can. */
  setLength(length: number): void {
    this.length = length;
    this.content.style.height = `${length * this.options.rowHeight}px`;
    this.refresh();
  }

  /** Shows the rows in sight again. */
  refresh(): void {
    this.shown.fill(-1);
    this.render();
  }

  /** Scrolls as little as needed until the item is in sight. */
  reveal(index: number): void {
    const { rowHeight } = this.options;
    const top = index * rowHeight;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > this.element.scrollTop + this.height) {
      this.element.scrollTop = top + rowHeight - this.height;
    }
    this.render();
  }

  /** Scrolls the item to a distance in pixels from the upper edge. */
  place(index: number, distance: number): void {
    this.element.scrollTop = index * this.options.rowHeight - distance;
    this.render();
  }

  /** Distance of an item from the upper edge in pixels, or undefined if it is out of sight. */
  distance(index: number): number | undefined {
    const distance = index * this.options.rowHeight - this.element.scrollTop;
    return distance > -this.options.rowHeight && distance < this.height ? distance : undefined;
  }

  /** Items that fit. */
  get pageLength(): number {
    return Math.max(1, Math.floor(this.height / this.options.rowHeight));
  }

  /** The row that shows an item, if one does. */
  rowOf(index: number): Row | undefined {
    const slot = this.shown.indexOf(index);
    return slot < 0 ? undefined : this.rows[slot];
  }

  /** The index that an element inside a row belongs to, or undefined. */
  indexOf(target: EventTarget | null): number | undefined {
    if (!(target instanceof Node)) return undefined;
    const slot = this.rows.findIndex((row) => row.element.contains(target));
    const index = slot < 0 ? -1 : this.shown[slot];
    return index < 0 ? undefined : index;
  }

  private measure(): void {
    this.height = this.element.clientHeight;
    this.render();
  }

  private render(): void {
    const { rowHeight, show } = this.options;
    const top = this.element.scrollTop;
    const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
    const end = Math.min(this.length, Math.ceil((top + this.height) / rowHeight) + OVERSCAN);
    this.grow(end - first);
    for (let slot = 0; slot < this.rows.length; slot++) {
      const index = this.shown[slot];
      if (index < first || index >= end) this.shown[slot] = -1;
    }
    for (let index = first; index < end; index++) {
      const slot = index % this.rows.length;
      if (this.shown[slot] === index) continue;
      this.shown[slot] = index;
      const row = this.rows[slot];
      row.element.style.transform = `translateY(${index * rowHeight}px)`;
      show(row, index);
    }
    this.rows.forEach((row, slot) => {
      const hidden = this.shown[slot] < 0;
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
    });
  }

  /** Makes the pool large enough for `needed` rows. */
  private grow(needed: number): void {
    if (needed <= this.rows.length) return;
    while (this.rows.length < needed) {
      const row = this.options.make();
      this.rows.push(row);
      this.content.append(row.element);
    }
    this.shown = this.rows.map(() => -1);
  }
}
