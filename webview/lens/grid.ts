// The map: layers × tokens, of which only the columns in sight are in the page. The last layer stands on top, right
// under the tokens, as in the plots of nostalgebraist's lens and of the tuned lens: the stream is read upwards, and
// the final output, which one looks at first, stands beside the text that it predicts.
import { make } from '../shared/elements';
import { onContextMenu, placeUnder, type MenuPlace } from '../shared/menu';
import { activeOn, showPartMark, wordsOf } from '../shared/partMarks';
import { plain, visible } from '../shared/pieces';
import { writePiece, type TokenLinks } from '../shared/tokens';
import type { TextRange } from '../../src/protocol/types';
import { idOf, makeRow, placeOf, type Row, showCell, showNothing } from './cells';
import { isRanged, lookOf } from './colouring';
import { partsAt } from './parts';
import { describe, nextPlace, type Place } from './places';
import { hasMoved, type LensState } from './state';

/** Pixels; those of lens.css. */
const COLUMN = 96;
const ROW_HEAD = 64;
/** Columns kept beyond either edge, so that a fast scroll does not show gaps. */
const OVERSCAN = 4;

export interface GridActions {
  /** A place was opened. */
  open(place: Place): void;
  /** Shows a token in the editor. */
  reveal(token: number): void;
  /** These tokens are in sight. */
  see(tokens: TextRange): void;
  /** Shows what can be done to the layer of a row. */
  menu(point: number, place: MenuPlace): void;
}

export interface Grid {
  element: HTMLElement;
  render(state: LensState, before: LensState | undefined): void;
  focus(): void;
  /** Tokens that are wholly or partly in sight. */
  sight(): TextRange;
}

