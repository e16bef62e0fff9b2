// The view of parse trees: messages from the host and choices change one state, from which all is drawn.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/panes.css';
import '../shared/rowTable.css';
import './parseTree.css';
import type {
  FromParseTreeView,
  ParseTreeViewState,
  ToParseTreeView,
} from '../../src/protocol/parseTreeView';
import { makeCanvasSurface } from '../shared/canvasSurface';
import { copyCsv } from '../shared/clipboard';
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeysOnKey } from '../shared/keysHelp';
import { makeLink } from '../shared/links';
import { makeMenuButton, openMenu, type MenuItem } from '../shared/menu';
import { connect } from '../shared/messenger';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { makePictureSender } from '../shared/sendPicture';
import { sourceFacts } from '../shared/sourceFacts';
import { readFont } from '../shared/theme';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { makeAccuracies } from './accuracies';
import { csvOf } from './cells';
import { figureOf } from './drawing';
import { figureColours, makeFigure } from './figure';
import { initialState, receive, savedState, type Place, type TreeState } from './state';
import { makeTable } from './table';
import { placeWords } from './words';

const host = connect<ToParseTreeView, FromParseTreeView, ParseTreeViewState>();
let state = initialState(host.saved());
const sendPicture = makePictureSender((part) => host.post(part));
const refresh = (): void => host.post({ type: 'refresh' });
const hoverToken = oncePerFrame((token: number | null) => host.post({ type: 'hoverToken', token }));

function change(next: TreeState): void {
  const saved = savedState(next);
  if (JSON.stringify(saved) !== JSON.stringify(savedState(state))) host.save(saved);
  if (next.at?.token !== state.at?.token) hoverToken(next.at?.token ?? null);
  state = next;
  draw();
}

function save(kind: 'svg' | 'png'): void {
  if (!state.tree?.string) return;
  const { measure } = makeCanvasSurface(document.createElement('canvas').getContext('2d')!, readFont());
  void sendPicture(figureOf(state, figureColours(), measure), kind, `parse-tree.${kind}`);
}

