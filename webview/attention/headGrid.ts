// The heads as small pictures with a score under each: layer by layer, or in one order.
import type { AttentionGrid, HeadId } from '../../src/protocol/attention';
import { make } from '../shared/elements';
import { onContextMenu, placeUnder, type MenuPlace } from '../shared/menu';
import { activeOn, makePartMark, showPartMark, wordsOf } from '../shared/partMarks';
import { headAt, nameOf, partOf } from './heads';
import { rankedBy, rowsOf } from './order';
import { paletteOf, thumbnailColours, type Palette } from './palette';
import { kindWords, rankingScores, scoresOf, scoreWords, writtenExactly, writtenShort } from './scores';
import { openRow, type AttentionState } from './state';
import { paintThumbnail } from './thumbnail';

export interface HeadGridActions {
  /** Opens a head, or closes it if it is the open one. */
  toggle(head: HeadId): void;
  /** Shows what can be done to a head. */
  menu(head: HeadId, place: MenuPlace): void;
}

export interface HeadGrid {
  element: HTMLElement;
  render(state: AttentionState, palette: Palette): void;
  focus(): void;
}

interface Cell {
  element: HTMLElement;
  picture: HTMLCanvasElement;
  name: HTMLElement;
  value: HTMLElement;
  mark: HTMLElement;
}