/** Makes an empty map. */
export function makeGrid(links: TokenLinks, actions: GridActions): Grid {
  const content = make('div', { class: 'map-content', attributes: { role: 'presentation' } });
  const element = make(
    'div',
    {
      class: 'lens-map',
      attributes: { role: 'grid', tabindex: '0', 'aria-label': 'Predictions by layer and token' },
    },
    content,
  );
  let state: LensState | undefined;
  let rows: Row[] = [];
  /** Column that each slot shows, -1 for none. */
  let shown: number[] = [];
  let active: Place | undefined;
  let range = 0;
  let width = 0;

  const scope = (): TextRange => state?.columns?.scope ?? { start: 0, end: 0 };

  function sight(): TextRange {
    const { start, end } = scope();
    const first = start + Math.floor(element.scrollLeft / COLUMN);
    return {
      start: Math.min(first, end),
      end: Math.min(end, first + Math.ceil((width - ROW_HEAD) / COLUMN) + 1),
    };
  }

  /** Where keys begin: at the editor's cursor, else at the first token in sight. */
  function firstToken(): number {
    const { start, end } = sight();
    const cursor = state?.cursor ?? start;
    return cursor >= start && cursor < end ? cursor : start;
  }

  function build(points: readonly { label: string; hook: string }[]): void {
    const head = makeRow(
      -1,
      make('div', { class: 'map-head corner', text: 'Layer', attributes: { role: 'columnheader' } }),
    );
    head.element.classList.add('token-row');
    rows = [
      head,
      ...points
        .map(({ label, hook }, point) =>
          makeRow(
            point,
            make('div', {
              class: 'map-head layer',
              text: label,
              tip: `${hook}. Click to intervene.`,
              attributes: { role: 'rowheader', 'aria-haspopup': 'menu' },
            }),
          ),
        )
        .reverse(),
    ];
    rows.forEach((row, index) => (row.element.ariaRowIndex = String(index + 1)));
    content.replaceChildren(...rows.map((row) => row.element));
    shown = [];
  }

  function paint(): void {
    if (!state?.columns) return;
    const { start, end } = scope();
    const seen = sight();
    const first = Math.max(start, seen.start - OVERSCAN);
    const last = Math.min(end, seen.end + OVERSCAN);
    grow(last - first);
    for (let token = first; token < last; token++) {
      const slot = token % shown.length;
      if (shown[slot] === token) continue;
      shown[slot] = token;
      for (const { point, cells } of rows) show(cells[slot], point, token, start);
    }
    shown.forEach((token, slot) => {
      const isHidden = token < first || token >= last;
      if (isHidden) shown[slot] = -1;
      for (const { cells } of rows) cells[slot].hidden = isHidden;
    });
    markActive();
    if (seen.end > seen.start) actions.see(seen);
  }

  function markLayers(): void {
    const { table, interventions } = state!;
    for (const { point, head, mark } of rows) {
      if (point < 0) continue;
      const { label } = table!.points[point];
      const active = partsAt(point, table!.points.length).flatMap(({ part }) =>
        activeOn(interventions, part),
      );
      showPartMark(mark, active);
      head.ariaLabel = [label, ...(active.length > 0 ? [wordsOf(active)] : [])].join(': ');
    }
  }

  function grow(needed: number): void {
    if (needed <= shown.length) return;
    for (const { element: row, point, cells } of rows) {
      while (cells.length < needed) {
        const cell = make('div', {
          class: point < 0 ? 'map-token token' : 'map-cell',
          attributes: { role: point < 0 ? 'columnheader' : 'gridcell' },
        });
        cells.push(cell);
        row.append(cell);
      }
    }
    shown = Array.from({ length: needed }, () => -1);
  }

  function show(element: HTMLElement, point: number, token: number, start: number): void {
    const { columns, colouring, table } = state!;
    element.style.left = `${ROW_HEAD + (token - start) * COLUMN}px`;
    element.ariaColIndex = String(token - start + 2);
    links.set(element, token);
    const piece = columns!.piece(token);
    if (point < 0) {
      writePiece(element, piece === undefined ? [{ text: '…', mark: true }] : visible(piece));
      element.dataset['tip'] = piece === undefined ? 'Being read' : `${plain(piece)}  token ${token}`;
      return;
    }
    const { label } = table!.points[point];
    const cell = columns!.cell(point, token);
    element.id = idOf({ point, token });
    if (!cell) {
      showNothing(element);
      return;
    }
    showCell(element, cell);
    const look = lookOf(cell, colouring, range);
    if (look.level === undefined) delete element.dataset['level'];
    else element.dataset['level'] = look.level;
    element.append(make('span', { class: 'map-number', text: look.text }));
    element.dataset['tip'] = describe(cell, label, piece ?? '', table!.predictsOwnPlace);
    element.ariaLabel = element.dataset['tip'];
  }

  /** Opens a place that was reached by pointer or keys. */
  function activate(place: Place): void {
    active = place;
    reveal(place);
    paint();
  }

  function reveal({ point, token }: Place): void {
    const left = (token - scope().start) * COLUMN;
    const room = width - ROW_HEAD;
    if (left < element.scrollLeft) element.scrollLeft = left;
    else if (left + COLUMN > element.scrollLeft + room) element.scrollLeft = left + COLUMN - room;
    const row = rows.find((each) => each.point === point);
    const height = rows[0]?.element.offsetHeight ?? 0;
    const top = row ? row.element.offsetTop - height : 0;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (row && top + 2 * height > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 2 * height - element.clientHeight;
    }
  }

  /** Brings the column of the editor's cursor to the middle, unless it is in sight. */
  function follow(token: number): void {
    const { start, end } = scope();
    if (token < start || token >= end) return;
    width = element.clientWidth;
    const left = (token - start) * COLUMN;
    const room = width - ROW_HEAD;
    const isInSight = left >= element.scrollLeft && left + COLUMN <= element.scrollLeft + room;
    if (!isInSight) element.scrollLeft = left - (room - COLUMN) / 2;
  }

  function markActive(): void {
    const opened = state?.selection?.place;
    for (const mark of ['active', 'opened']) {
      for (const marked of content.querySelectorAll(`.${mark}`)) marked.classList.remove(mark);
    }
    const cell = active && document.getElementById(idOf(active));
    cell?.classList.add('active');
    if (cell) element.setAttribute('aria-activedescendant', cell.id);
    else element.removeAttribute('aria-activedescendant');
    if (opened) document.getElementById(idOf(opened))?.classList.add('opened');
  }

  element.addEventListener('scroll', paint, { passive: true });
  new ResizeObserver(() => {
    width = element.clientWidth;
    paint();
  }).observe(element);
  onContextMenu(element, (target, place) => {
    const row = target.closest('.map-row');
    const point = place ? rows.find((each) => each.element === row)?.point : active?.point;
    if (point === undefined || point < 0) return false;
    const cell = active && document.getElementById(idOf(active));
    actions.menu(point, place ?? placeUnder(cell ?? element));
    return true;
  });
  element.addEventListener('click', ({ target }) => {
    const head = target instanceof Element ? target.closest('.map-head.layer') : null;
    const row = rows.find((each) => each.head === head);
    if (row) actions.menu(row.point, placeUnder(row.head));
    const place = placeOf(target);
    if (!place) return;
    if (place.point < 0) actions.reveal(place.token);
    else {
      activate(place);
      actions.open(place);
    }
  });
  element.addEventListener('keydown', (event) => {
    if (!state?.table || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && active) actions.open(active);
    else {
      const page = Math.max(1, Math.floor((width - ROW_HEAD) / COLUMN));
      const points = state.table.points.length;
      const next = nextPlace(event.key, active, { scope: scope(), points, page, first: firstToken() });
      if (!next) return;
      activate(next);
    }
    event.preventDefault();
  });

  return {
    element,
    focus: () => element.focus(),
    sight,
    render(next, before) {
      state = next;
      const { table, columns, colouring } = next;
      if (!table || !columns) return;
      if (JSON.stringify(table.points) !== JSON.stringify(before?.table?.points)) build(table.points);
      if (columns !== before?.columns || colouring !== before.colouring) {
        range = isRanged(colouring) ? columns.largest(colouring) : 0;
        const { start, end } = scope();
        content.style.width = `${ROW_HEAD + (end - start) * COLUMN}px`;
        element.ariaRowCount = String(table.points.length + 1);
        element.ariaColCount = String(end - start + 1);
        if (active && (active.token >= end || active.token < start)) active = undefined;
        shown.fill(-1);
      }
      markLayers();
      const opened = next.selection?.place;
      const previous = before?.selection?.place;
      if (opened && (opened.point !== previous?.point || opened.token !== previous.token)) activate(opened);
      else {
        if (!opened && next.cursor !== null && hasMoved(next, before)) follow(next.cursor);
        paint();
      }
    },
  };
}
