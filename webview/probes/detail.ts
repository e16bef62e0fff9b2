// The pane of an open probe: which one it is, its confusion matrix with the tokens of a cell, or its accuracy by position.
import {
  steeringProblem,
  type ProbeConfusion,
  type ProbePositions,
  type ProbeResult,
  type ProbeToken,
} from '../../src/protocol/probes';
import type { ProbeCell, ToProbesView } from '../../src/protocol/probesView';
import { makeSaveButton, type PictureKind } from '../shared/chartButtons';
import { copyCsv } from '../shared/clipboard';
import { makeIconButton } from '../shared/controls';
import { icon, make } from '../shared/elements';
import type { ChartColours } from '../shared/theme';
import { makeToggle } from '../shared/toggle';
import { makeConfusion, type CellPlace } from './confusion';
import { cellOf, matrixOf, matrixRows } from './matrix';
import { makePositionView } from './positionView';
import { positionRows, positionSeries } from './positions';
import type { ChartProbe } from './probes';
import { makeTokenList } from './tokenList';
import { TokenPages } from './tokenPages';
import { className, interval, probeName, share, testWords } from './words';

export interface DetailInput {
  probe: ChartProbe | undefined;
  confusion: ProbeConfusion | undefined;
  positions: ProbePositions | undefined;
  failure: string | undefined;
  /** Whether positions are wanted, in place of the matrix. */
  byPosition: boolean;
  /** Whether positions stand in a table. */
  asTable: boolean;
  /** Number of the style of the probe's line. */
  style: number;
  colours: ChartColours;
}

export interface Detail {
  element: HTMLElement;
  render(input: DetailInput): void;
  /** Takes tokens that were asked for. */
  receive(message: Extract<ToProbesView, { type: 'tokens' }>): void;
  useFont(font: string): void;
  focus(): void;
}

export interface DetailActions {
  ask(cell: ProbeCell, first: number, count: number): void;
  open(probe: ChartProbe, token: ProbeToken): void;
  /** Whether positions are wanted. */
  turn(byPosition: boolean): void;
  steer(probe: ChartProbe): void;
  /** Saves accuracy by position. */
  save(kind: PictureKind): void;
  close(): void;
}

/** Makes the pane, hidden until a probe is open. */
export function makeDetail(actions: DetailActions): Detail {
  const name = make('span', { class: 'detail-name' });
  const numbers = make('span', { class: 'detail-numbers quiet' });
  let input: DetailInput | undefined;
  let pages: TokenPages | undefined;
  const turn = makeToggle('by position', 'Accuracy by position in the document', actions.turn);
  const steer = makeIconButton('compass', STEER, () => {
    if (input?.probe) actions.steer(input.probe);
  });
  const save = makeSaveButton(actions.save);
  const copy = makeIconButton('copy', 'Copy as CSV', () => {
    const { byPosition, positions, confusion: shown } = input!;
    if (byPosition && positions) copyCsv(positionRows(positions));
    else if (!byPosition && shown) copyCsv(matrixRows(shown));
  });
  const close = makeIconButton('close', 'Close (Esc)', actions.close);
  const failure = make('p', { class: 'detail-failure', attributes: { role: 'alert' } });
  const confusion = makeConfusion((cell) => {
    choose(cell);
    tokens.focus();
  });
  const tokens = makeTokenList({
    open: (token) => actions.open(input!.probe!, token),
    leave: () => confusion.focus(),
  });
  const positionView = makePositionView(actions.close);
  const element = make(
    'section',
    { class: 'detail' },
    make(
      'div',
      { class: 'detail-head' },
      make('div', { class: 'detail-title' }, name, numbers),
      make(
        'div',
        { class: 'detail-buttons' },
        turn.element,
        steer.element,
        save,
        copy.element,
        close.element,
      ),
    ),
    failure,
    make('div', { class: 'detail-body' }, confusion.element, tokens.element, positionView.element),
  );
  element.hidden = true;
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    actions.close();
  });

  function choose(cell: CellPlace): void {
    if (!input?.probe || !input.confusion) return;
    const own: ProbeCell = { probe: input.probe.id, ...cell };
    pages = new TokenPages(own, cellOf(matrixOf(input.confusion), cell.true, cell.read), (first, count) =>
      actions.ask(own, first, count),
    );
    draw(input);
  }

  function draw({
    probe,
    confusion: shown,
    positions,
    failure: failed,
    byPosition,
    ...rest
  }: DetailInput): void {
    element.hidden = !probe;
    if (!probe) return;
    element.ariaLabel = byPosition ? 'Accuracy by position' : 'Confusion matrix';
    name.textContent = probeName(probe);
    name.dataset['tip'] = `${probe.hook} of ${probe.model}`;
    numbers.textContent = `${share(probe.accuracy)} (${interval(probe.ci)}) of ${testWords(probe)} read right`;
    turn.set(byPosition);
    const problem = steeringProblem(probe);
    steer.setEnabled(!problem);
    const why = problem ? `${problem.message}. ${problem.remedy}` : undefined;
    steer.element.dataset['tip'] = why ?? STEER;
    steer.element.ariaDescription = why ?? null;
    save.hidden = !byPosition || !positions;
    copy.setEnabled((byPosition ? positions : shown) !== undefined);
    failure.hidden = failed === undefined;
    failure.replaceChildren(...(failed === undefined ? [] : [icon('error'), new Text(failed)]));
    confusion.element.hidden = byPosition;
    confusion.render(shown, pages?.cell);
    tokens.element.hidden = byPosition || !shown;
    tokens.show(pages, pages ? cellTitle(probe, pages.cell) : 'Choose a cell to see its tokens in the text.');
    const chart = byPosition && positions && positionSeries(probe, positions, rest.style);
    positionView.render(chart ? { series: chart, positions, ...rest } : undefined);
  }

  return {
    element,
    render(next) {
      if (next.probe?.id !== input?.probe?.id || next.confusion !== input?.confusion) pages = undefined;
      input = next;
      draw(next);
    },
    receive(message) {
      if (!pages?.receive(message) || !input) return;
      tokens.refresh();
      draw(input);
    },
    useFont: positionView.useFont,
    focus: () => (input?.byPosition ? positionView : confusion).focus(),
  };
}

const STEER = 'Steer Along This Probe…';

function cellTitle({ classes }: ProbeResult, { true: truth, read }: ProbeCell): string {
  const [is, said] = [className(classes[truth]), className(classes[read])];
  return truth === read ? `${is}, read right` : `${is}, read as ${said}`;
}
