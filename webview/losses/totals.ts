// The table over the list: loss of the whole text and per unit of it, before and after.
import { make } from '../shared/elements';
import { counted, exact } from '../shared/numbers';
import { columnNames, nats, signed } from './facts';
import type { LossesState } from './state';

export interface Totals {
  /** Says who is compared, and the table. */
  elements: readonly HTMLElement[];
  render(state: LossesState): void;
}

/** Makes the table. */
export function makeTotals(): Totals {
  const readers = make('p', { class: 'readers' });
  const element = make('section', { class: 'totals', attributes: { 'aria-label': 'Loss before and after' } });
  let shown: LossesState['report'];
  return {
    elements: [readers, element],
    render({ report }) {
      if (report === shown) return;
      shown = report;
      readers.replaceChildren();
      element.replaceChildren();
      if (!report) return;
      const [from, to] = report.models ? ['From', 'To'] : ['Before', 'After'];
      readers.append(readerWords(from, report.before), readerWords(to, report.after));
      if (report.rates.length === 0) {
        element.append(make('p', { class: 'quiet', text: 'No token has one before it: there is no loss.' }));
        return;
      }
      const rows = report.rates.map(({ unit, count, before, after }) =>
        row(
          make('div', {
            class: 'cell piece-cell',
            text: unit === 'text' ? 'whole text' : unit,
            tip: unit === 'text' ? 'Sum over all tokens' : counted(count, unit),
            attributes: { role: 'rowheader' },
          }),
          cell(nats(before), exact(before)),
          cell(nats(after), exact(after)),
          changeCell(after - before),
        ),
      );
      const names = ['Nats per', ...columnNames(report), 'Change'].map((text, column) =>
        make('div', {
          class: `cell ${column > 0 ? 'number' : 'piece-cell'}`,
          text,
          attributes: { role: 'columnheader' },
        }),
      );
      const head = row(...names);
      head.classList.add('column-head');
      element.append(
        make('div', { attributes: { role: 'table', 'aria-label': 'Loss before and after' } }, head, ...rows),
      );
    },
  };
}

/** 'Before: without interventions'. */
function readerWords(name: string, reader: string): HTMLElement {
  const element = make('span', { class: 'reader', tip: reader });
  element.append(make('span', { class: 'quiet', text: `${name}: ` }), reader);
  return element;
}

function row(...cells: HTMLElement[]): HTMLElement {
  return make('div', { class: 'row', attributes: { role: 'row' } }, ...cells);
}

function cell(text: string, tip: string): HTMLElement {
  return make('div', { class: 'cell number', text, tip, attributes: { role: 'cell' } });
}

function changeCell(change: number): HTMLElement {
  const verdict = change > 0 ? 'worse' : change < 0 ? 'better' : '';
  const element = cell(signed(change), signed(change, exact));
  element.className = `cell number change ${verdict}`;
  if (verdict !== '') element.append(make('span', { class: 'verdict', text: ` ${verdict}` }));
  return element;
}
