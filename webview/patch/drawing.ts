// The map as a picture.
import type { PatchMap } from '../../src/protocol/patching';
import { levelOf } from '../shared/colours';
import type { Drawing } from '../shared/picture';
import { cutMiddle } from '../shared/pieces';
import type { ChartColours } from '../shared/theme';
import { cellNumber, columnName, metricWords } from './words';

const [CELL, ROW, SIDE, TOP] = [64, 22, 52, 56];
/** Characters of a token that a column has room for. */
const LONGEST = 8;

/** @param levels backgrounds of a level, −10…10 */
export function mapDrawing(map: PatchMap, colours: ChartColours, levels: (level: number) => string): Drawing {
  const title = metricWords(map);
  const width = Math.max(SIDE + map.columns * CELL + 12, 640);
  const height = TOP + map.layers * ROW + 12;
  return {
    width,
    height,
    title,
    draw(surface) {
      const quiet = { colour: colours.quiet, align: 'start' } as const;
      const text = { colour: colours.foreground, align: 'start' } as const;
      surface.box({ x: 0, y: 0, width, height }, colours.background);
      surface.text(title, 12, 18, text);
      for (let column = 0; column < map.columns; column++) {
        const name = cutMiddle(columnName(map, column), LONGEST);
        surface.text(name, SIDE + column * CELL + 4, TOP - ROW / 2, text);
      }
      for (let layer = 0; layer < map.layers; layer++) {
        const y = TOP + (map.layers - 1 - layer) * ROW;
        surface.text(`L${layer}`, 12, y + ROW / 2, quiet);
        for (let column = 0; column < map.columns; column++) {
          const value = map.effect[layer * map.columns + column];
          const x = SIDE + column * CELL;
          const level = levelOf(value, 1);
          const box = { x, y, width: CELL - 1, height: ROW - 1 };
          if (level !== 0 && !Number.isNaN(level)) surface.box(box, levels(level));
          surface.text(cellNumber(value), x + CELL - 6, y + ROW / 2, { ...text, align: 'end' });
        }
      }
    },
  };
}
