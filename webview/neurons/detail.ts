// The pane under the list: what is known of the neuron in focus.
import type { NeuronTable } from '../../src/protocol/types';
import type { NeuronFocus } from '../../src/protocol/views';
import { copyCsv } from '../shared/clipboard';
import { makeIconButton } from '../shared/controls';
import { icon, make } from '../shared/elements';
import { makeMenuButton } from '../shared/menu';
import { percent, significant } from '../shared/numbers';
import { activeOn, makePartMark, showPartMark } from '../shared/partMarks';
import { makePartButtons, type PostPart } from '../shared/partMenu';
import type { TokenLinks } from '../shared/tokens';
import { makeExampleList } from './exampleList';
import { makeHistogram } from './histogram';
import { nameOf, partOf, rowOf, sameNeuron } from './neuron';
import { completeFocus, type NeuronsState } from './state';
import { makeWritesList } from './writesList';

export interface DetailActions {
  toggleLock: () => void;
  reveal: (token: number) => void;
  part: PostPart;
}

export interface Detail {
  element: HTMLElement;
  render(state: NeuronsState): void;
}

/** Makes the pane. */
export function makeDetail(links: TokenLinks, actions: DetailActions): Detail {
  const title = make('div', { class: 'detail-title' });
  const facts = make('div', { class: 'detail-facts' });
  const lock = makeIconButton('lock', 'Lock', actions.toggleLock);
  const examples = makeExampleList(links, actions.reveal);
  const histogram = makeHistogram(links);
  const writes = makeWritesList();
  const more = makeMenuButton('More Actions…', () => [
    {
      label: histogram.asTable ? 'Show Activations as Chart' : 'Show Activations as Table',
      run: () => (histogram.asTable = !histogram.asTable),
    },
    { label: 'Copy Activations as CSV', run: () => copyCsv(histogram.rows()) },
  ]);
  const mark = makePartMark();
  const changes = makePartButtons('steer', actions.part);
  const words = make('div', { class: 'detail-words' }, title, facts);
  const head = make('div', { class: 'detail-head' }, words, changes.element, lock.element, more);
  const spread = section('Activations on this text', histogram.element);
  const strongest = section('Strongest on this text', examples.element);
  const body = make(
    'div',
    { class: 'detail-body' },
    strongest.element,
    make('div', { class: 'detail-side' }, spread.element, section('Writes', writes.element).element),
  );
  const hint = make('p', {
    class: 'quiet detail-hint',
    text: 'Point at a neuron to see where it fires. Click to lock it.',
  });
  const element = make(
    'section',
    { class: 'detail', attributes: { 'aria-label': 'Neuron in focus' } },
    hint,
    head,
    body,
  );

  /** The focus whose content stands in the body. */
  let shown: NeuronFocus | undefined;
  let shownTable: NeuronTable | undefined;

  function render(state: NeuronsState): void {
    const { table, focus } = state;
    const hasFocus = table !== undefined && focus !== null;
    hint.hidden = hasFocus;
    head.hidden = body.hidden = !hasFocus;
    if (!hasFocus) {
      forget();
      return;
    }
    const locked = sameNeuron(focus.id, state.locked);
    title.replaceChildren(...(locked ? [icon('lock')] : []), nameOf(focus.id), mark);
    showPartMark(mark, activeOn(state.interventions, partOf(focus.id)));
    facts.textContent = factsOf(table, rowOf(table, focus.id));
    head.classList.toggle('by-selection', table.selected);
    changes.render(locked ? partOf(focus.id) : undefined, state.interventions);
    lock.set(locked ? 'unlock' : 'lock', locked ? 'Unlock (Esc)' : 'Lock');
    const scope = table.selected ? 'selection' : 'text';
    strongest.label.textContent = `Strongest on this ${scope}`;
    spread.label.textContent = `Activations on this ${scope}`;
    renderBody(table, completeFocus(state));
    body.classList.toggle('stale', !sameNeuron(shown?.id ?? null, focus.id) || shownTable !== table);
  }

  /** Until the answer is there, what was known of the neuron before stays, dimmed: nothing jumps. */
  function renderBody(table: NeuronTable, focus: NeuronFocus | undefined): void {
    if (!focus?.activations) return;
    if (focus.activations !== shown?.activations || table !== shownTable) {
      examples.show(table, focus.activations.values);
      histogram.show(table, focus.activations.values);
      body.scrollTop = 0;
    }
    const isOther = !sameNeuron(focus.id, shown?.id ?? null);
    if (focus.writes && focus.writes !== shown?.writes) writes.show(focus.writes);
    else if (!focus.writes && isOther) writes.clear();
    shown = focus;
    shownTable = table;
  }

  function forget(): void {
    if (!shown) return;
    shown = shownTable = undefined;
    examples.clear();
    histogram.clear();
    writes.clear();
  }

  return { element, render };
}

function factsOf(table: NeuronTable, row: number): string {
  if (row < 0) return '';
  const facts = [`max ${significant(table.maximum[row])}`, `on ${percent(table.on[row])}`];
  if (table.selected) facts.push(`${significant(table.selectivity[row])} SD more here`);
  return facts.join(' · ');
}

function section(label: string, content: HTMLElement): { element: HTMLElement; label: HTMLElement } {
  const heading = make('h2', { text: label });
  return { element: make('section', { class: 'detail-section' }, heading, content), label: heading };
}
