// What moves over the chart: the crosshair with its marks, and the stretch that is being dragged.
import type { Line } from './decimation';
import type { ChartColours } from '../shared/theme';
import type { Figure } from './figure';
import { lineStyle } from '../shared/lineStyles';
import type { Reading } from './reading';
import type { Surface } from '../shared/surface';

/** A stretch of the x axis in pixels. */
export type Stretch = readonly [from: number, to: number];

/** Draws the crosshair at a reading, through all panels. */
export function drawCrosshair(
  surface: Surface,
  figure: Figure,
  reading: Reading,
  colours: ChartColours,
): void {
  const { x, panels, smoothing } = figure;
  const at = x.pixel(reading.x);
  if (at < x.range[0] - 1 || at > x.range[1] + 1) return;
  for (const { box, y, kind } of panels) {
    const line: Pick<Line, 'x' | 'y' | 'length'> = {
      x: Float32Array.of(at, at),
      y: Float32Array.of(box.y, box.y + box.height),
      length: 2,
    };
    surface.line(line, { colour: colours.quiet, width: 1 });
    surface.clipped({ ...box, x: box.x - 4, width: box.width + 8 }, () => {
      for (const each of reading.runs) {
        const value = kind !== 'loss' ? each[kind] : smoothing > 0 ? each.smoothed : each.loss;
        if (Number.isNaN(value)) continue;
        const { colour } = lineStyle(each.run.style, colours.kind);
        const point = { x: [at], y: [y.pixel(value)], length: 1 };
        surface.marks('circle', point, 3, { colour: colours.background, width: 1 }, colour);
      }
    });
  }
}

/** Draws the stretch that a drag has covered. */
export function drawStretch(
  surface: Surface,
  { panels }: Figure,
  [from, to]: Stretch,
  colours: ChartColours,
): void {
  const left = Math.min(from, to);
  const width = Math.abs(to - from);
  for (const { box } of panels) {
    surface.box({ x: left, y: box.y, width, height: box.height }, colours.selection);
    for (const edge of [left, left + width]) {
      surface.line(
        { x: [edge, edge], y: [box.y, box.y + box.height], length: 2 },
        { colour: colours.focus, width: 1 },
      );
    }
  }
}
