// The chart: two canvases (lines, and the crosshair over them), the box with the values, and buttons over the marks
// of checkpoints and events. Redrawn at most once per frame.
import { make } from '../shared/elements';
import { fitCanvas } from '../shared/fitCanvas';
import { oncePerFrame } from '../shared/frames';
import { makeCanvasSurface } from '../shared/canvasSurface';
import { drawCrosshair, drawStretch, type Stretch } from './crosshair';
import type { ChartColours } from '../shared/theme';
import { drawFigure } from './draw';
import { AXIS_HEIGHT, figureOf, type Figure, type FigureOptions } from './figure';
import { followGestures } from './gestures';
import { chartKey } from './keys';
import { eventsNear, makeMarks } from './marks';
import { neighbour, readingAt, type Reading } from './reading';
import { moved, zoomed, type Interval } from '../shared/scale';
import { sentenceOf, showReading } from './readout';
import type { Surface } from '../shared/surface';
import { readFont } from '../shared/theme';

/** What is drawn; the size and the width of texts are the chart's own. */
export type ChartInput = Omit<FigureOptions, 'width' | 'height' | 'measure'>;

export interface ChartActions {
  zoom: (window: Interval | undefined) => void;
  openCheckpoint: (step: number) => void;
}

export interface Chart {
  element: HTMLElement;
  /** Draws at once; to be called once per frame at most, and again when points were added. */
  render(input: ChartInput, colours: ChartColours): void;
  /** Takes the keys and the mouse for what the next frame will show: several may come before it. */
  expect(input: ChartInput): void;
  /** Its size in pixels. */
  size(): { width: number; height: number };
  readonly surface: Surface;
  /** Writes in another font from the next draw on. */
  useFont(font: string): void;
}

/** Under this width names are cut shorter and only the losses are told. */
const NARROW = 700;

