// The bars as a picture of their own: all parts, and the largest neurons.
import type { Drawing } from '../shared/picture';
import type { ChartColours } from '../shared/theme';
import { significant } from '../shared/numbers';
import type { Row } from './rows';

export interface BarsPicture {
  title: string;
  groups: readonly { label: string; rows: readonly Row[] }[];
  /** Size of the longest bar. */
  range: number;
  colours: ChartColours & { raises: string; lowers: string };
}

const [WIDTH, NAME, VALUE, ROW, EDGE, HEAD] = [620, 96, 72, 18, 12, 26];

/** The bars of every group under each other; what lowers the logit stands on the left and has a minus. */
export function barsDrawing({ title, groups, range, colours }: BarsPicture): Drawing {
  const rows = groups.reduce((sum, group) => sum + group.rows.length, 0);
  const height = EDGE + HEAD + groups.length * HEAD + rows * ROW + EDGE;
  const [left, right] = [EDGE + NAME, WIDTH - EDGE - VALUE];
  const middle = (left + right) / 2;
  return {
    width: WIDTH,
    height,
    title,
    draw(surface) {
      surface.box({ x: 0, y: 0, width: WIDTH, height }, colours.background);
      surface.text(title, EDGE, EDGE + 8, { colour: colours.foreground, align: 'start', bold: true });
      let y = EDGE + HEAD;
      for (const group of groups) {
        surface.text(group.label, EDGE, y + HEAD / 2, { colour: colours.quiet, align: 'start', bold: true });
        y += HEAD;
        surface.box({ x: middle, y, width: 1, height: group.rows.length * ROW }, colours.quiet);
        for (const { name, value } of group.rows) {
          const share = range > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / range) : 0;
          const width = (share * (right - left)) / 2;
          const bar = { x: value < 0 ? middle - width : middle, y: y + 4, width, height: ROW - 8 };
          surface.box(bar, value < 0 ? colours.lowers : colours.raises);
          surface.text(name, EDGE, y + ROW / 2, { colour: colours.foreground, align: 'start' });
          const words = `${value > 0 ? '+' : ''}${significant(value)}`;
          surface.text(words, WIDTH - EDGE, y + ROW / 2, { colour: colours.foreground, align: 'end' });
          y += ROW;
        }
      }
    },
  };
}
