// The view of logit attribution: messages from the host and choices of the user change one state, from which all is drawn.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/data.css';
import '../shared/answerFields.css';
import './attribution.css';
import type { LogitAttribution } from '../../src/protocol/attribution';
import type {
  AttributionViewState,
  FromAttributionView,
  ToAttributionView,
} from '../../src/protocol/attributionView';
import { copyCsv } from '../shared/clipboard';
import { rangeOf } from '../shared/colours';
import { isInControl } from '../shared/controls';
import { make } from '../shared/elements';
import { showKeys } from '../shared/keysHelp';
import { openMenu, type MenuPlace } from '../shared/menu';
import { connect } from '../shared/messenger';
import { count, exact, percent, shortest, significant } from '../shared/numbers';
import { partItems } from '../shared/partMenu';
import { plain } from '../shared/pieces';
import { makePictureSender } from '../shared/sendPicture';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { sourceFacts } from '../shared/sourceFacts';
import { readColours } from '../shared/theme';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { barList, signed } from './bars';
import { normalise } from './incoming';
import { componentRows, neuronRows, sumOf, type Row } from './rows';
import { barsDrawing } from './saving';
import { initialState, receive, savedState, type AttributionState } from './state';
import { makeToolbar } from './toolbar';

const host = connect<ToAttributionView, FromAttributionView, AttributionViewState>();
let state = initialState(host.saved());
let drawn: AttributionState | undefined;

function change(next: AttributionState): void {
  state = next;
  const saved = savedState(next);
  if (JSON.stringify(saved) !== JSON.stringify(drawn && savedState(drawn))) host.save(saved);
  draw();
}

const refresh = (): void => host.post({ type: 'refresh' });

function open({ neuron, head }: Row): void {
  if (neuron) host.post({ type: 'selectNeuron', id: neuron });
  else if (head) host.post({ type: 'selectHead', head });
}

function openPartMenu({ part, name }: Row, anchor: HTMLElement, place: MenuPlace): void {
  if (part === undefined) return;
  const items = partItems(part, state.interventions, (message) => host.post(message));
  openMenu(anchor, items, place, name);
}

function copy(): void {
  const { attribution } = state;
  if (!attribution) return;
  const rows = [...componentRows(attribution, 'place'), ...neuronRows(attribution, 'place')];
  copyCsv([['part', 'value'], ...rows.map(({ name, value }) => [name, shortest(value)])]);
}

const sendPicture = makePictureSender((part) => host.post(part));

function save(kind: 'svg' | 'png'): void {
  const { attribution, order, status } = state;
  if (!attribution) return;
  const style = getComputedStyle(document.body);
  const groups = [
    { label: 'All parts', rows: componentRows(attribution, order) },
    { label: 'Largest neurons', rows: neuronRows(attribution, order) },
  ].filter(({ rows }) => rows.length > 0);
  const drawing = barsDrawing({
    title: claimOf(attribution),
    groups,
    range: rangeOf(groups.flatMap(({ rows }) => rows.map(({ value }) => value))),
    colours: {
      ...readColours(),
      raises: style.getPropertyValue('--data-positive').trim(),
      lowers: style.getPropertyValue('--data-negative').trim(),
    },
  });
  void sendPicture(drawing, kind, `${status.document ?? 'text'}.attribution.${kind}`);
}

const app = make('main', { class: 'attribution-view' });
const progress = makeProgressBar('Computing');
const header = makeHeader({ refresh, wholeText: () => undefined });
const toolbar = makeToolbar({
  choose: (choice) => host.post({ type: 'choose', choice }),
  order: (order) => change({ ...state, order }),
  menu: () => [
    { label: 'Copy as CSV', run: copy },
    { label: 'Save as SVG…', startsGroup: true, run: () => save('svg') },
    { label: 'Save as PNG…', run: () => save('png') },
  ],
});
const notice = makeNotice(
  {
    command: 'subtext.attribute',
    title: 'Attribute Next Token',
    failed: 'The logit could not be attributed.',
    noMatch: '',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => undefined },
);
const body = make('div', { class: 'attribution-body', attributes: { tabindex: '-1' } });

