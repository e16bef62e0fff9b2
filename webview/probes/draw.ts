// Draws a panel on a surface, on the screen and in saved pictures: grid, controls as thin lines with their names, grey
// or in the colour of the one line that they belong to, the probes' lines with their intervals.
import { lineStyle } from '../shared/lineStyles';
import { cutMiddle } from '../shared/pieces';
import type { Surface } from '../shared/surface';
import type { ChartColours } from '../shared/theme';
import { LEADER, type PanelFigure } from './figure';
import type { ControlName, ProbeLine } from './series';

const MARK_SIZE = 3;
/** Half the width of an interval's ends. */
const CAP = 3;

const controlDashes: Record<ControlName, readonly number[]> = {
  majority: [1.5, 3],
  untrained: [],
  shuffled: [6, 3],
};

/** @param styles number of each line's style, by its key */
export function drawPanel(
  surface: Surface,
  figure: PanelFigure,
  styles: ReadonlyMap<string, number>,
  colours: ChartColours,
): void {
  drawGrid(surface, figure, colours);
  drawControls(surface, figure, styles, colours);
  const { lines } = figure.panel;
  for (const line of [...lines].reverse()) drawInterval(surface, figure, line, lines.length, styles, colours);
  for (const line of [...lines].reverse()) drawLine(surface, figure, line, styles, colours);
  drawAxes(surface, figure, colours);
}

/** Draws a ring around a point. */
export function drawRing(surface: Surface, { x, y }: { x: number; y: number }, colours: ChartColours): void {
  const ring = { x: [x], y: [y], length: 1 };
  surface.marks('circle', ring, MARK_SIZE + 4, { colour: colours.focus, width: 2 }, 'transparent');
}

function drawGrid(surface: Surface, { box, y, yTicks }: PanelFigure, { grid }: ChartColours): void {
  for (const { value } of yTicks) {
    const at = crisp(y.pixel(value));
    surface.line(pair(box.x, at, box.x + box.width, at), { colour: grid, width: 1 });
  }
}

function drawControls(
  surface: Surface,
  { panel, x, y, box, names }: PanelFigure,
  styles: ReadonlyMap<string, number>,
  { quiet, kind }: ChartColours,
): void {
  for (const { name, key, points } of panel.controls) {
    const colour = key === undefined ? quiet : lineStyle(styles.get(key) ?? 0, kind).colour;
    const [first, last] = [points[0], points[points.length - 1]];
    // From edge to edge: also of a single point there is a line.
    const xs = [box.x, ...points.map((point) => x.pixel(point.x)), box.x + box.width];
    const ys = [first, ...points, last].map(({ value }) => y.pixel(value));
    surface.line(
      { x: xs, y: ys, length: xs.length },
      { colour, width: 1, opacity: 0.7, dash: controlDashes[name] },
    );
  }
  const right = box.x + box.width;
  for (const { name, y: end, labelY } of names) {
    surface.line(pair(right, end, right + LEADER - 2, labelY), { colour: quiet, width: 1, opacity: 0.6 });
    surface.text(name, right + LEADER, labelY, { colour: quiet, align: 'start' });
  }
}

/** The 95 % interval: a band along the line, and a bar at every point. */
function drawInterval(
  surface: Surface,
  { x, y }: PanelFigure,
  { key, points }: ProbeLine,
  lines: number,
  styles: ReadonlyMap<string, number>,
  { kind }: ChartColours,
): void {
  const { colour } = lineStyle(styles.get(key) ?? 0, kind);
  const xs = points.map((point) => x.pixel(point.x));
  const top = points.map(({ result }) => y.pixel(result.ci[1]));
  const bottom = points.map(({ result }) => y.pixel(result.ci[0]));
  surface.band({ x: xs, top, bottom, length: xs.length }, colour, lines > 3 ? 0.08 : 0.16);
  // Bars of many lines at one place could not be told apart.
  if (lines > 3) return;
  xs.forEach((at, index) => {
    const stroke = { colour, width: 1, opacity: 0.8 };
    surface.line(pair(at, top[index], at, bottom[index]), stroke);
    for (const end of [top[index], bottom[index]]) surface.line(pair(at - CAP, end, at + CAP, end), stroke);
  });
}

function drawLine(
  surface: Surface,
  { x, y }: PanelFigure,
  { key, points }: ProbeLine,
  styles: ReadonlyMap<string, number>,
  { kind, background }: ChartColours,
): void {
  const { colour, dash, shape } = lineStyle(styles.get(key) ?? 0, kind);
  const places = {
    x: points.map((point) => x.pixel(point.x)),
    y: points.map(({ result }) => y.pixel(result.accuracy)),
    length: points.length,
  };
  surface.line(places, { colour, width: 1.5, dash });
  surface.marks(shape, places, MARK_SIZE, { colour, width: 1.5 }, background);
}

function drawAxes(surface: Surface, figure: PanelFigure, { foreground, quiet }: ChartColours): void {
  const { box, frame, x, y, xTicks, yTicks, panel, axis } = figure;
  const bottom = crisp(box.y + box.height);
  surface.line(pair(box.x, bottom, box.x + box.width, bottom), { colour: quiet, width: 1 });
  let above = Infinity;
  for (const { value, label } of yTicks) {
    const at = y.pixel(value);
    if (above - at < 12) continue;
    above = at;
    surface.text(label, box.x - 6, at, { colour: quiet, align: 'end' });
  }
  const middle = bottom + 12;
  surface.text(axis, box.x - 6, middle, { colour: quiet, align: 'end' });
  for (const { value, label } of xTicks) {
    surface.text(label, x.pixel(value), middle, { colour: quiet, align: 'middle' });
  }
  drawTitle(surface, frame, panel.title, `${panel.classes.join(' and ')} classes`, { foreground, quiet });
}

function drawTitle(
  surface: Surface,
  { x, y, width }: PanelFigure['frame'],
  title: string,
  note: string,
  { foreground, quiet }: Pick<ChartColours, 'foreground' | 'quiet'>,
): void {
  const room = width - 16;
  const text = fitted(surface, title, room);
  surface.text(text, x + 8, y + 11, { colour: foreground, align: 'start' });
  const used = surface.measure(text) + 10;
  if (used + surface.measure(note) <= room) {
    surface.text(note, x + 8 + used, y + 11, { colour: quiet, align: 'start' });
  }
}

/** A text with its middle cut until it fits. */
function fitted(surface: Surface, text: string, room: number): string {
  let longest = text.length;
  let cut = text;
  while (longest > 6 && surface.measure(cut) > room) cut = cutMiddle(text, --longest);
  return cut;
}

/** On whole pixels, where a thin line is sharp. */
function crisp(pixel: number): number {
  return Math.round(pixel) + 0.5;
}

function pair(x1: number, y1: number, x2: number, y2: number): { x: number[]; y: number[]; length: number } {
  return { x: [x1, x2], y: [y1, y2], length: 2 };
}
