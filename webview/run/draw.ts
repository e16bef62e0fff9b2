// Draws a figure on a surface: grid, reference lines, lines of all runs, axes. On the screen and in saved pictures.
import { firstAtLeast } from './columns';
import { Band, crowdingOf, edgesOf, Line, trace, traceBand, type Coarseness, type Edges } from './decimation';
import type { Figure, Panel } from './figure';
import { AXIS_HEIGHT } from './figure';
import { lineStyle, type LineStyle } from '../shared/lineStyles';
import { placeOf } from './reading';
import type { Metric } from './runData';
import type { ShownRun } from './state';
import type { Shape, Stroke, Surface } from '../shared/surface';
import type { ChartColours } from '../shared/theme';

/** Dashes of reference lines, in the order of their losses. */
const referenceDashes: readonly (readonly number[])[] = [
  [5, 4],
  [1.5, 3],
  [8, 3, 1.5, 3],
];

const MARK_SIZE = 3;
/** Marks nearer than this are left out, so that the line between them is seen. */
const MARK_DISTANCE = 9;

/** Style of a run's validation loss. Of a single run it is another colour; of several, colours are the runs. */
export function validationStyle(style: number, isOnly: boolean, kind: ChartColours['kind']): LineStyle {
  return isOnly ? { ...lineStyle(style + 1, kind), dash: [], shape: 'circle' } : lineStyle(style, kind);
}

// Used again for every line of every frame.
const line = new Line();
const band = new Band();

/** Draws everything but the crosshair. */
export function drawFigure(surface: Surface, figure: Figure, colours: ChartColours): void {
  const edges = figure.runs.map(({ data }) => edgesOf(data.train[figure.axis], figure.x));
  for (const panel of figure.panels) {
    drawGrid(surface, figure, panel, colours);
    surface.clipped(panel.box, () => {
      if (panel.kind === 'loss') drawLosses(surface, figure, panel, edges, colours);
      else drawMetric(surface, figure, panel, panel.kind, edges, colours, 1);
    });
    drawAxes(surface, panel, colours);
    drawMarks(surface, figure, panel, colours);
  }
  drawXAxis(surface, figure, colours);
  drawReferenceNames(surface, figure, colours);
}

function drawGrid(
  surface: Surface,
  { x, xTicks }: Figure,
  { box, y, ticks }: Panel,
  { grid }: ChartColours,
): void {
  const stroke: Stroke = { colour: grid, width: 1 };
  const bottom = box.y + box.height;
  for (const { value } of ticks) {
    const at = crisp(y.pixel(value));
    surface.line(pair(box.x, at, box.x + box.width, at), stroke);
  }
  for (const { value } of xTicks) {
    const at = crisp(x.pixel(value));
    surface.line(pair(at, box.y, at, bottom), stroke);
  }
}

function drawLosses(
  surface: Surface,
  figure: Figure,
  panel: Panel,
  edges: readonly Edges[],
  colours: ChartColours,
): void {
  const { runs, references, axis, x, smoothing } = figure;
  const { box, y } = panel;
  for (const { y: at, order } of references) {
    const dash = referenceDashes[order % referenceDashes.length];
    surface.line(pair(box.x, crisp(at), box.x + box.width, crisp(at)), {
      colour: colours.quiet,
      width: 1,
      dash,
    });
  }
  runs.forEach((run) => {
    for (const { step } of run.snapshot.events) {
      const place = placeOf(run, axis, step);
      if (place === undefined) continue;
      const at = crisp(x.pixel(place));
      surface.line(pair(at, box.y, at, box.y + box.height), {
        colour: lineStyle(run.style, colours.kind).colour,
        width: 1,
        dash: [2, 4],
        opacity: 0.8,
      });
    }
  });
  if (smoothing > 0) {
    drawMetric(surface, figure, panel, 'loss', edges, colours, 0.3);
    drawMetric(surface, figure, panel, 'smoothed', edges, colours, 1);
  } else drawMetric(surface, figure, panel, 'loss', edges, colours, 1);
  for (const run of [...runs].reverse()) drawValidation(surface, run, figure, y, colours);
}

