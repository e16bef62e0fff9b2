// The elements of the map: a row with its head and mark, and what its cells show.
import { make } from '../shared/elements';
import { makePartMark } from '../shared/partMarks';
import { visible } from '../shared/pieces';
import { writePiece } from '../shared/tokens';
import type { Cell } from './columns';
import type { Place } from './places';

export interface Row {
  element: HTMLElement;
  head: HTMLElement;
  /** What is done to the row's layer. */
  mark: HTMLElement;
  /** -1 for the head with the tokens. */
  point: number;
  cells: HTMLElement[];
}

/** A row without cells yet; `point` is -1 for the head with the tokens. */
export function makeRow(point: number, head: HTMLElement): Row {
  const mark = makePartMark();
  head.append(mark);
  return {
    element: make('div', { class: 'map-row', attributes: { role: 'row' } }, head),
    head,
    mark,
    point,
    cells: [],
  };
}

/** Shows the likeliest token of a place. */
export function showCell(element: HTMLElement, { top, target }: Cell): void {
  const piece = make('span', { class: 'token map-piece' });
  if (top) writePiece(piece, visible(top.piece));
  element.classList.remove('missing');
  element.classList.toggle('right', top !== undefined && top.id === target?.id);
  element.replaceChildren(piece);
}

/** Shows that a column is still being read. */
export function showNothing(element: HTMLElement): void {
  delete element.dataset['level'];
  element.dataset['tip'] = element.ariaLabel = 'Being read';
  element.classList.add('missing');
  element.classList.remove('right');
  element.replaceChildren('…');
}

/** Id of the element of a place. */
export function idOf({ point, token }: Place): string {
  return `place-${point}-${token}`;
}

/** The place that a pointer is on; -1 as point for the head of a column. */
export function placeOf(target: EventTarget | null): Place | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('.map-cell, .map-token') : null;
  if (!cell) return undefined;
  const point = cell.matches('.map-token') ? -1 : Number(cell.id.split('-')[1]);
  return { point, token: Number(cell.dataset['token']) };
}
