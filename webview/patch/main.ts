// The view of activation patching: messages from the host change one state, from which all is drawn.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/data.css';
import '../shared/answerFields.css';
import './patch.css';
import type { FromPatchView, PatchViewState, ToPatchView } from '../../src/protocol/patchView';
import { copyCsv } from '../shared/clipboard';
import { isInControl } from '../shared/controls';
import { make } from '../shared/elements';
import { showKeys } from '../shared/keysHelp';
import { makeLink } from '../shared/links';
import { connect } from '../shared/messenger';
import { plain } from '../shared/pieces';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { makePictureSender } from '../shared/sendPicture';
import { interventionFacts } from '../shared/sourceFacts';
import { readColours, readLevels } from '../shared/theme';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { mapDrawing } from './drawing';
import { makeGrid } from './grid';
import { initialState, receive, type PatchState } from './state';
import { makeToolbar } from './toolbar';
import { csvOf, metricWarning, metricWords } from './words';

const host = connect<ToPatchView, FromPatchView, PatchViewState>();
let state = initialState(host.saved());
const sendPicture = makePictureSender((part) => host.post(part));

function change(next: PatchState): void {
  const { question } = next;
  if (JSON.stringify(question) !== JSON.stringify(state.question)) host.save({ question });
  state = next;
  draw();
}

const refresh = (): void => host.post({ type: 'refresh' });

function save(kind: 'svg' | 'png'): void {
  if (!state.map) return;
  void sendPicture(mapDrawing(state.map, readColours(), readLevels()), kind, `patching.${kind}`);
}

const app = make('main', { class: 'patch-view' });
const progress = makeProgressBar('Patching');
const header = makeHeader({ refresh, wholeText: () => undefined });
const toolbar = makeToolbar({
  change: (part) => host.post({ type: 'change', change: part }),
  exchange: () => host.post({ type: 'exchange' }),
  menu: () => [
    { label: 'Copy as CSV', run: () => state.map && copyCsv(csvOf(state.map)) },
    { label: 'Save as SVG…', run: () => save('svg') },
    { label: 'Save as PNG…', run: () => save('png') },
  ],
});
const notice = makeNotice(
  {
    command: 'subtext.patchMap',
    title: 'Activation Patching…',
    failed: 'The texts could not be patched.',
    noMatch: '',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => undefined },
);
const align = make(
  'p',
  { class: 'align' },
  makeLink('Align by Common Tokens', () => host.post({ type: 'change', change: { align: 'subsequence' } })),
);
const texts = make('dl', { class: 'texts' });
const claim = make('p', { class: 'claim' });
const warned = make('span');
const warning = make('p', { class: 'warning' }, make('span', { class: 'codicon codicon-warning' }), warned);
const legend = make('p', {
  class: 'quiet',
  text: 'Blue: patching brings back what follows the clean text. Orange, dashed: it leads away from it.',
});
const grid = makeGrid();

function draw(): void {
  const { status, question, map, alignable } = state;
  showWaiting(app, progress, status);
  app.classList.toggle('stale', status.phase === 'loading');
  const names = [status.model, status.engine].flatMap((text) => (text === undefined ? [] : [{ text }]));
  header.render([...names, ...interventionFacts(map?.interventions)]);
  toolbar.render(state);
  notice.render(noticeOf(status, map !== undefined), status, false);
  align.hidden = !alignable;
  texts.hidden = question === undefined;
  texts.replaceChildren(
    ...(question ? [...line('Clean', question.clean), ...line('Corrupted', question.corrupted)] : []),
  );
  claim.hidden = legend.hidden = map === undefined;
  claim.textContent = map ? metricWords(map) : '';
  warned.textContent = map ? metricWarning(map) : '';
  warning.hidden = warned.textContent === '';
  grid.render(map);
}

function line(name: string, text: string): HTMLElement[] {
  return [make('dt', { text: name }), make('dd', { text: plain(text).replaceAll('·', ' '), tip: text })];
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isInControl(event)) return;
  if (event.key === '/') toolbar.focusAnswer();
  else if (event.key === '?') {
    showKeys([
      { keys: ['↑', '↓', '←', '→'], does: 'Move over the map' },
      { keys: ['/'], does: 'Type the next token that is measured' },
      { keys: ['?'], does: 'Show these keys' },
    ]);
  } else return;
  event.preventDefault();
});

app.append(
  progress.element,
  header.element,
  toolbar.element,
  notice.element,
  align,
  texts,
  claim,
  warning,
  grid.element,
  legend,
);
document.body.append(app);
startTooltips();
draw();
host.listen((message) => change(receive(state, message)));
host.post({ type: 'ready' });
