// All maps as one picture for a file.
import type { Drawing } from '../shared/picture';
import { drawHeatMap, layoutOf, type HeatMapLook } from './drawHeatMap';
import type { Section } from './maps';
import { headCells, panelCells } from './sectionView';

const MARGIN = 12;
const TITLE = 22;
const LINE = 16;
const SPACE = 16;
/** Pixels that a picture has at least: room for explanations. */
const WIDTH = 900;

interface Placed {
  x: number;
  y: number;
  draw: (surface: Parameters<Drawing['draw']>[0]) => void;
}

/**
 * @param title says what was measured
 * @param measure width of a text
 */
export function mapsDrawing(
  title: string,
  sections: readonly Section[],
  look: HeatMapLook,
  measure: (text: string) => number,
): Drawing {
  const text = { colour: look.colours.foreground, align: 'start' } as const;
  const quiet = { colour: look.colours.quiet, align: 'start' } as const;
  const parts: Placed[] = [];
  let y = MARGIN + TITLE;
  let width = WIDTH;
  for (const section of sections) {
    const top = y;
    parts.push({
      x: MARGIN,
      y,
      draw: (surface) => {
        surface.text(section.title, MARGIN, top + LINE / 2, { ...text, bold: true });
        surface.text(section.explanation, MARGIN, top + LINE * 1.5, quiet);
      },
    });
    width = Math.max(width, measure(section.explanation) + 2 * MARGIN);
    y += 2 * LINE + 4;
    let x = MARGIN;
    let lowest = y;
    for (const map of section.maps) {
      const left = layoutOf(map, { width: 0, height: 0 }, measure).width;
      const perColumn = (WIDTH - 2 * MARGIN - left) / map.columns.length;
      const cell = section.byHead ? headCells(perColumn, map.rows.length) : panelCells(perColumn);
      const size = layoutOf(map, cell, measure);
      if (x > MARGIN && x + size.width > WIDTH - MARGIN) [x, y] = [MARGIN, lowest + SPACE];
      const at = { x, y: y + (map.title === '' ? 0 : LINE) };
      parts.push({
        ...at,
        draw: (surface) => {
          if (map.title !== '') surface.text(map.title, at.x, at.y - LINE / 2, text);
          drawHeatMap(surface, map, cell, at, { ...look, marked: section.byHead ? look.marked : [] });
        },
      });
      lowest = Math.max(lowest, at.y + size.height);
      width = Math.max(width, x + size.width + MARGIN);
      x += size.width + SPACE;
    }
    y = lowest + SPACE;
  }
  const [wide, high] = [Math.ceil(width), Math.ceil(y)];
  return {
    width: wide,
    height: high,
    title,
    draw(surface) {
      surface.box({ x: 0, y: 0, width: wide, height: high }, look.colours.background);
      surface.text(title, MARGIN, MARGIN + TITLE / 2 - 4, { ...text, bold: true });
      for (const { draw } of parts) draw(surface);
    },
  };
}