/** From this many values per pixel on, a line through noise would be a blot: it is drawn as a band. */
const BAND_FROM = 2;
/** From this many on, dashes of a noisy line could not be told from its noise (and take long to draw). */
const SOLID_FROM = 0.25;

/** Lines that hardly change from step to step: a crowd of their values is still a line, and can be dashed. */
const smooth: ReadonlySet<Metric> = new Set(['smoothed', 'lr']);
const roughly: Coarseness = { flat: 4, stride: 2 };

/** All runs' lines of one metric, the first run on top. Faint ones behind others are solid. */
function drawMetric(
  surface: Surface,
  { runs, axis, x }: Figure,
  { y }: Panel,
  metric: Metric,
  edges: readonly Edges[],
  { kind }: ChartColours,
  opacity: number,
): void {
  for (let index = runs.length - 1; index >= 0; index--) {
    const { data, style } = runs[index];
    const { colour, dash } = lineStyle(style, kind);
    const isSmooth = smooth.has(metric);
    const crowding = isSmooth ? 0 : crowdingOf(edges[index]);
    if (crowding >= BAND_FROM) {
      traceBand(band, data.extremes[metric], edges[index], y);
      surface.band(band, colour, Math.min(opacity, 0.7));
      continue;
    }
    trace(
      line,
      data.train[axis],
      data.column(metric),
      data.extremes[metric],
      edges[index],
      x,
      y,
      isSmooth ? roughly : undefined,
    );
    const width = metric === 'smoothed' ? 1.5 : 1;
    surface.line(line, { colour, opacity, width, dash: opacity < 1 || crowding >= SOLID_FROM ? [] : dash });
  }
}

function drawValidation(
  surface: Surface,
  { data: { evaluation }, style }: ShownRun,
  { x, axis, runs }: Figure,
  y: Panel['y'],
  { kind }: ChartColours,
): void {
  const { colour, dash } = validationStyle(style, runs.length === 1, kind);
  const places = evaluation[axis];
  line.clear();
  for (let index = 0; index < places.length; index++) {
    if (x.log && places[index] <= 0) continue;
    line.add(x.pixel(places[index]), y.pixel(evaluation.loss[index]));
  }
  surface.line(line, { colour, width: 1.5, dash });
}

/** Marks at evaluations, and points that are alone; whole where they lie on the edge of the chart. */
function drawMarks(surface: Surface, figure: Figure, { kind, box, y }: Panel, colours: ChartColours): void {
  const { runs, x, axis } = figure;
  const room = MARK_SIZE + 2;
  const place = {
    x: box.x - room,
    y: box.y - room,
    width: box.width + 2 * room,
    height: box.height + 2 * room,
  };
  const draw = (shape: Shape, size: number, colour: string, fill: string): void =>
    surface.clipped(place, () => surface.marks(shape, line, size, { colour, width: 1.5 }, fill));
  for (const { data, style } of [...runs].reverse()) {
    const { train, evaluation } = data;
    if (train.step.length === 1) {
      line.clear();
      line.add(x.pixel(train[axis][0]), y.pixel(train[kind][0]));
      const { colour } = lineStyle(style, colours.kind);
      draw('circle', 1.5, colour, colour);
    }
    if (kind !== 'loss') continue;
    line.clear();
    let last = -Infinity;
    for (let index = firstAtLeast(evaluation[axis], x.domain[0]); index < evaluation.step.length; index++) {
      const at = x.pixel(evaluation[axis][index]);
      if (at > x.range[1] + 0.5) break;
      if (at - last < MARK_DISTANCE) continue;
      last = at;
      line.add(at, y.pixel(evaluation.loss[index]));
    }
    const { colour, shape } = validationStyle(style, runs.length === 1, colours.kind);
    draw(shape, MARK_SIZE, colour, colours.background);
  }
}