function draw(): void {
  const { status, attribution, order, interventions } = state;
  showWaiting(app, progress, status);
  app.classList.toggle('stale', status.phase === 'loading' || status.phase === 'failed');
  header.render([
    ...sourceFacts(status, attribution?.source, []),
    ...(attribution ? [{ text: attribution.note, kind: 'note' as const }] : []),
  ]);
  toolbar.render(state);
  notice.render(noticeOf(status, attribution !== undefined), status, attribution !== undefined);
  body.hidden = attribution === undefined;
  const isDrawn =
    attribution === drawn?.attribution &&
    order === drawn?.order &&
    JSON.stringify(interventions) === JSON.stringify(drawn.interventions);
  if (attribution && !isDrawn) showAll(attribution);
  drawn = state;
}

function showAll(attribution: LogitAttribution): void {
  const components = componentRows(attribution, state.order);
  const neurons = neuronRows(attribution, state.order);
  const actions = { open, menu: openPartMenu };
  const range = rangeOf([...components, ...neurons].map(({ value }) => value));
  // Rows are made anew: the keys stay on the one of the same name.
  const focused = body.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset['row']
    : undefined;
  body.replaceChildren(
    make('p', { class: 'claim', text: claimOf(attribution) }),
    make('h2', { text: 'All parts' }),
    barList('All parts', components, range, state.interventions, actions),
    sumLine(attribution),
    ...constants(attribution),
    make('h2', { text: `Largest neurons, which are parts of the MLPs (${count(neurons.length)})` }),
    barList('Largest neurons', neurons, range, state.interventions, actions),
  );
  if (focused !== undefined) {
    body.querySelector<HTMLElement>(`button.bar-row[data-row="${CSS.escape(focused)}"]`)?.focus();
  }
}

/** What is attributed, in words. */
function claimOf({
  token,
  against,
  logits,
  probabilities,
  position,
  piece: place,
}: LogitAttribution): string {
  const of = (index: number, piece: string): string =>
    `'${plain(piece)}' (logit ${significant(logits[index])}, ${percent(probabilities[index])})`;
  const first = of(0, token.piece);
  return `After '${plain(place)}' (token ${count(position)}): ${against ? `${first} minus ${of(1, against.piece)}` : first}`;
}

function sumLine(attribution: LogitAttribution): HTMLElement {
  const { sum, logit } = sumOf(attribution);
  const what = attribution.against ? 'difference of the logits' : 'logit';
  return make('p', {
    class: 'sum',
    text: `Sum ${signed(sum)} = ${what} ${signed(logit)}`,
    tip: `Sum ${exact(sum)}, ${what} ${exact(logit)}: ${exact(Math.abs(sum - logit))} apart`,
  });
}

/** What the constant is made of. */
function constants({ constants: { names, values } }: LogitAttribution): HTMLElement[] {
  if (names.length === 0) return [];
  const lines = names.map((name, index) =>
    make('li', {}, make('span', { text: name }), make('span', { text: signed(values[index]) })),
  );
  return [
    make(
      'details',
      {},
      make('summary', { text: 'The constant' }),
      make('ul', { class: 'constants' }, ...lines),
    ),
  ];
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = isInControl(event);
  const rows = Array.from(body.querySelectorAll<HTMLElement>('button.bar-row'));
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step !== 0 && !typing) {
    const now = rows.findIndex((row) => row === document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, now + step))]?.focus();
  } else if (event.key === '/' && !typing) toolbar.focusToken();
  else if (event.key === 'Escape' && typing) body.focus();
  else if (event.key === '?' && !typing) {
    showKeys([
      { keys: ['↑', '↓'], does: 'Part before or after' },
      { keys: ['Enter'], does: 'Open it in its own view' },
      { keys: ['Shift+F10'], does: 'Ablate, scale, steer, patch it' },
      { keys: ['/'], does: 'Type another next token' },
      { keys: ['?'], does: 'Show these keys' },
    ]);
  } else return;
  event.preventDefault();
});

app.append(progress.element, header.element, toolbar.element, notice.element, body);
document.body.append(app);
startTooltips();
draw();
host.listen((message) => change(receive(state, normalise(message))));
host.post({ type: 'ready' });