const app = make('main', { class: 'parse-tree-view' });
const progress = makeProgressBar('Reading');
const header = makeHeader({ refresh, wholeText: () => host.post({ type: 'wholeText' }) });
const hook = makeDropdown('Activation', (value) => host.post({ type: 'choose', choice: { hook: value } }));
const probes = makeDropdown('Probes', (value) =>
  host.post({ type: 'choose', choice: { probes: value, hook: null } }),
);
const levels = makeIconButton('list-selection', 'Levels…', () =>
  openMenu(levels.element, levelItems(), undefined, 'Levels'),
);
levels.element.ariaHasPopup = 'menu';
const asTable = makeIconButton('table', 'Show as Table', () => change({ ...state, table: !state.table }));
const toolbar = make(
  'div',
  { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Parse tree' } },
  hook.element,
  probes.element,
  levels.element,
  make('div', { class: 'toolbar-end' }, asTable.element, makeMenuButton('More Actions…', menu)),
);
const notice = makeNotice(
  {
    command: 'subtext.inspectParseTree',
    title: 'Inspect Parse-Tree Probe',
    failed: 'No tree could be read.',
    noMatch: '',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => undefined },
);
const train = make(
  'p',
  { class: 'train' },
  makeLink('Train Probe…', () => host.post({ type: 'run', command: 'subtext.trainProbe' })),
);
const fault = make('p', { class: 'said' });
const actions = {
  point(at: Place | null): void {
    if (at?.token !== state.at?.token || at?.row !== state.at?.row) change({ ...state, at });
  },
  reveal: (token: number): void => host.post({ type: 'reveal', token }),
};
const figure = makeFigure(actions);
const table = makeTable(actions);
const detail = make('p', { class: 'said detail', attributes: { 'aria-live': 'polite' } });
const legend = make('p', {
  class: 'said quiet',
  text: 'Hatched: another symbol than the true one. Bar with a cross: an end that is none; dashed bar: an end that was missed.',
});
const accuracies = makeAccuracies();

function levelItems(): MenuItem[] {
  const { tree } = state;
  if (!tree) return [];
  const all = tree.levels.map(({ level }) => level);
  const shown = tree.question.levels ?? all;
  const choose = (next: number[]): void => {
    const isAll = next.length === 0 || next.length === all.length;
    host.post({ type: 'choose', choice: { levels: isAll ? null : next } });
  };
  return [
    { label: 'All Levels', checked: shown.length === all.length, run: () => choose([]) },
    ...tree.levels.map(({ level, symbols }, index) => ({
      label: `Level ${level}: ${symbols.slice(0, 6).join(' ')}${symbols.length > 6 ? ' …' : ''}`,
      checked: shown.includes(level),
      startsGroup: index === 0,
      run: () => choose(all.filter((each) => (each === level) !== shown.includes(each))),
    })),
  ];
}

function menu(): MenuItem[] {
  return [
    { label: 'Copy as CSV', run: () => copyCsv(csvOf(state)) },
    { label: 'Save as SVG…', run: () => save('svg') },
    { label: 'Save as PNG…', run: () => save('png') },
  ];
}

function draw(): void {
  const { status, tree, missing } = state;
  showWaiting(app, progress, status);
  app.classList.toggle('stale', status.phase === 'loading' || status.phase === 'failed');
  const string = tree?.string;
  const own = tree ? [{ text: tree.grammar, tip: 'Grammar' }] : [];
  header.render(sourceFacts(status, tree?.source, own));
  toolbar.hidden = tree === undefined;
  asTable.set(state.table ? 'list-tree' : 'table', state.table ? 'Show as Figure' : 'Show as Table');
  if (tree) {
    hook.setChoices(tree.hooks.map((value) => ({ value, label: value })));
    hook.setValue(tree.hook);
    probes.element.hidden = tree.folders.length < 2;
    probes.setChoices(tree.folders.map((value) => ({ value, label: nameOf(value), tip: value })));
    probes.setValue(tree.probes);
  }
  notice.render(noticeOf(status, tree !== undefined), status, tree !== undefined);
  train.hidden = !missing;
  const isEmpty = tree !== undefined && !string;
  fault.hidden = !isEmpty && string?.fault === undefined && string?.unread === undefined && !severalTrees();
  fault.textContent = isEmpty
    ? 'No string is in sight: put the cursor into one.'
    : [string?.fault && `No true tree: ${string.fault}`, string?.unread, severalTrees()]
        .filter(Boolean)
        .join(' ');
  figure.render(state);
  table.render(state);
  const words = state.at ? placeWords(state, state.at) : [];
  detail.hidden = !string;
  detail.textContent = words.length > 0 ? words.join(' · ') : 'Point at a cell, or move with the arrow keys.';
  detail.classList.toggle('quiet', words.length === 0);
  legend.hidden = !string || (string.unread ?? string.fault) !== undefined || state.table;
  accuracies.render(state);
}

/** What to know of a string with more trees than one. */
function severalTrees(): string {
  const trees = state.tree?.string?.trees ?? 0;
  if (trees <= 1) return '';
  const count = trees < 1e6 ? String(trees) : `about 10^${Math.log10(trees).toFixed(1)}`;
  return `The string has ${count} trees; the likeliest is the true one here.`;
}

function nameOf(folder: string): string {
  return folder
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.probes$/, '');
}

showKeysOnKey([
  { keys: ['←', '→'], does: 'Move from token to token' },
  { keys: ['↑', '↓'], does: 'Move from level to level' },
  { keys: ['Home', 'End'], does: 'First or last token' },
  { keys: ['Enter'], does: 'Show the token in the text' },
  { keys: ['?'], does: 'Show these keys' },
]);

app.append(
  progress.element,
  header.element,
  toolbar,
  notice.element,
  train,
  fault,
  figure.element,
  table.element,
  detail,
  legend,
  accuracies.element,
);
document.body.append(app);
startTooltips();
draw();
host.listen((message) => change(receive(state, message)));
host.post({ type: 'ready' });
