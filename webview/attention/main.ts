// The attention view: messages from the host and choices of the user change one state, every part draws itself from it.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/panes.css';
import '../shared/data.css';
import '../shared/rowTable.css';
import './attention.css';
import './heads.css';
import './headPane.css';
import './headPictures.css';
import './linkLines.css';
import type { HeadId } from '../../src/protocol/attention';
import type {
  AttentionViewState,
  FromAttentionView,
  ToAttentionView,
} from '../../src/protocol/attentionView';
import { isInControl } from '../shared/controls';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeys } from '../shared/keysHelp';
import { openMenu, type MenuPlace } from '../shared/menu';
import { connect } from '../shared/messenger';
import { partItems, type PostPart } from '../shared/partMenu';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { makeSplitter } from '../shared/splitter';
import { onThemeChange } from '../shared/theme';
import { linkTokens } from '../shared/tokens';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice } from '../shared/viewNotice';
import { factsOf } from './facts';
import { makeHeadGrid } from './headGrid';
import { makeHeadPane } from './headPane';
import { nameOf, partOf, sameHead } from './heads';
import { normalise } from './incoming';
import { keyHelp } from './keys';
import { readPalette } from './palette';
import { makePictures } from './pictures';
import { makeRankingLine } from './rankingLine';
import { TileCalls } from './tileCalls';
import {
  initialState,
  noticeIn,
  openRow,
  receive,
  savedState,
  withSettings,
  type AttentionState,
  type Settings,
} from './state';
import { makeToolbar } from './toolbar';

const host = connect<ToAttentionView, FromAttentionView, AttentionViewState>();
let state = initialState(host.saved());
let saved = '';
let palette = readPalette();
/** Cells of the pattern that is being drawn; undefined while none is. */
let drawn: [number, number][] | undefined;

function change(next: AttentionState): void {
  state = next;
  const kept = savedState(next);
  const written = JSON.stringify(kept);
  if (written !== saved) host.save(kept);
  saved = written;
  drawSoon(undefined);
}

const set = (settings: Partial<Settings>): void => change(withSettings(state, settings));
const refresh = (): void => host.post({ type: 'refresh' });
const hoverToken = oncePerFrame((token: number | null) => host.post({ type: 'hoverToken', token }));
const point = oncePerFrame((token: number | null) => host.post({ type: 'point', token }));
const pin = (token: number | null): void => host.post({ type: 'pin', token });
const changePart: PostPart = (message) => host.post(message);

function toggle(head: HeadId): void {
  if (sameHead(head, state.focus.head)) close();
  else open(head);
}

function open(head: HeadId): void {
  host.post({ type: 'lock', head });
  // The token stays what it was; its links in this head are on their way.
  change({ ...state, focus: { ...state.focus, head, links: null }, wantedHead: undefined });
}

function close(): void {
  host.post({ type: 'unlock' });
  drawn = undefined;
  change({ ...state, focus: { head: null, pinned: false, token: null, links: null }, wantedHead: undefined });
  grid.focus();
}

function openHeadMenu(head: HeadId, place: MenuPlace): void {
  openMenu(grid.element, partItems(partOf(head), state.interventions, changePart), place, nameOf(head));
}

function startDrawing(): void {
  drawn = [];
  const row = openRow(state);
  if (row < 0 && state.grid) open({ layer: 0, head: 0 });
  set({ picture: 'map' });
}

function endDrawing(search: boolean): void {
  if (search && drawn) host.post({ type: 'search', pattern: { drawn } });
  drawn = undefined;
  drawSoon(undefined);
}

function chooseCell({ destination, source }: { destination: number; source: number }): void {
  if (!drawn) {
    pin(state.focus.pinned && state.focus.token === destination ? null : destination);
    return;
  }
  const others = drawn.filter(([row, column]) => row !== destination || column !== source);
  drawn = others.length < drawn.length ? others : [...drawn, [destination, source]];
  drawSoon(undefined);
}

