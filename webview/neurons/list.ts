// The ranked list: rows in sight, pointer and keys on them.
import { max } from 'd3-array';
import type { NeuronId, NeuronTable } from '../../src/protocol/types';
import type { NeuronRanking } from '../../src/protocol/views';
import { make } from '../shared/elements';
import { columnDecimals } from '../shared/numbers';
import type { TokenLinks } from '../shared/tokens';
import { VirtualList } from '../shared/virtualList';
import { makeColumnHead } from './columns';
import { nextIndex } from './keys';
import { neuronAt, rowOf } from './neuron';
import { makeNeuronRow, type NeuronRow, type RowSetting } from './row';
import { rowsOf, type NeuronsState } from './state';

const ROW_HEIGHT = 22;

export interface ListActions {
  /** The pointer or the keyboard is on a row; null when it left. */
  preview: (id: NeuronId | null) => void;
  /** Locks the neuron, or unlocks it if it is the locked one. */
  toggleLock: (id: NeuronId) => void;
  rank: (ranking: NeuronRanking) => void;
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
  let made = 0;
  const list = new VirtualList<NeuronRow>({
    rowHeight: ROW_HEIGHT,
    make: () => makeNeuronRow(`row-${made++}`, links),
    show: (row, index) => setting && row.show(setting, rows[index], index),
  });
  list.element.role = 'rowgroup';
  const head = makeColumnHead(actions.rank);
  const element = make(
    'div',
    { class: 'neuron-list', attributes: { role: 'grid', tabindex: '0', 'aria-label': 'Neurons' } },
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head.element),
    list.element,
  );

  function render(state: NeuronsState, before: NeuronsState | undefined): void {
    const next = rowsOf(state);
    const { table } = state;
    if (!table) return;
    const locked = rowOf(table, state.locked);
    if (next === rows && before?.table === table) {
      if (setting && setting.locked !== locked) {
        setting.locked = locked;
        list.refresh();
      }
      return;
    }
    const anchor = before?.table === table ? list.distance(rows.indexOf(locked)) : undefined;
    const active = setting && before?.table?.neuronsPerLayer === table.neuronsPerLayer ? setting.active : -1;
    setting = {
      table,
      decimals: before?.table === table && setting ? setting.decimals : decimalsOf(table),
      locked,
      active,
    };
    const isReranked = before?.table === table;
    rows = next;
    element.ariaRowCount = String(rows.length + 1);
    element.classList.toggle('by-selection', table.selected);
    element.dataset['ranking'] = state.ranking;
    head.setRanking(state.ranking);
    head.setSelected(table.selected);
    list.setLength(rows.length);
    if (isReranked) keepLockInSight(rows.indexOf(locked), anchor);
    pointAt(rows.indexOf(active));
  }

  /** After another order the locked row stays where it was on the screen, or comes back into sight. */
  function keepLockInSight(index: number, distance: number | undefined): void {
    if (index < 0) list.element.scrollTop = 0;
    else if (distance !== undefined) list.place(index, distance);
    else list.place(index, (list.pageLength / 2) * ROW_HEIGHT);
  }

  function idAt(index: number | undefined): NeuronId | null {
    return setting && index !== undefined && index < rows.length
      ? neuronAt(setting.table, rows[index])
      : null;
  }

  /** Moves the keyboard to a row that is in sight. */
  function pointAt(index: number): void {
    const id = list.rowOf(index)?.element.id;
    if (id === undefined) element.removeAttribute('aria-activedescendant');
    else element.setAttribute('aria-activedescendant', id);
  }

  function activate(index: number): void {
    if (!setting || rows.length === 0) return;
    const bounded = Math.max(0, Math.min(index, rows.length - 1));
    setting.active = rows[bounded]!;
    list.reveal(bounded);
    list.refresh();
    pointAt(bounded);
    actions.preview(idAt(bounded));
  }

  followPointer(list, idAt, actions);
  list.element.addEventListener('click', ({ target }) => {
    const index = list.indexOf(target);
    const id = idAt(index);
    if (!id || !setting) return;
    setting.active = rows[index!]!;
    list.refresh();
    pointAt(index!);
    actions.toggleLock(id);
  });
  element.addEventListener('keydown', (event) => {
    if (!setting || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = rows.indexOf(setting.active);
    const next = nextIndex(event.key, index, list.pageLength, rows.length);
    const id = idAt(index < 0 ? undefined : index);
    if (next !== undefined) activate(next);
    else if ((event.key === 'Enter' || event.key === ' ') && id) actions.toggleLock(id);
    else return;
    event.preventDefault();
  });
  element.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) actions.preview(null);
  });
  return { element, render, focus: () => element.focus() };
}

/** Previews the row under the pointer. Rows that scroll under a resting pointer do not count. */
function followPointer(
  list: VirtualList<NeuronRow>,
  idAt: (index: number | undefined) => NeuronId | null,
  actions: ListActions,
): void {
  let x = NaN;
  let y = NaN;
  list.element.addEventListener('pointermove', (event) => {
    if (event.screenX === x && event.screenY === y) return;
    x = event.screenX;
    y = event.screenY;
    actions.preview(idAt(list.indexOf(event.target)));
  });
  list.element.addEventListener('pointerleave', () => actions.preview(null));
}

/** One decimal scale per column, from its largest value. */
function decimalsOf({ maximum, selectivity }: NeuronTable): RowSetting['decimals'] {
  return {
    max: columnDecimals(max(maximum) ?? 0),
    selection: columnDecimals(max(selectivity) ?? 0),
  };
}