/** Makes the chart. */
export function makeChart(actions: ChartActions): Chart {
  const lines = make('canvas', { class: 'chart-canvas', attributes: { 'aria-hidden': 'true' } });
  const overlay = make('canvas', { class: 'chart-canvas', attributes: { 'aria-hidden': 'true' } });
  const marks = makeMarks(actions.openCheckpoint);
  const readout = make('div', { class: 'readout', attributes: { 'aria-hidden': 'true' } });
  readout.hidden = true;
  const spoken = make('div', { class: 'unseen', attributes: { 'aria-live': 'polite' } });
  const body = make(
    'div',
    {
      class: 'chart-body framed',
      attributes: {
        tabindex: '0',
        role: 'application',
        'aria-roledescription': 'chart',
        'aria-label': 'Chart of the losses',
      },
    },
    lines,
    overlay,
    marks.element,
    readout,
  );
  const element = make('section', { class: 'chart', attributes: { 'aria-label': 'Chart' } }, body, spoken);

  const font = readFont();
  const surface = makeCanvasSurface(lines.getContext('2d')!, font);
  const overSurface = makeCanvasSurface(overlay.getContext('2d')!, font);
  let input: ChartInput | undefined;
  let colours: ChartColours | undefined;
  let figure: Figure | undefined;
  let size = { width: 0, height: 0 };
  /** Place of the crosshair on the x axis, and whether the keys brought it there. */
  let crosshair: { x: number; byKeys: boolean } | undefined;
  let stretch: Stretch | undefined;

  function draw(): void {
    if (!input || !colours || size.width === 0) return;
    fitCanvas(lines, size.width, size.height);
    arrange();
    if (figure) drawFigure(surface, figure, colours);
    marks.show(figure);
    drawOver();
  }
  function arrange(): void {
    if (input && size.width > 0) figure = figureOf({ ...input, ...size, measure: surface.measure });
  }
  const drawSoon = oncePerFrame(draw);
  const drawSoonOver = oncePerFrame(drawOver);

  function drawOver(): void {
    fitCanvas(overlay, size.width, size.height);
    const reading = readNow();
    if (!figure || !colours || !reading) {
      readout.hidden = true;
      if (figure && colours && stretch) drawStretch(overSurface, figure, stretch, colours);
      return;
    }
    if (stretch) drawStretch(overSurface, figure, stretch, colours);
    drawCrosshair(overSurface, figure, reading, colours);
    showReadout(figure, reading, colours);
  }

  function readNow(): Reading | undefined {
    return figure && crosshair ? readingAt(figure.runs, figure.axis, crosshair.x) : undefined;
  }

  function showReadout(shown: Figure, reading: Reading, { kind }: ChartColours): void {
    const at = shown.x.pixel(reading.x);
    const isOutside = at < shown.x.range[0] - 1 || at > shown.x.range[1] + 1;
    readout.hidden = isOutside;
    if (isOutside) return;
    const events = eventsNear(shown, at);
    showReading(readout, reading, {
      smoothing: shown.smoothing,
      events,
      kind,
      isNarrow: size.width < NARROW,
    });
    const { offsetWidth: width, offsetHeight: height } = readout;
    const { box } = shown.panels[0];
    const right = at + 10 + width <= size.width;
    const fits = right || at - 10 - width >= 2;
    const left = right ? at + 10 : fits ? at - 10 - width : size.width - width - 2;
    // Where it would cover the crosshair it goes under the losses.
    const top = fits ? box.y + 4 : box.y + box.height + AXIS_HEIGHT;
    readout.style.left = `${Math.max(2, left)}px`;
    readout.style.top = `${Math.max(2, Math.min(top, size.height - height - 2))}px`;
    if (crosshair?.byKeys) spoken.textContent = sentenceOf(reading, shown.smoothing, events);
  }

  function point(pixel: number | undefined): void {
    if (pixel === undefined) {
      if (crosshair?.byKeys) return;
      crosshair = undefined;
    } else if (figure) crosshair = { x: figure.x.value(pixel), byKeys: false };
    drawSoonOver(undefined);
  }

  followGestures(body, {
    figure: () => figure,
    point,
    stretch(next) {
      stretch = next;
      drawSoonOver(undefined);
    },
    zoom: actions.zoom,
    resetZoom: () => actions.zoom(undefined),
  });
  body.addEventListener('blur', () => {
    if (!crosshair?.byKeys) return;
    crosshair = undefined;
    drawSoonOver(undefined);
  });
  body.addEventListener('keydown', (event) => {
    if (!figure || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = chartKey(event.key);
    if (!key) return;
    event.preventDefault();
    const { x, runs, axis } = figure;
    const middle = x.value((x.range[0] + x.range[1]) / 2);
    switch (key.does) {
      case 'step': {
        const isSet = crosshair !== undefined && x.pixel(crosshair.x) >= x.range[0] - 1;
        const from = isSet ? (readNow()?.x ?? middle) : undefined;
        // The keyboard begins at the latest point in sight.
        moveCrosshair(
          from === undefined ? x.domain[1] : (neighbour(runs, axis, from, key.direction) ?? from),
        );
        break;
      }
      case 'page': {
        const pixel = x.pixel(crosshair?.x ?? x.domain[1]);
        moveCrosshair(x.value(pixel + (key.direction * (x.range[1] - x.range[0])) / 10));
        break;
      }
      case 'end':
        moveCrosshair(key.direction < 0 ? figure.whole[0] : figure.whole[1]);
        break;
      case 'zoom':
        actions.zoom(zoomed(x.domain, crosshair?.x ?? middle, key.factor, x.log));
        break;
      case 'reset':
        actions.zoom(undefined);
        break;
      case 'leave':
        crosshair = undefined;
        drawSoonOver(undefined);
    }
  });

  /** Moves the crosshair, and what is in sight where it would leave it. */
  function moveCrosshair(x: number): void {
    if (!figure) return;
    crosshair = { x: Math.max(figure.whole[0], Math.min(figure.whole[1], x)), byKeys: true };
    const reading = readNow();
    if (reading) crosshair.x = reading.x;
    const { domain, range, log, pixel } = figure.x;
    const at = pixel(crosshair.x);
    const beyond = at < range[0] ? at - range[0] : Math.max(0, at - range[1]);
    if (Math.abs(beyond) > 0.5) actions.zoom(moved(domain, beyond / (range[1] - range[0]), log));
    drawSoonOver(undefined);
  }

  new ResizeObserver(() => {
    size = { width: body.clientWidth, height: body.clientHeight };
    drawSoon(undefined);
  }).observe(body);

  return {
    element,
    surface,
    size: () => size,
    expect(next) {
      input = next;
      arrange();
    },
    useFont(next) {
      surface.useFont(next);
      overSurface.useFont(next);
    },
    render(nextInput, nextColours) {
      input = nextInput;
      colours = nextColours;
      body.ariaLabel = describe(input);
      draw();
    },
  };
}

function describe({ runs }: ChartInput): string {
  const names = runs.map(({ snapshot }) => snapshot.name).join(', ');
  return `Losses of ${names || 'no run'}; arrow keys read the values, the table has all`;
}