function drawAxes(
  surface: Surface,
  { box, y, ticks, title }: Panel,
  { foreground, quiet }: ChartColours,
): void {
  const bottom = crisp(box.y + box.height);
  surface.line(pair(box.x, bottom, box.x + box.width, bottom), { colour: quiet, width: 1 });
  for (const { value, label } of ticks) {
    surface.text(label, box.x - 6, y.pixel(value), { colour: quiet, align: 'end' });
  }
  surface.text(title, box.x, box.y - 10, { colour: foreground, align: 'start' });
}

/** Ticks under the loss, and the checkpoints of the first run on the axis. */
function drawXAxis(
  surface: Surface,
  { x, xTicks, panels, axis, runs, width }: Figure,
  colours: ChartColours,
): void {
  const { box } = panels[0];
  const middle = box.y + box.height + AXIS_HEIGHT / 2 + 3;
  const name = axis === 'seconds' ? 'time' : axis;
  surface.text(name, box.x - 6, middle, { colour: colours.quiet, align: 'end' });
  let free = box.x;
  for (const { value, label } of xTicks) {
    const half = surface.measure(label) / 2;
    const at = x.pixel(value);
    if (at - half < free - half || at + half > width) continue;
    surface.text(label, at, middle, { colour: colours.quiet, align: 'middle' });
    free = at + 2 * half + 8;
  }
  const [first] = runs;
  const marks = checkpointPlaces(first, axis, x);
  const points = {
    x: marks.map(({ at }) => at),
    y: marks.map(() => box.y + box.height),
    length: marks.length,
  };
  surface.marks('diamond', points, 3, { colour: colours.foreground, width: 1 }, colours.background);
}

/** Marks nearer than this are drawn as one. */
const CHECKPOINT_DISTANCE = 10;

/** Checkpoints of a run in sight, thinned out where they crowd; the latest stays. */
export function checkpointPlaces(
  run: ShownRun | undefined,
  axis: Figure['axis'],
  x: Figure['x'],
): { step: number; at: number }[] {
  const steps = run?.snapshot.status?.checkpoints ?? [];
  const places: { step: number; at: number }[] = [];
  for (let index = steps.length - 1; index >= 0; index--) {
    const place = placeOf(run!, axis, steps[index]);
    if (place === undefined) continue;
    const at = x.pixel(place);
    const isOutside = at < x.range[0] - 0.5 || at > x.range[1] + 0.5;
    if (isOutside || (places.length > 0 && places.at(-1)!.at - at < CHECKPOINT_DISTANCE)) continue;
    places.push({ step: steps[index], at });
  }
  return places.reverse();
}

function drawReferenceNames(
  surface: Surface,
  { references, namesBeside, panels: [{ box }] }: Figure,
  { foreground, quiet, background }: ChartColours,
): void {
  const right = box.x + box.width;
  for (const { label, y, labelY } of references) {
    if (namesBeside) {
      if (Math.abs(labelY - y) > 3)
        surface.line(pair(right, y, right + 5, labelY), { colour: quiet, width: 1 });
      surface.text(label, right + 8, labelY, { colour: foreground, align: 'start' });
    } else {
      const width = surface.measure(label);
      surface.box({ x: right - width - 4, y: labelY - 14, width: width + 4, height: 13 }, background);
      surface.text(label, right - 2, labelY - 7.5, { colour: foreground, align: 'end' });
    }
  }
}

/** On whole pixels, where a thin line is sharp. */
function crisp(pixel: number): number {
  return Math.round(pixel) + 0.5;
}

function pair(x1: number, y1: number, x2: number, y2: number): { x: number[]; y: number[]; length: number } {
  return { x: [x1, x2], y: [y1, y2], length: 2 };
}
