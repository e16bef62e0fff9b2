// What of the parse trees stands in an editor: whether they are the highlight that is shown, at the text's present
// version, and only the levels that are wanted.
import { readLevels } from '../../protocol/parseTreeCells';
import type { ParseTreeReadings, ParseTreeString } from '../../protocol/parseTrees';
import type { Highlights } from '../decorations/highlight';
import type { ParseTreeInspection } from '../inspection/parseTreeInspection';
import type { ParseTreeHighlight } from './highlight';
import type { NamedLevel } from './names';

export interface ShownTreesParts {
  highlights: Highlights;
  highlight: ParseTreeHighlight;
  inspection: ParseTreeInspection;
}

/** The readings that are painted; undefined while something else is, or nothing. */
export function paintedTrees({
  highlights,
  highlight,
  inspection,
}: ShownTreesParts): ParseTreeReadings | undefined {
  return highlights.shown === highlight && inspection.painted !== undefined ? inspection.answer : undefined;
}

/** The levels of a string that are shown, with what was read of them. */
export function shownLevels(
  { levels }: ParseTreeReadings,
  string: ParseTreeString,
  inspection: ParseTreeInspection,
): NamedLevel[] {
  const read = readLevels(string, levels);
  return levels
    .map(({ level, symbols }, index) => ({
      level,
      symbols,
      read: read[index],
      reading: string.levels[index],
    }))
    .filter(({ level }) => inspection.shows(level));
}
