// The view of losses before and after: messages from the host and choices change one state, every part draws itself.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/panes.css';
import '../shared/data.css';
import '../shared/rowTable.css';
import './losses.css';
import type { FromLossesView, LossesViewState, LossSide, ToLossesView } from '../../src/protocol/lossesView';
import { copyCsv } from '../shared/clipboard';
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeysOnKey } from '../shared/keysHelp';
import { connect } from '../shared/messenger';
import { shortest } from '../shared/numbers';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { linkTokens } from '../shared/tokens';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { factsOf, listWords } from './facts';
import { makeLossList } from './list';
import { difference, initialState, receive, rowsOf, savedState, type LossesState } from './state';
import { makeTotals } from './totals';

const host = connect<ToLossesView, FromLossesView, LossesViewState>();
let state = initialState(host.saved());
const refresh = (): void => host.post({ type: 'refresh' });
const hoverToken = oncePerFrame((token: number | null) => host.post({ type: 'hoverToken', token }));

const app = make('main', { class: 'losses-view' });
const links = linkTokens(app, hoverToken);
const progress = makeProgressBar('Computing');
const header = makeHeader({ refresh, wholeText: () => host.post({ type: 'wholeText' }) });
const totals = makeTotals();
const list = makeLossList(links, (token) => host.post({ type: 'reveal', token }));
const side = makeDropdown('Changes', (value) => change({ ...state, side: value as LossSide }));
side.setChoices([
  { value: 'all', label: 'Largest' },
  { value: 'worse', label: 'Worse' },
  { value: 'better', label: 'Better' },
]);
const copy = makeIconButton('copy', 'Copy as CSV', () => copyCsv(csv()));
const words = make('div', { class: 'counter', attributes: { role: 'status' } });
const toolbar = make(
  'div',
  { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Changes' } },
  side.element,
  copy.element,
  words,
);
const notice = makeNotice(
  {
    command: 'subtext.showLossChanges',
    title: 'Show Loss Changes',
    failed: 'The losses could not be compared.',
    noMatch: '',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => undefined },
);

function change(next: LossesState): void {
  state = next;
  host.save(savedState(next));
  draw();
}

function csv(): (string | number)[][] {
  const { report } = state;
  if (!report) return [];
  const rows = rowsOf(state).map((row) => [
    report.places[row],
    report.pieces[row],
    shortest(report.lossBefore[row]),
    shortest(report.lossAfter[row]),
    shortest(difference(report, row)),
  ]);
  return [[report.span, 'text', `${report.before} (nats)`, `${report.after} (nats)`, 'change'], ...rows];
}

function draw(): void {
  const { phase } = state.status;
  const hasReport = state.report !== undefined;
  showWaiting(app, progress, state.status);
  app.classList.toggle('stale', phase === 'loading' || phase === 'failed');
  app.classList.toggle('empty', !hasReport);
  header.render(factsOf(state));
  notice.render(noticeOf(state.status, hasReport), state.status, hasReport);
  totals.render(state);
  side.setValue(state.side);
  const text = listWords(state, rowsOf(state).length);
  if (words.textContent !== text) words.textContent = text;
  list.render(state);
  links.mark(state.cursor);
}

showKeysOnKey([
  { keys: ['↑', '↓'], does: 'Move, and show the token in the text' },
  { keys: ['PageUp', 'PageDown'], does: 'Move by a page' },
  { keys: ['Home', 'End'], does: 'First or last row' },
  { keys: ['?'], does: 'Show these keys' },
]);

app.append(progress.element, header.element, notice.element, ...totals.elements, toolbar, list.element);
document.body.append(app);
startTooltips();
draw();
host.listen((message) => change(receive(state, message)));
host.post({ type: 'ready' });
