// The neurons view: messages from the host and choices of the user change one state, every part draws itself from it.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/panes.css';
import '../shared/data.css';
import '../shared/rowTable.css';
import './neurons.css';
import './list.css';
import './detail.css';
import type { NeuronId } from '../../src/protocol/types';
import type {
  FromNeuronsView,
  NeuronRanking,
  NeuronsViewState,
  ToNeuronsView,
} from '../../src/protocol/views';
import { isInControl } from '../shared/controls';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeys } from '../shared/keysHelp';
import { openMenu, type MenuPlace } from '../shared/menu';
import { connect } from '../shared/messenger';
import { partItems, type PostPart } from '../shared/partMenu';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { makeSplitter } from '../shared/splitter';
import { linkTokens } from '../shared/tokens';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice } from '../shared/viewNotice';
import { makeDetail } from './detail';
import { factsOf } from './facts';
import { normalise } from './incoming';
import { keyHelp } from './keys';
import { makeNeuronList } from './list';
import { nameOf, partOf, sameNeuron } from './neuron';
import { initialState, noticeIn, receive, savedState, type NeuronsState } from './state';
import { makeToolbar } from './toolbar';

const host = connect<ToNeuronsView, FromNeuronsView, NeuronsViewState>();
let state = initialState(host.saved());
let drawn: NeuronsState | undefined;

const preview = oncePerFrame((id: NeuronId | null) => {
  if (sameNeuron(id, previewed)) return;
  previewed = id;
  host.post({ type: 'preview', id });
});
let previewed: NeuronId | null = null;
const hoverToken = oncePerFrame((token: number | null) => host.post({ type: 'hoverToken', token }));

function change(next: NeuronsState): void {
  state = next;
  const saved = savedState(next);
  if (JSON.stringify(saved) !== JSON.stringify(drawn && savedState(drawn))) host.save(saved);
  draw();
}

function toggleLock(id: NeuronId): void {
  if (sameNeuron(id, state.locked)) {
    unlock();
    preview(id);
  } else {
    host.post({ type: 'lock', id });
    // A lock ends the preview.
    previewed = null;
    change({ ...state, locked: id });
  }
}

function openNeuronMenu(id: NeuronId, place: MenuPlace): void {
  openMenu(list.element, partItems(partOf(id), state.interventions, changePart), place, nameOf(id));
}

function unlock(): void {
  host.post({ type: 'unlock' });
  change({ ...state, locked: null });
}

const rank = (ranking: NeuronRanking): void => change({ ...state, ranking });
const filter = (text: string): void => change({ ...state, filter: text });
const refresh = (): void => host.post({ type: 'refresh' });
const changePart: PostPart = (message) => host.post(message);

const app = make('main', { class: 'neurons-view' });
const links = linkTokens(app, hoverToken);
const progress = makeProgressBar('Computing');
const header = makeHeader({ refresh, wholeText: () => host.post({ type: 'wholeText' }) });
const list = makeNeuronList(links, { preview, toggleLock, rank, menu: openNeuronMenu });
const toolbar = makeToolbar({
  chooseLayer: (layer) => change({ ...state, layer }),
  rank,
  filter,
  leaveFilter: () => list.focus(),
});
const notice = makeNotice(
  {
    command: 'subtext.showNeurons',
    title: 'Show Top-Activating Neurons',
    failed: 'The neurons could not be computed.',
    noMatch: 'No neuron matches the filter.',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => filter('') },
);
const detail = makeDetail(links, {
  toggleLock: () => state.focus && toggleLock(state.focus.id),
  reveal: (token) => host.post({ type: 'reveal', token }),
  part: changePart,
});
const splitter = makeSplitter({
  pane: detail.element,
  label: 'Height of the details',
  smallest: { pane: 66, above: 170 },
  onChange: (detailHeight) => change({ ...state, detailHeight }),
});

function draw(): void {
  const { phase } = state.status;
  const kind = noticeIn(state);
  showWaiting(app, progress, state.status);
  app.classList.toggle('stale', phase === 'loading' || phase === 'failed');
  app.classList.toggle('empty', state.table === undefined);
  app.classList.toggle('unasked', state.table === undefined && phase !== 'loading');
  app.classList.toggle('no-match', kind === 'noMatch');
  header.render(factsOf(state));
  toolbar.render(state);
  notice.render(kind, state.status, state.table !== undefined);
  list.render(state, drawn);
  detail.render(state);
  links.mark(state.cursor);
  drawn = state;
}

document.addEventListener('keydown', (event) => {
  // Esc in an open dropdown closes that alone.
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = isInControl(event);
  if (event.key === 'Escape' && !document.querySelector('[popover=auto]:popover-open')) {
    if (state.locked) unlock();
    preview(null);
  } else if (event.key === '/' && !typing) toolbar.focusFilter();
  else if (event.key === '?' && !typing) showKeys(keyHelp);
  else return;
  event.preventDefault();
});

app.append(
  progress.element,
  header.element,
  toolbar.element,
  notice.element,
  list.element,
  splitter.element,
  detail.element,
);
document.body.append(app);
startTooltips();
splitter.set(state.detailHeight);
draw();
host.listen((message) => change(receive(state, normalise(message))));
host.post({ type: 'ready' });