/** Makes the grid. */
export function makeHeadGrid({ toggle, menu }: HeadGridActions): HeadGrid {
  const element = make('div', {
    class: 'head-grid',
    attributes: { role: 'listbox', tabindex: '0', 'aria-label': 'Heads' },
  });
  let cells: Cell[] = [];
  let rows: readonly number[] = [];
  let grid: AttentionGrid | undefined;
  let arranged = '';
  let painted: { grid: AttentionGrid; palette: string } | undefined;
  let active = -1;
  let open = -1;

  function render(state: AttentionState, palette: Palette): void {
    if (!state.grid) return;
    grid = state.grid;
    if (cells.length !== grid.kinds.length) {
      cells = grid.kinds.map((_, row) => makeCell(row));
      active = -1;
      arranged = '';
      painted = undefined;
    }
    if (painted?.grid !== grid || painted.palette !== palette.name) {
      const { heads } = grid;
      const colours = Array.from({ length: heads }, (_, head) => thumbnailColours(paletteOf(palette, head)));
      cells.forEach(({ picture }, row) => paintThumbnail(picture, grid!, row, colours[row % heads]));
      painted = { grid, palette: palette.name };
    }
    rows = rowsOf(state);
    arrange(state.settings.order === 'place');
    const opened = openRow(state);
    // The pane of the head takes room from the heads.
    if (opened !== open && opened >= 0) {
      requestAnimationFrame(() => cells[opened].element.scrollIntoView({ block: 'nearest' }));
    }
    open = opened;
    cells.forEach((cell, row) => {
      cell.element.classList.toggle('open', row === open);
      cell.element.ariaSelected = String(row === open);
    });
    for (const row of rows) showWords(state, row);
  }

  /** Puts the cells in their order; what is there already stays, with its press and its tooltip. */
  function arrange(byLayer: boolean): void {
    const key = `${byLayer} ${rows.join()}`;
    if (key === arranged) return;
    arranged = key;
    element.classList.toggle('by-layer', byLayer);
    if (!byLayer) {
      element.replaceChildren(group(undefined, rows));
      return;
    }
    const layers = [...new Set(rows.map((row) => headAt(grid!, row).layer))];
    element.replaceChildren(
      ...layers.map((layer) =>
        group(
          layer,
          rows.filter((row) => headAt(grid!, row).layer === layer),
        ),
      ),
    );
  }

  function group(layer: number | undefined, members: readonly number[]): HTMLElement {
    const box = make('div', { class: 'head-cells' }, ...members.map((row) => cells[row].element));
    if (layer === undefined) return make('div', { class: 'head-group-row' }, box);
    const label = make('div', {
      class: 'layer-label',
      text: `L${layer}`,
      attributes: { 'aria-hidden': 'true' },
    });
    const attributes = { role: 'group', 'aria-label': `Layer ${layer}` };
    return make('div', { class: 'head-group-row', attributes }, label, box);
  }

  function showWords({ settings, ranking, interventions }: AttentionState, row: number): void {
    const { score, order, hideSink } = settings;
    const kind = grid!.kinds[row];
    const head = headAt(grid!, row);
    const isRanked = order === 'ranking' && ranking?.answer !== undefined;
    const value = isRanked ? rankedBy(ranking, row) : scoresOf(grid!, hideSink)[score][row];
    const label = isRanked ? rankingScores[ranking.kind].label : scoreWords[score].label;
    const broken = grid!.notNumbers[row] > 0;
    const cell = cells[row];
    const isUnlearned = kind === 'unlearned';
    const active = activeOn(interventions, partOf(head));
    showPartMark(cell.mark, active);
    set(cell.name, order === 'place' ? `H${head.head}` : nameOf(head));
    set(cell.value, broken ? 'NaN' : isUnlearned ? 'uniform' : writtenShort(value));
    cell.element.classList.toggle('broken', broken);
    cell.element.classList.toggle('unlearned', isUnlearned);
    const said = [
      nameOf(head),
      kindWords[kind].label,
      `${label} ${writtenExactly(value)}`,
      ...(broken ? [`${grid!.notNumbers[row]} cells are not numbers`] : []),
      ...(active.length > 0 ? [wordsOf(active)] : []),
    ].join(' · ');
    cell.element.ariaLabel = said;
    cell.element.dataset['tip'] = said;
  }

  function activate(row: number): void {
    cells[active]?.element.classList.remove('active');
    active = row;
    const { element: cell } = cells[row];
    cell.classList.add('active');
    cell.scrollIntoView({ block: 'nearest' });
    element.setAttribute('aria-activedescendant', cell.id);
  }

  element.addEventListener('click', ({ target }) => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('.head-cell') : null;
    if (!cell || !grid) return;
    const row = Number(cell.dataset['row']);
    activate(row);
    toggle(headAt(grid, row));
  });
  onContextMenu(element, (target, place) => {
    const cell = target.closest<HTMLElement>('.head-cell');
    // Keys ask for the menu of the whole list, whose own cell has their focus.
    const row = cell ? Number(cell.dataset['row']) : place ? -1 : current();
    if (!grid || row < 0) return false;
    activate(row);
    menu(headAt(grid, row), place ?? placeUnder(cells[row].picture));
    return true;
  });
  element.addEventListener('keydown', (event) => {
    if (!grid || rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = current();
    const next = nextRow(event.key, from);
    if (next !== undefined) activate(next);
    else if ((event.key === 'Enter' || event.key === ' ') && from >= 0) toggle(headAt(grid, from));
    else return;
    event.preventDefault();
  });

  /** The row that keys are on: where they were last, else the open head's. */
  function current(): number {
    return rows.includes(active) ? active : rows.includes(open) ? open : -1;
  }

  /** Where a key leads, by the order and, up and down, by what stands there. */
  function nextRow(key: string, from: number): number | undefined {
    const index = rows.indexOf(from);
    const at = (place: number): number => rows[Math.max(0, Math.min(rows.length - 1, place))];
    switch (key) {
      case 'ArrowRight':
        return at(index + 1);
      case 'ArrowLeft':
        return at(index - 1);
      case 'Home':
        return at(0);
      case 'End':
        return at(rows.length - 1);
      case 'ArrowDown':
        return from < 0 ? at(0) : beside(from, 1);
      case 'ArrowUp':
        return from < 0 ? at(0) : beside(from, -1);
      default:
        return undefined;
    }
  }

  /** The nearest cell of the next line of cells. */
  function beside(from: number, direction: 1 | -1): number {
    const box = cells[from].element.getBoundingClientRect();
    let best = from;
    let least = Infinity;
    for (const row of rows) {
      const other = cells[row].element.getBoundingClientRect();
      const down = direction * (other.top - box.top);
      if (down <= box.height / 2) continue;
      const distance = down * 1000 + Math.abs(other.left - box.left);
      if (distance < least) [best, least] = [row, distance];
    }
    return best;
  }

  return { element, render, focus: () => element.focus() };
}

function makeCell(row: number): Cell {
  const picture = make('canvas', { class: 'thumbnail', attributes: { 'aria-hidden': 'true' } });
  const name = make('span', { class: 'head-name' });
  const value = make('span', { class: 'head-value' });
  const mark = makePartMark();
  const element = make(
    'div',
    { class: 'head-cell', attributes: { role: 'option', id: `head-${row}` } },
    picture,
    mark,
    make('div', { class: 'head-words', attributes: { 'aria-hidden': 'true' } }, name, value),
  );
  element.dataset['row'] = String(row);
  return { element, picture, name, value, mark };
}

function set(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
