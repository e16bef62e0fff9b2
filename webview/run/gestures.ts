// Pointer, wheel and keys on the chart, as what they mean.
import type { Figure } from './figure';
import { moved, zoomed, type Interval } from '../shared/scale';
import type { Stretch } from './crosshair';

export interface GestureActions {
  figure: () => Figure | undefined;
  /** The crosshair goes to a pixel; undefined: away. */
  point: (pixel: number | undefined) => void;
  /** The part that a drag covers so far; undefined once it ended. */
  stretch: (stretch: Stretch | undefined) => void;
  zoom: (window: Interval) => void;
  resetZoom: () => void;
}

/** Pixels that a pointer moves before it drags. */
const DRAG_FROM = 4;
/** Zoom per pixel of the wheel. */
const WHEEL = 0.002;

/** Follows pointer and wheel over an element. */
export function followGestures(element: HTMLElement, actions: GestureActions): void {
  const inPlot = ({ offsetX, offsetY }: MouseEvent, figure: Figure): boolean => {
    const [left, right] = figure.x.range;
    const last = figure.panels.at(-1)!.box;
    return (
      offsetX >= left &&
      offsetX <= right &&
      offsetY >= figure.panels[0].box.y &&
      offsetY <= last.y + last.height
    );
  };

  element.addEventListener('pointermove', (event) => {
    const figure = actions.figure();
    const isOver = figure && event.target === element && inPlot(event, figure);
    actions.point(isOver ? event.offsetX : undefined);
  });
  element.addEventListener('pointerleave', () => actions.point(undefined));
  element.addEventListener('dblclick', actions.resetZoom);

  element.addEventListener('pointerdown', (down) => {
    const figure = actions.figure();
    if (!figure || down.button !== 0 || down.target !== element || !inPlot(down, figure)) return;
    element.setPointerCapture(down.pointerId);
    const { x } = figure;
    const clamp = (pixel: number): number => Math.max(x.range[0], Math.min(x.range[1], pixel));
    let stretch: Stretch | undefined;
    const move = ({ offsetX }: PointerEvent): void => {
      if (down.shiftKey) {
        const share = (down.offsetX - offsetX) / (x.range[1] - x.range[0]);
        actions.zoom(moved(x.domain, share, x.log));
      } else if (stretch || Math.abs(offsetX - down.offsetX) >= DRAG_FROM) {
        stretch = [down.offsetX, clamp(offsetX)];
        actions.stretch(stretch);
      }
    };
    const end = (): void => {
      for (const name of ['lostpointercapture', 'keydown'] as const)
        element.removeEventListener(name, finish);
      element.removeEventListener('pointermove', move);
      actions.stretch(undefined);
    };
    const finish = (event: Event): void => {
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      if (event instanceof KeyboardEvent && !isEscape) return;
      end();
      if (isEscape || !stretch) return;
      const [from, to] = stretch[0] < stretch[1] ? stretch : [stretch[1], stretch[0]];
      if (to - from >= DRAG_FROM) actions.zoom([x.value(from), x.value(to)]);
    };
    element.addEventListener('pointermove', move);
    element.addEventListener('lostpointercapture', finish);
    element.addEventListener('keydown', finish);
  });

  element.addEventListener(
    'wheel',
    (event) => {
      const figure = actions.figure();
      if (!figure || !inPlot(event, figure)) return;
      const { box } = figure.panels[0];
      // Elsewhere the wheel scrolls what does not fit; with Ctrl (and by a pinch) it always zooms.
      if (!event.ctrlKey && event.offsetY > box.y + box.height) return;
      event.preventDefault();
      const { x } = figure;
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        actions.zoom(moved(x.domain, (event.deltaX * pixels) / (x.range[1] - x.range[0]), x.log));
      } else {
        const factor = Math.exp(event.deltaY * pixels * (event.ctrlKey ? 5 * WHEEL : WHEEL));
        actions.zoom(zoomed(x.domain, x.value(event.offsetX), factor, x.log));
      }
    },
    { passive: false },
  );
}
