// A heat map on the page: a canvas that the pointer and the arrow keys read.
import { make } from '../shared/elements';
import { fitCanvas } from '../shared/fitCanvas';
import { makeCanvasSurface } from '../shared/canvasSurface';
import { readFont } from '../shared/theme';
import { drawHeatMap, layoutOf, type CellSize, type HeatMapLook, type Place } from './drawHeatMap';
import type { HeatMap } from './maps';

export interface HeatMapActions {
  /** The cell under the pointer or the keyboard; undefined when they left. */
  point: (map: HeatMap, place: Place | undefined) => void;
  /** A cell was clicked, or Enter was pressed on it. */
  choose: (map: HeatMap, place: Place) => void;
}

export interface HeatMapView {
  element: HTMLElement;
  /** @param cellOf size of a cell, given the pixels that all columns have together */
  show(
    map: HeatMap,
    available: number,
    cellOf: (columns: number, rows: number) => CellSize,
    look: HeatMapLook,
  ): void;
}

const STEPS: Partial<Record<string, [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/** Makes an empty map. */
export function makeHeatMap(actions: HeatMapActions): HeatMapView {
  const canvas = make('canvas', { class: 'heat-canvas', attributes: { 'aria-hidden': 'true' } });
  const cursor = make('div', { class: 'heat-cursor' });
  cursor.hidden = true;
  const title = make('h3', { class: 'heat-title' });
  const body = make(
    'div',
    {
      class: 'heat-body',
      attributes: { tabindex: '0', role: 'application', 'aria-roledescription': 'heat map' },
    },
    canvas,
    cursor,
  );
  const element = make('div', { class: 'heat-map' }, title, body);
  const surface = makeCanvasSurface(canvas.getContext('2d')!, readFont());
  let shown: { map: HeatMap; cell: CellSize; look: HeatMapLook } | undefined;
  let pointed: Place | undefined;
  let byKeys = false;

  function draw(): void {
    if (!shown) return;
    const { map, cell, look } = shown;
    surface.useFont(readFont());
    const { width, height } = layoutOf(map, cell, surface.measure);
    fitCanvas(canvas, width, height);
    drawHeatMap(surface, map, cell, { x: 0, y: 0 }, look);
  }

  /** Frames the cell: an element of its own, since a map can have as many cells as a picture has pixels. */
  function drawCursor(): void {
    cursor.hidden = pointed === undefined;
    if (!shown || !pointed) return;
    const { map, cell } = shown;
    const { cells } = layoutOf(map, cell, surface.measure);
    cursor.style.left = `${cells.x + pointed.column * cell.width - 1}px`;
    cursor.style.top = `${cells.y + pointed.row * cell.height - 1}px`;
    cursor.style.width = `${cell.width + 1}px`;
    cursor.style.height = `${cell.height + 1}px`;
  }

  function point(place: Place | undefined, keys: boolean): void {
    byKeys = keys;
    if (place?.row === pointed?.row && place?.column === pointed?.column) return;
    pointed = place;
    drawCursor();
    if (shown) actions.point(shown.map, place);
  }

  function placeAt({ clientX, clientY }: MouseEvent): Place | undefined {
    if (!shown) return undefined;
    const { map, cell } = shown;
    const { cells } = layoutOf(map, cell, surface.measure);
    const { left, top } = canvas.getBoundingClientRect();
    const column = Math.floor((clientX - left - cells.x) / cell.width);
    const row = Math.floor((clientY - top - cells.y) / cell.height);
    const isInside = row >= 0 && row < map.rows.length && column >= 0 && column < map.columns.length;
    return isInside ? { row, column } : undefined;
  }

  /** Brings a column into sight where the map is wider than the view. */
  function reveal({ column }: Place): void {
    if (!shown) return;
    const { cells } = layoutOf(shown.map, shown.cell, surface.measure);
    const [start, end] = [cells.x + column * shown.cell.width, cells.x + (column + 1) * shown.cell.width];
    if (start < body.scrollLeft + cells.x) body.scrollLeft = start - cells.x;
    else if (end > body.scrollLeft + body.clientWidth) body.scrollLeft = end - body.clientWidth;
  }

  canvas.addEventListener('pointermove', (event) => point(placeAt(event), false));
  canvas.addEventListener('pointerleave', () => {
    if (!byKeys) point(undefined, false);
  });
  canvas.addEventListener('click', (event) => {
    const place = placeAt(event);
    if (place && shown) actions.choose(shown.map, place);
  });
  body.addEventListener('blur', () => point(undefined, false));
  body.addEventListener('keydown', (event) => {
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    const { map } = shown;
    if (event.key === 'Enter' && pointed) {
      event.preventDefault();
      actions.choose(map, pointed);
      return;
    }
    const step = STEPS[event.key];
    if (!step || map.values.length === 0) return;
    event.preventDefault();
    const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
    const next = pointed
      ? {
          row: within(pointed.row + step[0], map.rows.length),
          column: within(pointed.column + step[1], map.columns.length),
        }
      : { row: 0, column: 0 };
    point(next, true);
    reveal(next);
  });

  return {
    element,
    show(map, available, cellOf, look) {
      const left = layoutOf(map, { width: 0, height: 0 }, surface.measure).width;
      const cell = cellOf((available - left) / map.columns.length, map.rows.length);
      if (shown?.map.label !== map.label || shown.map.values.length !== map.values.length)
        pointed = undefined;
      const isDrawn = shown?.map === map && isSame(shown, { cell, look });
      shown = { map, cell, look };
      title.hidden = map.title === '';
      title.textContent = map.title;
      body.ariaLabel = map.label;
      if (!isDrawn) draw();
      drawCursor();
      // The number under the pointer may be another head's now.
      if (pointed) actions.point(map, pointed);
    },
  };
}

interface Drawn {
  cell: CellSize;
  look: HeatMapLook;
}

function isSame({ cell: one, look: before }: Drawn, { cell: other, look: now }: Drawn): boolean {
  return (
    one.width === other.width &&
    one.height === other.height &&
    before.colours === now.colours &&
    before.levels === now.levels &&
    before.marked?.join() === now.marked?.join()
  );
}
