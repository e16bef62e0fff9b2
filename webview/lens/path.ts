// A token's way through the layers, drawn: its probability, and its rank on a logarithmic scale with the first on top.
import { scaleLinear, scaleLog } from 'd3-scale';
import type { LensPath, LensPoint } from '../../src/protocol/lens';
import { count, percent, significant } from '../shared/numbers';
import type { Drawing } from '../shared/picture';
import { FONT_SIZE, type Box, type Surface } from '../shared/surface';
import type { ChartColours } from '../shared/theme';

export interface PathColours extends ChartColours {
  probability: string;
  rank: string;
}

export interface PathPicture {
  path: LensPath;
  points: readonly LensPoint[];
  /** The layer that is open. */
  point: number;
  title: string;
  width: number;
  colours: PathColours;
}

const PANEL = 76;
const LABEL = 18;
const LEFT = 52;
const RIGHT = 12;
const HEIGHT = 2 * (PANEL + LABEL) + 20;
/** Pixels between two names of layers at least. */
const NAME = 34;

/** The chart of a path. */
export function pathDrawing(picture: PathPicture): Drawing {
  const { width, title } = picture;
  return { width, height: HEIGHT, title, draw: (surface) => drawPath(surface, picture) };
}

function drawPath(surface: Surface, picture: PathPicture): void {
  const { path, colours, points, width } = picture;
  surface.box({ x: 0, y: 0, width, height: HEIGHT }, colours.background);
  const across = scaleLinear([0, Math.max(1, points.length - 1)], [LEFT + 6, width - RIGHT - 6]);
  const x = points.map((_, index) => across(index));
  const most = Math.max(0, ...finite(path.probabilities));
  const probability = scaleLinear([0, most > 0 ? most : 1], [0, 1]).nice(2);
  const top = { x: LEFT, y: LABEL, width: width - LEFT - RIGHT, height: PANEL };
  drawPanel(surface, picture, top, {
    name: 'Probability',
    x,
    share: Array.from(path.probabilities, (value) => probability(value)),
    ticks: probability.ticks(2).map((value) => ({ at: probability(value), text: tickOf(value) })),
    shape: 'circle',
    colour: colours.probability,
    dash: [],
  });
  const ranks = Array.from(path.ranks, (rank) => (rank > 0 ? rank : NaN));
  const last = Math.max(10, 10 ** Math.ceil(Math.log10(Math.max(1, ...finite(ranks)))));
  const rank = scaleLog([last, 1], [0, 1]);
  const bottom = { ...top, y: top.y + PANEL + LABEL };
  drawPanel(surface, picture, bottom, {
    name: 'Rank',
    x,
    share: ranks.map((value) => rank(value)),
    ticks: [1, last].map((value) => ({ at: rank(value), text: count(value) })),
    shape: 'square',
    colour: colours.rank,
    dash: [4, 3],
  });
  drawNames(surface, picture, x, bottom.y + PANEL + 10);
}

interface Panel {
  name: string;
  x: readonly number[];
  /** Height of each point, 0…1; NaN where there is no number. */
  share: readonly number[];
  ticks: { at: number; text: string }[];
  shape: 'circle' | 'square';
  colour: string;
  dash: readonly number[];
}

function drawPanel(surface: Surface, { colours, point }: PathPicture, box: Box, panel: Panel): void {
  const height = (share: number): number => box.y + box.height * (1 - share);
  surface.text(panel.name, box.x, box.y - 8, { colour: colours.foreground, align: 'start' });
  const right = box.x + box.width;
  for (const { at, text } of panel.ticks) {
    const y = height(at);
    surface.line({ x: [box.x, right], y: [y, y], length: 2 }, { colour: colours.grid, width: 1 });
    surface.text(text, box.x - 6, y, { colour: colours.quiet, align: 'end' });
  }
  // The layer that is open.
  const here = panel.x[point];
  surface.line(
    { x: [here, here], y: [box.y, box.y + box.height], length: 2 },
    { colour: colours.focus, width: 1 },
  );
  const { x, share, colour, dash } = panel;
  const points = { x, y: share.map(height), length: x.length };
  surface.line(points, { colour, width: 1.5, dash });
  surface.marks(panel.shape, points, 3, { colour, width: 1 }, colour);
  // No number: a cross on the floor, not a gap alone.
  const broken = share.map((value) => (Number.isNaN(value) ? box.y + box.height : NaN));
  surface.marks(
    'cross',
    { ...points, y: broken },
    3,
    { colour: colours.foreground, width: 1 },
    colours.background,
  );
}

function drawNames(
  surface: Surface,
  { points, colours, point }: PathPicture,
  x: readonly number[],
  y: number,
): void {
  const step = Math.max(1, Math.ceil((NAME * (points.length - 1)) / Math.max(1, x[x.length - 1] - x[0])));
  points.forEach(({ label }, index) => {
    if (index % step !== 0 && index !== points.length - 1) return;
    if (index < points.length - 1 && points.length - 1 - index < step) return;
    const colour = index === point ? colours.foreground : colours.quiet;
    surface.text(label, x[index], y + FONT_SIZE / 2 - 4, { colour, align: 'middle', bold: index === point });
  });
}

function tickOf(value: number): string {
  return value >= 0.01 || value === 0 ? percent(value) : `${significant(value * 100)}%`;
}

function finite(values: ArrayLike<number>): number[] {
  return Array.from(values).filter((value) => Number.isFinite(value));
}
