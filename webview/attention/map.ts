// The map of the open head: a canvas that is panned and zoomed, and a line that says what is under the pointer. Redrawn at
// most once per frame.
import type { AttentionGrid } from '../../src/protocol/attention';
import type { MapPlace } from '../../src/protocol/attentionView';
import { make } from '../shared/elements';
import { fitCanvas } from '../shared/fitCanvas';
import { oncePerFrame } from '../shared/frames';
import { readFont } from '../shared/theme';
import { cellWords } from './cellWords';
import type { MapInput } from './mapInput';
import { drawMap, EDGE, neededTiles, type MapPicture } from './mapDrawing';
import { mapKey } from './mapKeys';
import { canvasSurface } from './mapSurface';
import type { Palette } from './palette';
import type { TileStore } from './tiles';
import { clamped, fitted, panned, revealing, tokenUnder, zoomed, type Size } from './viewport';

export interface MapActions {
  /** The map is looked at elsewhere; undefined: all of it. */
  move: (place: MapPlace | undefined) => void;
  /** Row and column under the pointer or the keyboard. */
  point: (cell: { destination: number; source: number } | null) => void;
  /** A cell was clicked, or Enter was pressed on it. */
  choose: (cell: { destination: number; source: number }) => void;
}

export interface AttentionMap {
  element: HTMLElement;
  show(input: MapInput, place: MapPlace | undefined, palette: Palette): void;
  /** A tile came. */
  redraw(): void;
  /** The picture as it is now, for a file. */
  picture(): MapPicture | undefined;
}

/** Pixels that the pointer may move in a click. */
const CLICK = 3;

