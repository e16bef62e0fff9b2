// The chart as a picture and as a table of numbers. The page makes the content, the host asks where it goes.
import { drawLegend, type LegendEntry } from '../shared/legend';
import type { Drawing } from '../shared/picture';
import type { ChartColours } from '../shared/theme';
import { drawPanel } from './draw';
import { accuracyRange, panelFigure } from './figure';
import { layoutOf } from './layout';
import type { ChartProbe } from './probes';
import type { Series } from './series';

export interface ChartPicture {
  series: Series;
  ownScales: boolean;
  legend: readonly LegendEntry[];
  title: string;
  colours: ChartColours;
  /** Of the view, in pixels. */
  width: number;
}

const SMALLEST_WIDTH = 480;
const PANEL = { largestWidth: 420, height: 210 };
const MARGIN = 12;
const TITLE = 24;
const LEGEND_ROW = 22;

/** All panels in the rows that they have on the page. */
export function chartDrawing({
  series,
  ownScales,
  legend,
  title,
  colours,
  width: wide,
}: ChartPicture): Drawing {
  const { panels } = series;
  const { columns, rows, cells } = layoutOf(panels, Math.max(SMALLEST_WIDTH, wide) - 2 * MARGIN);
  const width = Math.min(Math.max(SMALLEST_WIDTH, wide), columns * PANEL.largestWidth + 2 * MARGIN);
  const cell = (width - 2 * MARGIN) / columns;
  const hasLegend = legend.length > 1;
  // Names take as many rows as they need; that many there are at most.
  const legendRows = hasLegend ? Math.ceil(legend.length / Math.max(1, Math.floor(width / 300))) : 0;
  const top = MARGIN + TITLE + legendRows * LEGEND_ROW;
  const height = Math.ceil(top + rows * PANEL.height + MARGIN);
  const common = accuracyRange(panels);
  const styles = new Map(series.names.map(({ key, style }) => [key, style]));
  return {
    width,
    height,
    title,
    draw(surface) {
      surface.box({ x: 0, y: 0, width, height }, colours.background);
      surface.text(title, MARGIN + 8, MARGIN + TITLE / 2, {
        colour: colours.foreground,
        align: 'start',
        bold: true,
      });
      if (hasLegend) {
        const place = { x: MARGIN + 8, y: MARGIN + TITLE, width: width - 2 * MARGIN - 16 };
        drawLegend(surface, legend, place, colours);
      }
      panels.forEach((panel, index) => {
        const { row, column } = cells[index];
        const frame = {
          x: MARGIN + column * cell,
          y: top + row * PANEL.height,
          width: cell,
          height: PANEL.height - 6,
        };
        const range = ownScales ? accuracyRange([panel]) : common;
        drawPanel(surface, panelFigure(panel, series, frame, range, surface.measure), styles, colours);
      });
    },
  };
}

const head = [
  'model',
  'step',
  'target',
  'level',
  'layer',
  'hook',
  'kind',
  'accuracy',
  'ci_low',
  'ci_high',
  'majority',
  'random_init',
  'random_init_ci_low',
  'random_init_ci_high',
  'shuffled',
  'shuffled_ci_low',
  'shuffled_ci_high',
  'n_train',
  'n_test',
  'documents_test',
  'classes',
  'file',
  'folder',
];

/** A row for each probe under the names that `results.json` has, and its folder; empty where there is no value. */
export function probeRows(probes: readonly ChartProbe[]): (string | number)[][] {
  return [head, ...probes.map(rowOf)];
}

function rowOf({ folder, ...result }: ChartProbe): (string | number)[] {
  const { model, step, target, level, layer, hook, kind, accuracy, ci, majority } = result;
  const { random_init, random_init_ci, shuffled, shuffled_ci } = result;
  const both = (interval: readonly [number, number] | null): (string | number)[] =>
    interval?.slice() ?? ['', ''];
  return [
    ...[model, step ?? '', target, level ?? '', layer ?? '', hook, kind],
    ...[accuracy, ...ci, majority],
    ...[random_init ?? '', ...both(random_init_ci), shuffled ?? '', ...both(shuffled_ci)],
    ...[result.n_train, result.n_test, result.documents_test, result.classes.length, result.file, folder],
  ];
}
