// The line between two panes, dragged or moved by arrow keys; the lower pane gets the height.

/** Pixels per press of an arrow key: one row. */
const STEP = 22;

export interface SplitterOptions {
  /** The pane under the line. */
  pane: HTMLElement;
  label: string;
  /** Smallest heights in pixels of the pane and of what stands above it. */
  smallest: { pane: number; above: number };
  /** Called when the height was chosen; undefined: back to the default. */
  onChange: (height: number | undefined) => void;
}

export interface Splitter {
  element: HTMLElement;
  /** Sets the pane's height; undefined leaves it to the style sheet. */
  set(height: number | undefined): void;
}

/** Makes a splitter; it goes directly before its pane. */
export function makeSplitter({ pane, label, smallest, onChange }: SplitterOptions): Splitter {
  const element = document.createElement('div');
  element.className = 'splitter';
  element.tabIndex = 0;
  element.role = 'separator';
  element.ariaOrientation = 'horizontal';
  element.ariaLabel = label;

  const largest = (): number => (pane.parentElement?.clientHeight ?? Infinity) - smallest.above;
  const clamp = (height: number): number => Math.round(Math.max(smallest.pane, Math.min(height, largest())));
  const set = (height: number | undefined): void => {
    pane.style.height = height === undefined ? '' : `${clamp(height)}px`;
    element.ariaValueNow = String(pane.clientHeight);
  };
  const choose = (height: number | undefined): void => {
    set(height);
    onChange(height === undefined ? undefined : clamp(height));
  };

  element.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    element.setPointerCapture(down.pointerId);
    element.classList.add('dragging');
    const height = pane.offsetHeight;
    const move = (event: PointerEvent): void => choose(height + down.clientY - event.clientY);
    element.addEventListener('pointermove', move);
    element.addEventListener(
      'lostpointercapture',
      () => {
        element.classList.remove('dragging');
        element.removeEventListener('pointermove', move);
      },
      { once: true },
    );
  });
  element.addEventListener('focus', () => (element.ariaValueNow = String(pane.clientHeight)));
  element.addEventListener('dblclick', () => choose(undefined));
  element.addEventListener('keydown', (event) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    choose(pane.offsetHeight + direction * STEP);
  });
  return { element, set };
}
