// The pane under the map: the likeliest tokens of the place that is open, and a token's path over the layers.
import type { LensCell, LensPoint } from '../../src/protocol/lens';
import { makeField, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { makeMenuButton, openMenu, type MenuItem } from '../shared/menu';
import { count, exact, percent } from '../shared/numbers';
import { svgPicture } from '../shared/picture';
import { plain, visible } from '../shared/pieces';
import { writePiece } from '../shared/tokens';
import { pathDrawing, type PathColours, type PathPicture } from './path';
import { isCurrent, type LensState } from './state';

export interface DetailActions {
  close(): void;
  /** Follows a token over the layers: its id, its text, or undefined for the one that really follows. */
  follow(target: number | string | undefined): void;
  /** Shows what each part of the model adds to the logit after the open place. */
  attribute(): void;
  /** What can be done to the layer of a row. */
  layerItems(point: number): MenuItem[];
  menu(): MenuItem[];
}

export interface Detail {
  element: HTMLElement;
  render(
    state: LensState,
    theme: { colours: PathColours; font: string; measure(text: string): number },
  ): void;
  focusTarget(): void;
}

/** The chart of what is open, if a path is; as wide as `width`. */
export function pathPicture(state: LensState, width: number, colours: PathColours): PathPicture | undefined {
  const { cell, table } = state;
  if (!cell?.path || !table) return undefined;
  const title = `'${plain(cell.path.piece)}' over the layers, token ${cell.token}`;
  return { path: cell.path, points: table.points, point: cell.point, title, width, colours };
}

/** Makes the pane, which is hidden while no place is open. */
export function makeDetail(actions: DetailActions): Detail {
  const title = make('div', { class: 'detail-title' });
  const failure = make('p', { class: 'detail-failure', attributes: { role: 'alert' } });
  let typed = '';
  const target = makeField({
    label: 'Token to follow over the layers',
    placeholder: 'Follow a token (/)',
    icon: 'target',
    onInput: (value) => (typed = value),
  });
  target.element.dataset['tip'] =
    'Its exact text, spaces included, then Enter; empty for the token that really follows';
  target.element.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    actions.follow(typed === '' ? undefined : typed);
  });
  const attribute = makeIconButton('list-tree', 'Attribute to heads and neurons', actions.attribute);
  let point = 0;
  const intervene = makeIconButton('circle-slash', 'Intervene on this layer…', () =>
    openMenu(intervene.element, actions.layerItems(point)),
  );
  intervene.element.ariaHasPopup = 'menu';
  const close = makeIconButton('close', 'Close (Esc)', actions.close);
  const head = make(
    'div',
    { class: 'detail-head' },
    title,
    target.element,
    attribute.element,
    intervene.element,
    makeMenuButton('More Actions…', actions.menu),
    close.element,
  );
  const likeliest = make('div', { class: 'likeliest' });
  const chart = make('div', { class: 'path' });
  const heading = make('h2');
  const body = make(
    'div',
    { class: 'detail-body' },
    make('section', { class: 'detail-section' }, make('h2', { text: 'Likeliest tokens' }), likeliest),
    make('section', { class: 'detail-section' }, heading, chart),
  );
  const element = make(
    'section',
    { class: 'lens-detail', attributes: { 'aria-label': 'Place that is open' } },
    head,
    failure,
    body,
  );
  let shown = '';

  return {
    element,
    focusTarget: () => target.focus(),
    render(state, theme) {
      const { selection, cell, table, columns } = state;
      element.hidden = !selection || !table;
      if (!selection || !table) return;
      const { place } = selection;
      point = place.point;
      const name = nameOf(place, table.points, columns?.piece(place.token), table.predictsOwnPlace);
      title.replaceChildren(
        make('span', { class: 'place-name', text: name.where }),
        ' ',
        make('span', { class: 'place-token', text: name.token }),
      );
      title.dataset['tip'] = `${name.where} ${name.token}`;
      // Attribution is of the model's own logits, which only the last layer's row shows.
      attribute.element.hidden = place.point !== table.points.length - 1;
      failure.hidden = selection.failure === undefined;
      failure.textContent = selection.failure ?? '';
      body.classList.toggle('stale', !isCurrent(state));
      body.hidden = !cell;
      if (!cell) return;
      const width = Math.max(180, Math.min(520, chart.clientWidth || 320));
      const signature = JSON.stringify([cell, state.pathAsTable, width, theme.colours, theme.font]);
      if (signature === shown) return;
      shown = signature;
      likeliest.replaceChildren(...listOf(cell, actions.follow));
      heading.textContent = cell.path ? `'${plain(cell.path.piece)}' over the layers` : 'Path';
      const picture = pathPicture(state, width, theme.colours);
      if (!picture)
        chart.replaceChildren(
          make('p', { class: 'quiet', text: 'The text ends here: type a token to follow.' }),
        );
      else if (state.pathAsTable) chart.replaceChildren(tableOf(picture));
      else chart.replaceChildren(chartOf(picture, theme));
    },
  };
}

