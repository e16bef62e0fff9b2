// How panels stand in rows: the levels of a target beside each other, each target in a row of its own where it has some.
import type { ProbePanel } from './series';

/** Pixels of a panel at least: narrower ones have no room for the names of controls. */
export const SMALLEST = { width: 236, height: 168 };

export interface Layout {
  columns: number;
  rows: number;
  /** Row and column of each panel, from 0. */
  cells: { row: number; column: number }[];
}

/** The panels in rows that fit into a width. */
export function layoutOf(panels: readonly Pick<ProbePanel, 'target' | 'level'>[], width: number): Layout {
  const most = Math.max(1, Math.floor(width / SMALLEST.width));
  const columns = columnsOf(panels, most);
  let row = 0;
  let column = 0;
  const cells = panels.map((panel, index) => {
    const before = panels.at(index - 1);
    const isNewTarget = index > 0 && before?.target !== panel.target;
    const hasLevels = panel.level !== null || (isNewTarget && before?.level !== null);
    if (column === columns || (isNewTarget && hasLevels)) {
      row++;
      column = 0;
    }
    return { row, column: column++ };
  });
  return { columns, rows: panels.length === 0 ? 0 : row + 1, cells };
}

/** As many as the target with the most levels needs, in rows of equal length where they do not fit into one. */
function columnsOf(panels: readonly Pick<ProbePanel, 'target' | 'level'>[], most: number): number {
  const ofTarget = new Map<string, number>();
  for (const { target, level } of panels) {
    if (level !== null) ofTarget.set(target, (ofTarget.get(target) ?? 0) + 1);
  }
  const levels = Math.max(0, ...ofTarget.values());
  const wanted = levels === 0 ? panels.length : levels;
  return Math.max(1, Math.ceil(wanted / Math.ceil(wanted / most)));
}
