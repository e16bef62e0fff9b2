// One panel: a canvas with its lines, the crosshair over it, and what pointer and keys do on it.
import { makeCanvasSurface } from '../shared/canvasSurface';
import { make } from '../shared/elements';
import { fitCanvas } from '../shared/fitCanvas';
import { oncePerFrame } from '../shared/frames';
import { lineStyle } from '../shared/lineStyles';
import type { Interval } from '../shared/scale';
import { readFont, type ChartColours } from '../shared/theme';
import { drawPanel, drawRing } from './draw';
import { panelFigure, type PanelFigure } from './figure';
import type { ChartProbe } from './probes';
import { nearestPlace, neighbourPlace, readingAt, sentenceOf, showReading, type Reading } from './readout';
import type { ProbePanel, Series } from './series';

export interface PanelInput {
  panel: ProbePanel;
  series: Series;
  /** Of the y axis. */
  range: Interval;
  colours: ChartColours;
  /** Id of the probe whose details are open. */
  open: string | undefined;
}

export interface PanelView {
  readonly element: HTMLElement;
  render(input: PanelInput): void;
  /** Draws again in a font that the theme has now. */
  useFont(font: string): void;
}

export interface PanelActions {
  /** Opens a probe's details; without, there are none to open. */
  open?(result: ChartProbe): void;
  /** Leaves it. */
  close(): void;
  /** The box with the values, one for all panels. */
  readout: HTMLElement;
  speak(text: string): void;
}

/** Under this width of the view the box with the values leaves something out. */
const NARROW = 480;

/** The crosshair: a place, the line in it that a click opens, and whether the keys brought it there. */
interface Crosshair {
  x: number;
  active: number;
  byKeys: boolean;
}

