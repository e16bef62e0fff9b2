// The ranked list: rows in sight, pointer and keys on them.
import { max } from 'd3-array';
import type { NeuronId, NeuronTable } from '../../src/protocol/types';
import type { NeuronRanking } from '../../src/protocol/views';
import { make } from '../shared/elements';
import { nextIndex } from '../shared/listKeys';
import { onContextMenu, placeUnder, type MenuPlace } from '../shared/menu';
import { columnDecimals } from '../shared/numbers';
import type { TokenLinks } from '../shared/tokens';
import { VirtualList } from '../shared/virtualList';
import { makeColumnHead } from './columns';
import { neuronAt, rowOf } from './neuron';
import { makeNeuronRow, rowElementId, type NeuronRow, type RowSetting } from './row';
import { rowsOf, type NeuronsState } from './state';

const ROW_HEIGHT = 22;

export interface ListActions {
  /** The pointer or the keyboard is on a row; null when it left. */
  preview: (id: NeuronId | null) => void;
  /** Locks the neuron, or unlocks it if it is the locked one. */
  toggleLock: (id: NeuronId) => void;
  rank: (ranking: NeuronRanking) => void;
  /** Shows what can be done to a neuron. */
  menu: (id: NeuronId, place: MenuPlace) => void;
}

export interface NeuronList {
  element: HTMLElement;
  render(state: NeuronsState, before: NeuronsState | undefined): void;
  focus(): void;
}

/** Makes the list. */
export function makeNeuronList(links: TokenLinks, actions: ListActions): NeuronList {
  let setting: RowSetting | undefined;
  let rows: Uint32Array = new Uint32Array();
  const list = new VirtualList<NeuronRow>({
    rowHeight: ROW_HEIGHT,
    make: () => makeNeuronRow(links),
    show: (row, index) => setting && row.show(setting, rows[index], index),
  });
  list.element.role = 'rowgroup';
  const head = makeColumnHead(actions.rank);
  const element = make(
    'div',
    { class: 'neuron-list row-table', attributes: { role: 'grid', tabindex: '0', 'aria-label': 'Neurons' } },
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head.element),
    list.element,
  );

  function render(state: NeuronsState, before: NeuronsState | undefined): void {
    const { table } = state;
    if (!table) return;
    const locked = rowOf(table, state.locked);
    const next = rowsOf(state);
    if (setting?.table !== table) {
      const isSameModel = before?.table?.neuronsPerLayer === table.neuronsPerLayer;
      const active = isSameModel && setting ? setting.active : -1;
      setting = { table, decimals: decimalsOf(table), locked, active, interventions: state.interventions };
      // Of another version of the text: the scroll position stays, whatever stands there now.
      showRows(next, state);
    } else if (next !== rows) {
      const distance = list.distance(rows.indexOf(setting.locked));
      setting.locked = locked;
      setting.interventions = state.interventions;
      showRows(next, state);
      keepLockInSight(rows.indexOf(locked), distance);
    } else if (setting.locked !== locked || setting.interventions !== state.interventions) {
      setting.locked = locked;
      setting.interventions = state.interventions;
      list.refresh();
    }
  }

  function showRows(next: Uint32Array, { ranking, table }: NeuronsState): void {
    const selected = table?.selected ?? false;
    rows = next;
    element.ariaRowCount = String(rows.length + 1);
    element.classList.toggle('by-selection', selected);
    element.dataset['ranking'] = ranking;
    head.setRanking(ranking);
    head.setSelected(selected);
    list.setLength(rows.length);
  }

  /** After another order the locked row stays where it was on the screen, or comes back into sight. */
  function keepLockInSight(index: number, distance: number | undefined): void {
    if (index < 0) list.element.scrollTop = 0;
    else list.place(index, distance ?? (list.pageLength / 2) * ROW_HEIGHT);
  }

  function idAt(index: number | undefined): NeuronId | null {
    return setting && index !== undefined && index < rows.length
      ? neuronAt(setting.table, rows[index])
      : null;
  }

  /** Moves the keyboard to a row. */
  function activate(index: number): void {
    if (!setting) return;
    setting.active = rows[index];
    list.reveal(index);
    list.refresh();
    element.setAttribute('aria-activedescendant', rowElementId(setting.active));
  }

  list.element.addEventListener('click', ({ target }) => {
    const index = list.indexOf(target);
    const id = idAt(index);
    if (!id || index === undefined) return;
    activate(index);
    actions.toggleLock(id);
  });
  onContextMenu(element, (target, place) => {
    // Keys ask for the menu of the whole list, one of whose rows they are on.
    const index = place ? list.indexOf(target) : rows.indexOf(setting?.active ?? -1);
    const id = idAt(index === -1 ? undefined : index);
    if (!id || index === undefined || !setting) return false;
    activate(index);
    const row = document.getElementById(rowElementId(setting.active)) ?? element;
    actions.menu(id, place ?? placeUnder(row));
    return true;
  });
  element.addEventListener('keydown', (event) => {
    if (!setting || rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const active = rows.indexOf(setting.active);
    // A keyboard that was nowhere yet begins at the lock.
    const from = active >= 0 ? active : rows.indexOf(setting.locked);
    const next = nextIndex(event.key, from, list.pageLength, rows.length);
    const id = idAt(from < 0 ? undefined : from);
    if (next !== undefined) {
      activate(next);
      actions.preview(idAt(next));
    } else if ((event.key === 'Enter' || event.key === ' ') && id) actions.toggleLock(id);
    else return;
    event.preventDefault();
  });
  element.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) actions.preview(null);
  });
  followPointer(list, (index) => actions.preview(idAt(index)));
  return { element, render, focus: () => element.focus() };
}

/** Time after the last turn of the wheel during which the list may still scroll, in milliseconds. */
const WHEEL_REST = 300;

/**
 * Tells of the row under the pointer when either of them was moved: by the pointer or by the wheel. A row that the
 * keyboard or another order brings under a resting pointer was not pointed at.
 */
function followPointer(list: VirtualList<NeuronRow>, onPoint: (index: number | undefined) => void): void {
  let x = NaN;
  let y = NaN;
  let wheeled = -Infinity;
  const point = (event: PointerEvent): void => {
    const rests = event.screenX === x && event.screenY === y;
    if (rests && event.timeStamp - wheeled > WHEEL_REST) return;
    x = event.screenX;
    y = event.screenY;
    onPoint(list.indexOf(event.target));
  };
  list.element.addEventListener('pointermove', point);
  list.element.addEventListener('pointerover', point);
  list.element.addEventListener('wheel', ({ timeStamp }) => (wheeled = timeStamp), { passive: true });
  document.addEventListener('keydown', () => (wheeled = -Infinity), { capture: true });
  list.element.addEventListener('pointerleave', () => onPoint(undefined));
}

/** One decimal scale per column, from its largest value. */
function decimalsOf({ maximum, selectivity }: NeuronTable): RowSetting['decimals'] {
  return {
    max: columnDecimals(max(maximum) ?? 0),
    selection: columnDecimals(max(selectivity) ?? 0),
  };
}
