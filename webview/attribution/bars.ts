// A list of bars from a zero in the middle: to the right what raises the logit, to the left what lowers it. The sign
// stands in the number too.
import type { ShownIntervention } from '../../src/protocol/partActions';
import { icon, make } from '../shared/elements';
import { onContextMenu, placeUnder, type MenuPlace } from '../shared/menu';
import { exact, significant } from '../shared/numbers';
import { activeOn, makePartMark, showPartMark, wordsOf } from '../shared/partMarks';
import type { Row } from './rows';

export interface BarActions {
  /** Opens a head or a neuron in its own view. */
  open(row: Row): void;
  /** Shows what can be done to a part, which a row is of. */
  menu(row: Row, anchor: HTMLElement, place: MenuPlace): void;
}

/** A list of rows whose bars share one range. */
export function barList(
  label: string,
  rows: readonly Row[],
  range: number,
  interventions: readonly ShownIntervention[],
  actions: BarActions,
): HTMLElement {
  const list = make('ul', { class: 'bars', attributes: { 'aria-label': label } });
  list.append(
    ...rows.map((row) => {
      const active = row.part === undefined ? [] : activeOn(interventions, row.part);
      return make('li', {}, ...rowOf(row, range, active, actions));
    }),
  );
  return list;
}

/** A number with its sign: '+1.23'. */
export function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${significant(value)}`;
}

function rowOf(
  row: Row,
  range: number,
  active: readonly ShownIntervention[],
  actions: BarActions,
): HTMLElement[] {
  const { name, value, tip, part } = row;
  const bar = make('span', { class: value < 0 ? 'bar lowers' : 'bar' });
  const share = range > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / range) : 0;
  bar.style.width = `${share * 50}%`;
  const isLink = row.neuron !== undefined || row.head !== undefined;
  const mark = makePartMark();
  showPartMark(mark, active);
  const element = make(
    part === undefined ? 'div' : 'button',
    {
      class: `list-row bar-row ${Number.isNaN(value) ? 'broken' : ''} ${isLink ? 'leads' : ''}`,
      tip: [
        `${name}: ${exact(value)}. ${tip}`,
        ...(active.length > 0 ? [wordsOf(active)] : []),
        ...(isLink ? ['Click to open it in its own view.'] : []),
      ].join('. '),
    },
    make('span', { class: 'bar-name' }, make('span', { text: name }), mark),
    make('span', { class: 'bar-frame' }, bar),
    make('span', { class: 'bar-value', text: signed(value) }),
  );
  if (part === undefined) return [element];
  element.setAttribute(
    'aria-label',
    [name, signed(value), ...(active.length > 0 ? [wordsOf(active)] : [])].join(', '),
  );
  element.dataset['row'] = name;
  element.addEventListener('click', () => {
    if (isLink) actions.open(row);
    else actions.menu(row, element, placeUnder(element));
  });
  onContextMenu(element, (_, place) => {
    actions.menu(row, element, place ?? placeUnder(element));
    return true;
  });
  // For the pointer: keys have Shift+F10, and a second stop in every row would be in their way.
  const more = make(
    'button',
    {
      class: 'bar-more',
      tip: `Interventions on ${name}…`,
      attributes: { type: 'button', tabindex: '-1', 'aria-hidden': 'true' },
    },
    icon('ellipsis'),
  );
  more.addEventListener('click', () => actions.menu(row, element, placeUnder(more)));
  return [element, more];
}