const calls = new TileCalls((request, version, question) =>
  host.post({ type: 'tile', request, version, question }),
);
const app = make('main', { class: 'attention-view' });
const links = linkTokens(app, hoverToken);
const progress = makeProgressBar('Computing');
const header = makeHeader({ refresh, wholeText: () => undefined });
const toolbar = makeToolbar({
  set,
  hideSink: (hideSink) => {
    host.post({ type: 'hideSink', hideSink });
    set({ hideSink });
  },
  search: (pattern) => host.post({ type: 'search', pattern }),
  draw: startDrawing,
  leaveFilter: () => grid.focus(),
});
const rankingLine = makeRankingLine(() => host.post({ type: 'search', pattern: null }));
const notice = makeNotice(
  {
    command: 'subtext.showAttention',
    title: 'Show Attention',
    failed: 'The attention could not be computed.',
    noMatch: 'No head matches the filter.',
  },
  {
    run: (command) => host.post({ type: 'run', command }),
    refresh,
    clearFilter: () => set({ filter: '', kind: undefined }),
  },
);
const grid = makeHeadGrid({ toggle, menu: openHeadMenu });
const pictures = makePictures(links, calls, {
  dropTiles: (requests) => host.post({ type: 'dropTiles', requests }),
  move: (place) => set({ place }),
  pointCell: (cell) => {
    hoverToken(cell?.source ?? null);
    point(cell?.destination ?? null);
  },
  chooseCell,
  point,
  pin,
  save: (name, content, part) => host.post({ type: 'save', name, content, part }),
});
const pane = makeHeadPane(pictures.elements, links, {
  set,
  pin,
  close,
  reveal: (token) => host.post({ type: 'reveal', token }),
  save: (kind) => void pictures.save(kind),
  copyCsv: () => void pictures.copyCsv(),
  whole: () => set({ place: undefined }),
  endDrawing,
  part: changePart,
});
const splitter = makeSplitter({
  pane: pane.element,
  label: 'Height of the open head',
  smallest: { pane: 180, above: 150 },
  onChange: (headHeight) => set({ headHeight }),
});

function draw(): void {
  const { phase } = state.status;
  const kind = noticeIn(state);
  showWaiting(app, progress, state.status);
  app.classList.toggle('stale', phase === 'loading' || phase === 'failed');
  app.classList.toggle('empty', state.grid === undefined);
  app.classList.toggle('unasked', state.grid === undefined && phase !== 'loading');
  app.classList.toggle('no-match', kind === 'noMatch');
  app.classList.toggle('has-head', openRow(state) >= 0);
  header.render(factsOf(state));
  toolbar.render(state);
  rankingLine.render(state.ranking);
  notice.render(kind, state.status, state.grid !== undefined);
  grid.render(state, palette);
  pane.render(state, drawn?.length);
  pictures.render(state, palette, drawn);
  splitter.element.hidden = pane.element.hidden;
  links.mark(state.cursor);
}
const drawSoon = oncePerFrame(draw);

document.addEventListener('keydown', (event) => {
  // Esc in an open dropdown closes that alone.
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = isInControl(event);
  if (event.key === 'Escape' && !document.querySelector('[popover=auto]:popover-open')) {
    if (drawn) endDrawing(false);
    else if (state.focus.head) close();
  } else if (event.key === '/' && !typing) toolbar.focusFilter();
  else if (event.key === '?' && !typing) showKeys(keyHelp);
  else if (event.key === 'p' && !typing && state.focus.head) {
    pin(state.focus.pinned ? null : state.focus.token);
  } else return;
  event.preventDefault();
});
onThemeChange(() => {
  palette = readPalette();
  drawSoon(undefined);
});

function receiveMessage(message: ToAttentionView): void {
  switch (message.type) {
    case 'tile':
      calls.receive(message.request, { tile: message.tile });
      break;
    case 'noTile':
      calls.receive(message.request, { failure: message.message });
      break;
    case 'grid': {
      // A drawing names tokens of the version that it was drawn on.
      if (message.grid.source.version !== state.grid?.source.version) drawn = undefined;
      const { wantedHead } = state;
      change(receive(state, message));
      if (wantedHead && !state.focus.head) host.post({ type: 'lock', head: wantedHead });
      break;
    }
    default:
      change(receive(state, message));
  }
}

app.append(
  progress.element,
  header.element,
  toolbar.element,
  rankingLine.element,
  notice.element,
  make('div', { class: 'panes' }, grid.element, splitter.element, pane.element),
);
document.body.append(app);
startTooltips();
splitter.set(state.settings.headHeight);
draw();
host.listen((message) => receiveMessage(normalise(message)));
if (state.settings.hideSink) host.post({ type: 'hideSink', hideSink: true });
host.post({ type: 'ready' });