/** Makes a panel. */
export function makePanel({ open, close, readout, speak }: PanelActions): PanelView {
  const canvas = make('canvas', { class: 'panel-canvas', attributes: { 'aria-hidden': 'true' } });
  const element = make(
    'div',
    {
      class: 'panel',
      attributes: { tabindex: '0', role: 'application', 'aria-roledescription': 'chart' },
    },
    canvas,
  );
  const surface = makeCanvasSurface(canvas.getContext('2d')!, readFont());
  let input: PanelInput | undefined;
  let figure: PanelFigure | undefined;
  let crosshair: Crosshair | undefined;

  function reading(): Reading | undefined {
    return input && crosshair && readingAt(input.panel, input.series, crosshair.x);
  }

  function draw(): void {
    const size = { width: element.clientWidth, height: element.clientHeight };
    if (!input || size.width === 0) return;
    const { panel, series, range, colours } = input;
    fitCanvas(canvas, size.width, size.height);
    figure = panelFigure(panel, series, { x: 0, y: 0, ...size }, range, surface.measure);
    const styles = new Map(series.names.map(({ key, style }) => [key, style]));
    const now = reading();
    if (now) drawCrosshair(figure, colours, now.x);
    drawPanel(surface, figure, styles, colours);
    for (const point of panel.lines.flatMap(({ points }) => points)) {
      if (point.result.id === input.open) drawRing(surface, placeOf(figure, point), colours);
    }
    if (now) drawReading(figure, colours, now);
  }
  const drawSoon = oncePerFrame(draw);

  function drawCrosshair({ x, box }: PanelFigure, { quiet }: ChartColours, place: number): void {
    const at = x.pixel(place);
    const line = { x: [at, at], y: [box.y, box.y + box.height], length: 2 };
    surface.line(line, { colour: quiet, width: 1 });
  }

  function drawReading(shown: PanelFigure, { kind, background }: ChartColours, now: Reading): void {
    now.lines.forEach(({ name, result }, index) => {
      const { x, y } = placeOf(shown, { x: now.x, result });
      const { colour } = lineStyle(name.style, kind);
      const size = index === crosshair?.active ? 4.5 : 3;
      surface.marks('circle', { x: [x], y: [y], length: 1 }, size, { colour: background, width: 1 }, colour);
    });
    if (!crosshair || now.lines.length === 0) return;
    showReading(readout, now, crosshair.active, { kind, isNarrow: window.innerWidth < NARROW });
    readout.hidden = false;
    placeReadout(shown.x.pixel(now.x));
    if (crosshair.byKeys) speak(sentenceOf(now, crosshair.active));
  }

  function placeReadout(at: number): void {
    const { left, top } = element.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = readout;
    const { innerWidth, innerHeight } = window;
    const right = left + at + 12;
    const x = right + width <= innerWidth - 2 ? right : left + at - 12 - width;
    // Where it fits on neither side it goes under the panel's title, or above the panel.
    const isCovering = x < 2;
    const y = isCovering ? top + element.clientHeight - 4 : top + 28;
    readout.style.left = `${Math.max(2, Math.min(x, innerWidth - width - 2))}px`;
    readout.style.top = `${isCovering && y + height > innerHeight - 2 ? Math.max(2, top - height) : Math.max(2, Math.min(y, innerHeight - height - 2))}px`;
  }

  function leave(): void {
    crosshair = undefined;
    readout.hidden = true;
    drawSoon(undefined);
  }

  function point(event: PointerEvent | MouseEvent): void {
    if (!figure || !input) return;
    const { left, top } = element.getBoundingClientRect();
    const x = nearestPlace(input.panel, figure.x.value(event.clientX - left));
    if (x === undefined) return;
    const { lines } = readingAt(input.panel, input.series, x);
    const distances = lines.map(({ result }) =>
      Math.abs(figure!.y.pixel(result.accuracy) - (event.clientY - top)),
    );
    crosshair = { x, active: distances.indexOf(Math.min(...distances)), byKeys: false };
    drawSoon(undefined);
  }

  function openActive(): void {
    const line = reading()?.lines.at(crosshair?.active ?? 0);
    if (line) open?.(line.result);
  }

  element.addEventListener('pointermove', point);
  element.addEventListener('pointerleave', () => {
    if (!crosshair?.byKeys) leave();
  });
  element.addEventListener('click', (event) => {
    point(event);
    openActive();
  });
  element.addEventListener('blur', leave);
  element.addEventListener('keydown', (event) => {
    if (!input || event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = keyMove(event.key);
    if (moved) move(moved);
    else if (event.key === 'Enter' || event.key === ' ') openActive();
    else if (event.key === 'Escape') {
      if (crosshair) leave();
      else close();
    } else return;
    event.preventDefault();
  });

  function move(by: Move): void {
    const { panel, series, open: opened } = input!;
    const points = panel.lines.flatMap((line) => line.points);
    const places = points.map(({ x }) => x);
    if (places.length === 0) return;
    // The keyboard begins at the open probe, else at the first place.
    const start = points.find(({ result }) => result.id === opened)?.x ?? Math.min(...places);
    const from = crosshair?.x;
    const x =
      by === 'first'
        ? Math.min(...places)
        : by === 'last'
          ? Math.max(...places)
          : from === undefined
            ? start
            : neighbourPlace(panel, from, by.right);
    const { lines } = readingAt(panel, series, x);
    const before = crosshair?.active ?? lines.findIndex(({ result }) => result.id === opened);
    const active = typeof by === 'object' && from !== undefined ? before + by.down : before;
    crosshair = { x, active: Math.max(0, Math.min(active, lines.length - 1)), byKeys: true };
    drawSoon(undefined);
  }

  new ResizeObserver(() => drawSoon(undefined)).observe(element);

  return {
    element,
    render(next) {
      input = next;
      const opens = open ? ', Enter opens the confusion matrix' : '';
      element.ariaLabel = `Accuracy of ${next.panel.title}; arrow keys read the values${opens}`;
      draw();
    },
    useFont: surface.useFont,
  };
}

function placeOf({ x, y }: PanelFigure, point: { x: number; result: ChartProbe }): { x: number; y: number } {
  return { x: x.pixel(point.x), y: y.pixel(point.result.accuracy) };
}

type Move = 'first' | 'last' | { right: -1 | 0 | 1; down: -1 | 0 | 1 };

function keyMove(key: string): Move | undefined {
  switch (key) {
    case 'ArrowLeft':
      return { right: -1, down: 0 };
    case 'ArrowRight':
      return { right: 1, down: 0 };
    case 'ArrowUp':
      return { right: 0, down: -1 };
    case 'ArrowDown':
      return { right: 0, down: 1 };
    case 'Home':
      return 'first';
    case 'End':
      return 'last';
    default:
      return undefined;
  }
}
