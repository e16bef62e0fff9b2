// The view of parse trees: messages from the host and choices change one state, from which all is drawn.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import './parseTree.css';
import type {
  FromParseTreeView,
  ParseTreeViewState,
  ToParseTreeView,
} from '../../src/protocol/parseTreeView';
import { copyCsv } from '../shared/clipboard';
import { makeDropdown, makeIconButton } from '../shared/controls';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeys } from '../shared/keysHelp';
import { makeLink } from '../shared/links';
import { makeMenuButton, openMenu, type MenuItem } from '../shared/menu';
import { connect } from '../shared/messenger';
import { makeProgressBar } from '../shared/progressBar';
import { makePictureSender } from '../shared/sendPicture';
import { sourceFacts } from '../shared/sourceFacts';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { figureOf } from './drawing';
import { figureColours, makeFigure } from './figure';
import { initialState, receive, type TreeState } from './state';
import { makeTable } from './table';
import { heldOutWords, placeWords, summaryOf, tableOf } from './words';

const host = connect<ToParseTreeView, FromParseTreeView, ParseTreeViewState>();
let state = initialState(host.saved());
let asTable = false;
const sendPicture = makePictureSender((part) => host.post(part));
const refresh = (): void => host.post({ type: 'refresh' });
const hoverToken = oncePerFrame((token: number | null) => host.post({ type: 'hoverToken', token }));

function change(next: TreeState): void {
  if (JSON.stringify(next.saved) !== JSON.stringify(state.saved)) host.save(next.saved);
  if (next.at?.token !== state.at?.token) hoverToken(next.at?.token ?? null);
  state = next;
  draw();
}

function save(kind: 'svg' | 'png'): void {
  if (state.tree?.string) void sendPicture(figureOf(state, figureColours()), kind, `parse-tree.${kind}`);
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
const toolbar = make(
  'div',
  { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Parse tree' } },
  hook.element,
  probes.element,
  levels.element,
  make('div', { class: 'toolbar-end' }, makeMenuButton('More Actions…', menu)),
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
  { class: 'said' },
  makeLink('Train Probe…', () => host.post({ type: 'run', command: 'subtext.trainProbe' })),
);
const fault = make('p', { class: 'said' });
const summary = make('p', { class: 'said quiet', attributes: { role: 'status' } });
const figure = makeFigure({
  point: (at) => {
    if (at?.token !== state.at?.token || at?.row !== state.at?.row) change({ ...state, at });
  },
  reveal: (token) => host.post({ type: 'reveal', token }),
});
const table = makeTable();
const detail = make('p', { class: 'said detail' });
const legend = make('p', {
  class: 'said quiet',
  text: 'Hatched: another symbol than the true one. Bar with a cross: an end that is none; dashed bar: an end that was missed.',
});
const heldOut = make('ul', {
  class: 'held-out quiet',
  attributes: { 'aria-label': 'Accuracy on held-out strings' },
});

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
    {
      label: 'Show as Table',
      checked: asTable,
      run: () => {
        asTable = !asTable;
        draw();
      },
    },
    { label: 'Copy as CSV', startsGroup: true, run: () => copyCsv(tableOf(state)) },
    { label: 'Save as SVG…', run: () => save('svg') },
    { label: 'Save as PNG…', run: () => save('png') },
  ];
}

function draw(): void {
  const { status, tree, missing } = state;
  if (status.phase === 'loading') progress.show(status.progress);
  else progress.hide();
  app.classList.toggle('stale', status.phase === 'loading' || status.phase === 'failed');
  app.ariaBusy = String(status.phase === 'loading');
  const string = tree?.string;
  const own = tree ? [{ text: tree.grammar, tip: 'Grammar' }] : [];
  header.render(sourceFacts(status, tree?.source, own));
  toolbar.hidden = tree === undefined;
  if (tree) {
    hook.setChoices(tree.hooks.map((value) => ({ value, label: value })));
    hook.setValue(tree.hook);
    probes.element.hidden = tree.folders.length < 2;
    probes.setChoices(tree.folders.map((value) => ({ value, label: nameOf(value), tip: value })));
    probes.setValue(tree.probes);
  }
  notice.render(noticeOf(status, tree !== undefined), status.message, tree !== undefined);
  train.hidden = !missing;
  const isEmpty = tree !== undefined && !string;
  fault.hidden = !isEmpty && string?.fault === undefined && string?.unread === undefined && !severalTrees();
  fault.textContent = isEmpty
    ? 'No string is in sight: put the cursor into one.'
    : [string?.fault && `No true tree: ${string.fault}`, string?.unread, severalTrees()]
        .filter(Boolean)
        .join(' ');
  summary.textContent = summaryOf(state);
  summary.hidden = summary.textContent === '';
  figure.render(state);
  figure.element.hidden ||= asTable;
  table.render(state, asTable);
  const words = state.at ? placeWords(state, state.at) : [];
  detail.hidden = !string || asTable;
  detail.textContent = words.length > 0 ? words.join(' · ') : 'Point at a cell, or move with the arrow keys.';
  detail.classList.toggle('quiet', words.length === 0);
  legend.hidden = !string || string.unread !== undefined || asTable;
  heldOut.hidden = !tree;
  const lines = (tree?.levels ?? []).map(heldOutWords);
  if (heldOut.textContent !== lines.join(''))
    heldOut.replaceChildren(...lines.map((text) => make('li', { text })));
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

document.addEventListener('keydown', (event) => {
  if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  showKeys([
    { keys: ['←', '→'], does: 'Move from token to token' },
    { keys: ['↑', '↓'], does: 'Move from level to level' },
    { keys: ['Home', 'End'], does: 'First or last token' },
    { keys: ['Enter'], does: 'Show the token in the text' },
    { keys: ['?'], does: 'Show these keys' },
  ]);
});

app.append(
  progress.element,
  header.element,
  toolbar,
  notice.element,
  train,
  fault,
  summary,
  figure.element,
  table.element,
  detail,
  legend,
  heldOut,
);
document.body.append(app);
startTooltips();
draw();
host.listen((message) => change(receive(state, message)));
host.post({ type: 'ready' });
