// The pane of an open probe: which one it is, its confusion matrix, and the tokens of a cell.
import type { ProbeConfusion, ProbeResult, ProbeToken } from '../../src/protocol/probes';
import { copyCsv } from '../shared/clipboard';
import { makeIconButton } from '../shared/controls';
import { icon, make } from '../shared/elements';
import { makeConfusion, type CellPlace } from './confusion';
import { cellOf, matrixOf, matrixRows } from './matrix';
import { makeTokenList } from './tokenList';
import { TokenPages } from './tokenPages';
import type { ProbeCell, ToProbesView } from '../../src/protocol/probesView';
import { className, interval, probeName, share, testWords } from './words';

export interface DetailInput {
  probe: ProbeResult | undefined;
  confusion: ProbeConfusion | undefined;
  failure: string | undefined;
}

export interface Detail {
  element: HTMLElement;
  render(input: DetailInput): void;
  /** Takes tokens that were asked for. */
  receive(message: Extract<ToProbesView, { type: 'tokens' }>): void;
  focus(): void;
}

export interface DetailActions {
  ask(cell: ProbeCell, first: number, count: number): void;
  open(token: ProbeToken): void;
  close(): void;
}

/** Makes the pane, hidden until a probe is open. */
export function makeDetail(actions: DetailActions): Detail {
  const name = make('span', { class: 'detail-name' });
  const numbers = make('span', { class: 'detail-numbers quiet' });
  let input: DetailInput = { probe: undefined, confusion: undefined, failure: undefined };
  let pages: TokenPages | undefined;
  const copy = makeIconButton('copy', 'Copy as CSV', () => {
    if (input.confusion) copyCsv(matrixRows(input.confusion));
  });
  const close = makeIconButton('close', 'Close (Esc)', actions.close);
  const failure = make('p', { class: 'detail-failure', attributes: { role: 'alert' } });
  const confusion = makeConfusion((cell) => {
    choose(cell);
    tokens.focus();
  });
  const tokens = makeTokenList({ open: actions.open, leave: () => confusion.focus() });
  const element = make(
    'section',
    { class: 'detail', attributes: { 'aria-label': 'Confusion matrix' } },
    make(
      'div',
      { class: 'detail-head' },
      make('div', { class: 'detail-title' }, name, numbers),
      copy.element,
      close.element,
    ),
    failure,
    make('div', { class: 'detail-body' }, confusion.element, tokens.element),
  );
  element.hidden = true;
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    actions.close();
  });

  function choose(cell: CellPlace): void {
    const { probe, confusion: shown } = input;
    if (!probe || !shown) return;
    const own: ProbeCell = { file: probe.file, ...cell };
    pages = new TokenPages(own, cellOf(matrixOf(shown), cell.true, cell.read), (first, count) =>
      actions.ask(own, first, count),
    );
    draw();
  }

  function draw(): void {
    const { probe, confusion: shown, failure: why } = input;
    element.hidden = !probe;
    if (!probe) return;
    name.textContent = probeName(probe);
    name.dataset['tip'] = `${probe.hook} of ${probe.model}`;
    numbers.textContent = `${share(probe.accuracy)} (${interval(probe.ci)}) of ${testWords(probe)} read right`;
    failure.hidden = why === undefined;
    failure.replaceChildren(...(why === undefined ? [] : [icon('error'), new Text(why)]));
    copy.setEnabled(shown !== undefined);
    confusion.render(shown, pages?.cell);
    tokens.element.hidden = !shown;
    tokens.show(pages, pages ? cellTitle(probe, pages.cell) : 'Choose a cell to see its tokens in the text.');
  }

  return {
    element,
    render(next) {
      if (next.probe?.file !== input.probe?.file || next.confusion !== input.confusion) pages = undefined;
      input = next;
      draw();
    },
    receive(message) {
      if (!pages?.receive(message)) return;
      tokens.refresh();
      draw();
    },
    focus: () => confusion.focus(),
  };
}

function cellTitle({ classes }: ProbeResult, { true: truth, read }: ProbeCell): string {
  const [is, said] = [className(classes[truth]), className(classes[read])];
  return truth === read ? `${is}, read right` : `${is}, read as ${said}`;
}
