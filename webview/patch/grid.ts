// The map: a table of layers × tokens, or layers × heads, with the effect in every cell. The last layer stands on top,
// as in the lens. One cell can be reached by Tab, the others by arrows.
import type { PatchMap } from '../../src/protocol/patching';
import { paint } from '../shared/colours';
import { make } from '../shared/elements';
import { cellNumber, cellWords, columnName, columnWords } from './words';

export interface Grid {
  element: HTMLElement;
  render(map: PatchMap | undefined): void;
}

/** Makes an empty map. */
export function makeGrid(): Grid {
  const element = make('div', { class: 'patch-map' });
  let shown: PatchMap | undefined;

  element.addEventListener('keydown', (event) => {
    const cell = event.target instanceof HTMLTableCellElement ? event.target : undefined;
    const row = cell?.parentElement as HTMLTableRowElement | null | undefined;
    const steps: Partial<Record<string, [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (!cell || !row || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const table = row.closest('table')!;
    const next = table.rows.item(row.rowIndex + step[0])?.cells.item(cell.cellIndex + step[1]);
    if (next?.tagName !== 'TD') return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  return {
    element,
    render(map) {
      if (map === shown) return;
      shown = map;
      element.replaceChildren(...(map ? [tableOf(map)] : []));
      const first = element.querySelector('td');
      if (first) first.tabIndex = 0;
      if (map) showFirstEffect(element, map);
    },
  };
}

/** Scrolls to where the effects begin: before the first token that differs there are none. */
function showFirstEffect(element: HTMLElement, { columns, effect }: PatchMap): void {
  let first = columns;
  effect.forEach((value, index) => {
    if (Math.abs(value) > 0) first = Math.min(first, index % columns);
  });
  if (first === columns) return;
  const head = element.querySelectorAll<HTMLElement>('thead th')[first + 1];
  const corner = element.querySelector<HTMLElement>('.corner')!;
  element.scrollLeft = head.offsetLeft - corner.offsetWidth - head.offsetWidth;
}

function tableOf(map: PatchMap): HTMLElement {
  const head = make('tr', {}, make('th', { class: 'corner', text: 'Layer', attributes: { scope: 'col' } }));
  for (let column = 0; column < map.columns; column++) {
    const isUnmatched = map.part !== 'head' && map.alignment.sources[column] < 0;
    const isOther = columnWords(map, column).includes('gets the values');
    const attributes = { scope: 'col', 'aria-label': columnWords(map, column) };
    const name = make('th', { text: columnName(map, column), tip: columnWords(map, column), attributes });
    name.className = isUnmatched ? 'unmatched' : isOther ? 'other' : '';
    head.append(name);
  }
  const rows: HTMLElement[] = [];
  for (let layer = map.layers - 1; layer >= 0; layer--) rows.push(rowOf(map, layer));
  const attributes = { role: 'grid', 'aria-label': 'Effect of patching by layer' };
  return make('table', { attributes }, make('thead', {}, head), make('tbody', {}, ...rows));
}

function rowOf(map: PatchMap, layer: number): HTMLElement {
  const row = make('tr', {}, make('th', { text: `L${layer}`, attributes: { scope: 'row' } }));
  for (let column = 0; column < map.columns; column++) {
    const value = map.effect[layer * map.columns + column];
    const tip = cellWords(map, layer, column);
    const attributes = { tabindex: '-1', role: 'gridcell', 'aria-label': tip };
    const cell = make('td', { text: cellNumber(value), tip, attributes });
    if (!Number.isNaN(value)) paint(cell, value, 1);
    cell.classList.toggle('nothing', !(Math.abs(value) > 0));
    row.append(cell);
  }
  return row;
}