/** Where a place is, and which token that is: a narrow pane cuts the second first. */
function nameOf(
  { point, token }: { point: number; token: number },
  points: readonly LensPoint[],
  piece: string | undefined,
  isOwnPlace: boolean,
): { where: string; token: string } {
  const of = piece === undefined ? '' : ` '${plain(piece)}'`;
  return {
    where: `${points.at(point)?.label ?? ''} ${isOwnPlace ? 'at' : 'after'}${of}`,
    token: `(token ${count(token)})`,
  };
}

function listOf({ ids, pieces, probabilities }: LensCell, follow: (id: number) => void): Node[] {
  if (ids.length === 0) return [make('p', { text: 'The prediction is not made of numbers.' })];
  return Array.from(ids, (id, index) => {
    const piece = make('span', { class: 'token' });
    writePiece(piece, visible(pieces[index]));
    const bar = make('span', { class: 'bar' });
    bar.style.width = `${Math.max(0, Math.min(1, probabilities[index])) * 100}%`;
    const row = make(
      'button',
      {
        class: 'list-row candidate',
        tip: `${plain(pieces[index])}  token ${id}  ${exact(probabilities[index])}. Click to follow it over the layers.`,
        attributes: { type: 'button' },
      },
      make('span', { class: 'place', text: String(index + 1) }),
      piece,
      make('span', { class: 'bar-frame' }, bar),
      make('span', { class: 'share', text: percent(probabilities[index]) }),
    );
    row.addEventListener('click', () => follow(id));
    return row;
  });
}

function chartOf(
  picture: PathPicture,
  { font, measure }: { font: string; measure(text: string): number },
): Node {
  const text = svgPicture(pathDrawing(picture), font, measure);
  const svg = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  svg.setAttribute('role', 'img');
  svg.setAttribute(
    'aria-label',
    `${picture.title}: ${picture.points.map((_, index) => wordsAt(picture, index)).join('; ')}`,
  );
  return svg;
}

function wordsAt({ points, path }: PathPicture, index: number): string {
  return `${points[index].label} ${percent(path.probabilities[index])}, ${rankOf(path.ranks[index])}`;
}

function tableOf({ points, path }: PathPicture): HTMLElement {
  const head = ['Layer', 'Probability', 'Rank'].map((text) =>
    make('th', { text, attributes: { scope: 'col' } }),
  );
  // As in the map: the output on top.
  const rows = points.map(({ label }, index) =>
    make(
      'tr',
      {},
      make('th', { text: label, attributes: { scope: 'row' } }),
      make('td', { text: percent(path.probabilities[index]), tip: exact(path.probabilities[index]) }),
      make('td', { text: rankOf(path.ranks[index]) }),
    ),
  );
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows.reverse()));
}

function rankOf(rank: number): string {
  return rank > 0 ? `rank ${count(rank)}` : 'not a number';
}