/** Makes the map. */
export function makeMap(tiles: TileStore, actions: MapActions): AttentionMap {
  const canvas = make('canvas', { class: 'map-canvas', attributes: { 'aria-hidden': 'true' } });
  const body = make(
    'div',
    {
      class: 'map-body framed',
      attributes: {
        tabindex: '0',
        role: 'application',
        'aria-roledescription': 'attention map',
        'aria-label': 'Attention map: rows attend, columns are attended to',
      },
    },
    canvas,
  );
  const readout = make('div', { class: 'map-readout', attributes: { 'aria-live': 'polite' } });
  const element = make('div', { class: 'map' }, body, readout);
  const surface = canvasSurface(canvas.getContext('2d')!, readFont());
  let input: MapInput | undefined;
  let palette: Palette | undefined;
  let chosen: MapPlace | undefined;
  let size: Size = { width: 0, height: 0 };
  let pointed: { destination: number; source: number } | undefined;

  const tokens = (): number => input?.grid.tokens.pieces.length ?? 0;
  const placeNow = (): MapPlace => (chosen ? clamped(chosen, size, tokens()) : fitted(size, tokens()));

  function picture(): MapPicture | undefined {
    if (!input || !palette || size.width <= 0 || size.height <= 0) return undefined;
    const { labels, thumbnail, grid, token, drawn } = input;
    return {
      place: placeNow(),
      size,
      pixelRatio: devicePixelRatio,
      labels,
      borders: bordersOf(grid),
      thumbnail,
      tiles,
      palette,
      pointed,
      token: token ?? undefined,
      drawn: drawn ?? [],
    };
  }

  function draw(): void {
    const now = picture();
    if (!now) return;
    const [width, height] = [EDGE.left + size.width, EDGE.top + size.height];
    fitCanvas(canvas, width, height);
    tiles.setPalette(now.palette);
    tiles.want(neededTiles(now));
    drawMap(surface, now);
    showReadout();
  }
  const drawSoon = oncePerFrame(draw);

  function showReadout(): void {
    const text = tiles.failure ?? (input && pointed ? cellWords(input, tiles, pointed) : restingWords(input));
    if (readout.textContent !== text) readout.textContent = text;
  }

  function move(place: MapPlace): void {
    const whole = fitted(size, tokens());
    chosen = place.scale <= whole.scale * 1.0001 ? undefined : place;
    actions.move(chosen);
    drawSoon(undefined);
  }

  function point(cell: { destination: number; source: number } | undefined): void {
    if (cell?.destination === pointed?.destination && cell?.source === pointed?.source) return;
    pointed = cell;
    actions.point(cell ?? null);
    drawSoon(undefined);
  }

  function cellAt(event: MouseEvent): { destination: number; source: number } | undefined {
    const { x, y } = pixelsAt(event);
    const place = placeNow();
    const destination = tokenUnder(place.destination, y, place.scale, tokens());
    const source = tokenUnder(place.source, x, place.scale, tokens());
    return x < 0 || y < 0 || destination === undefined || source === undefined
      ? undefined
      : { destination, source };
  }

  function pixelsAt({ clientX, clientY }: MouseEvent): { x: number; y: number } {
    const { left, top } = body.getBoundingClientRect();
    return { x: clientX - left - EDGE.left, y: clientY - top - EDGE.top };
  }

  body.addEventListener('pointermove', (event) => {
    if (!body.classList.contains('dragging')) point(cellAt(event));
  });
  body.addEventListener('pointerleave', () => point(undefined));
  body.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      // As in VS Code's own editors of pictures: pinching and the wheel zoom, with Shift it moves sideways.
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
      if (event.shiftKey) move(panned(placeNow(), size, tokens(), -(event.deltaX || event.deltaY) * unit, 0));
      else {
        const turn = Math.max(-120, Math.min(120, event.deltaY * unit));
        move(zoomed(placeNow(), size, tokens(), pixelsAt(event), Math.exp(-turn / 300)));
      }
      point(cellAt(event));
    },
    { passive: false },
  );
  body.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    body.focus();
    body.setPointerCapture(down.pointerId);
    let at = { x: down.clientX, y: down.clientY };
    let way = 0;
    const drag = (event: PointerEvent): void => {
      way += Math.abs(event.clientX - at.x) + Math.abs(event.clientY - at.y);
      if (way > CLICK) {
        body.classList.add('dragging');
        move(panned(placeNow(), size, tokens(), event.clientX - at.x, event.clientY - at.y));
      }
      at = { x: event.clientX, y: event.clientY };
    };
    body.addEventListener('pointermove', drag);
    body.addEventListener(
      'lostpointercapture',
      () => {
        body.classList.remove('dragging');
        body.removeEventListener('pointermove', drag);
        const cell = cellAt(down);
        if (way <= CLICK && cell) actions.choose(cell);
      },
      { once: true },
    );
  });
  body.addEventListener('keydown', (event) => {
    if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = mapKey(event.key, event.shiftKey);
    if (!key) return;
    event.preventDefault();
    event.stopPropagation();
    const middle = { x: size.width / 2, y: size.height / 2 };
    switch (key.does) {
      case 'cell': {
        const from = pointed ?? { destination: input.token ?? 0, source: input.token ?? 0 };
        const within = (value: number): number => Math.max(0, Math.min(tokens() - 1, value));
        const next = pointed
          ? { destination: within(from.destination + key.down), source: within(from.source + key.right) }
          : from;
        point(next);
        const place = placeNow();
        const shown = revealing(place, size, tokens(), next);
        if (shown.source !== place.source || shown.destination !== place.destination) move(shown);
        break;
      }
      case 'pan':
        move(
          panned(placeNow(), size, tokens(), (-key.right * size.width) / 4, (-key.down * size.height) / 4),
        );
        break;
      case 'zoom':
        move(zoomed(placeNow(), size, tokens(), pointedPixels() ?? middle, key.factor));
        break;
      case 'whole':
        move(fitted(size, tokens()));
        break;
      case 'choose':
        if (pointed) actions.choose(pointed);
    }
  });

  function pointedPixels(): { x: number; y: number } | undefined {
    if (!pointed) return undefined;
    const { source, destination, scale } = placeNow();
    return {
      x: (pointed.source + 0.5 - source) * scale,
      y: (pointed.destination + 0.5 - destination) * scale,
    };
  }

  new ResizeObserver(() => {
    size = { width: body.clientWidth - EDGE.left, height: body.clientHeight - EDGE.top };
    drawSoon(undefined);
  }).observe(body);

  return {
    element,
    show(next, place, colours) {
      if (input && (input.grid.source.version !== next.grid.source.version || input.grid !== next.grid))
        pointed = undefined;
      input = next;
      chosen = place;
      palette = colours;
      body.classList.toggle('drawing', next.drawn !== undefined);
      drawSoon(undefined);
    },
    redraw: () => drawSoon(undefined),
    picture,
  };
}

function restingWords(input: MapInput | undefined): string {
  if (!input) return '';
  return input.drawn
    ? 'Click cells to mark what a head should look at: rows look, columns are looked at.'
    : 'Rows attend to columns. Wheel zooms, dragging moves.';
}

/** Where windows meet. */
function bordersOf({ windows }: AttentionGrid): MapPicture['borders'] {
  return Array.from(windows.destinations)
    .map((destination, window) => ({ destination, source: windows.sources[window] }))
    .slice(1);
}
