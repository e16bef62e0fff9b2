// The logit lens view: messages from the host and choices of the user change one state, every part draws itself from it.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/panes.css';
import '../shared/data.css';
import './lens.css';
import './detail.css';
import type { FromLensView, LensColouring, LensViewState, ToLensView } from '../../src/protocol/lensView';
import { makeCanvasSurface } from '../shared/canvasSurface';
import { copyCsv } from '../shared/clipboard';
import { LEVELS } from '../shared/colours';
import { isInControl } from '../shared/controls';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeys } from '../shared/keysHelp';
import { openMenu, type MenuItem, type MenuPlace } from '../shared/menu';
import { connect } from '../shared/messenger';
import { shortest } from '../shared/numbers';
import { partsItems } from '../shared/partMenu';
import type { Drawing } from '../shared/picture';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { makePictureSender } from '../shared/sendPicture';
import { onThemeChange, readColours, readFont } from '../shared/theme';
import { linkTokens } from '../shared/tokens';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { makeDetail, pathPicture } from './detail';
import { factsOf } from './facts';
import { makeGrid } from './grid';
import { normalise } from './incoming';
import { keyHelp } from './keys';
import { pathDrawing, type PathColours } from './path';
import { partsAt } from './parts';
import type { Place } from './places';
import { csvOf, mapDrawing } from './saving';
import { initialState, receive, savedState, type LensState } from './state';
import { makeToolbar } from './toolbar';

const host = connect<ToLensView, FromLensView, LensViewState>();
let state = initialState(host.saved());
let drawn: LensState | undefined;
/** Starts of the windows that were asked for since the table came. */
let asked = new Set<number>();

const hoverToken = oncePerFrame((token: number | null) => host.post({ type: 'hoverToken', token }));
const pen = makeCanvasSurface(document.createElement('canvas').getContext('2d')!, readFont());
const sendPicture = makePictureSender((part) => host.post(part));

function change(next: LensState): void {
  state = next;
  const saved = savedState(next);
  if (JSON.stringify(saved) !== JSON.stringify(drawn && savedState(drawn))) host.save(saved);
  draw();
}

const refresh = (): void => host.post({ type: 'refresh' });
const open = (place: Place): void => host.post({ type: 'select', place });
const close = (): void => {
  host.post({ type: 'select', place: null });
  grid.focus();
};

function follow(target: number | string | undefined): void {
  const place = state.selection?.place;
  if (!place) return;
  const { point, token } = place;
  host.post({ type: 'select', place: { point, token, ...(target !== undefined && { target }) } });
}

function see(tokens: { start: number; end: number }): void {
  for (const window of state.columns?.missing(tokens) ?? []) {
    if (asked.has(window.start)) continue;
    asked.add(window.start);
    host.post({ type: 'window', window });
  }
}

function colours(): PathColours {
  const style = getComputedStyle(document.body);
  return {
    ...readColours(),
    probability: style.getPropertyValue('--data-positive'),
    rank: style.getPropertyValue('--data-negative'),
  };
}

function levels(): string[] {
  const style = getComputedStyle(document.body);
  return Array.from({ length: LEVELS }, (_, index) =>
    style.getPropertyValue(`--vscode-subtext-activationPositive${index + 1}`).trim(),
  );
}

async function save(drawing: Drawing | undefined, kind: 'svg' | 'png', what: string): Promise<void> {
  if (drawing) await sendPicture(drawing, kind, `${state.status.document ?? 'text'}.${what}.${kind}`);
}

function mapItems(): MenuItem[] {
  const { table, columns, colouring } = state;
  if (!table || !columns) return [];
  const drawing = (): Drawing =>
    mapDrawing({
      points: table.points,
      columns,
      tokens: grid.sight(),
      colouring,
      title: `Logit lens of ${state.status.document ?? 'the text'}`,
      colours: readColours(),
      levels: levels(),
    });
  return [
    { label: 'Copy Map as CSV', run: () => copyCsv(csvOf(table.points, columns)) },
    { label: 'Save What Is in Sight as SVG…', run: () => void save(drawing(), 'svg', 'lens') },
    { label: 'Save What Is in Sight as PNG…', run: () => void save(drawing(), 'png', 'lens') },
  ];
}

function pathItems(): MenuItem[] {
  const picture = pathPicture(state, 520, colours());
  if (!picture) return [];
  const { points, path } = picture;
  const { pathAsTable } = state;
  return [
    {
      label: pathAsTable ? 'Show Path as Chart' : 'Show Path as Table',
      run: () => change({ ...state, pathAsTable: !pathAsTable }),
    },
    {
      label: 'Copy Path as CSV',
      run: () =>
        copyCsv([
          ['layer', 'piece', 'probability', 'rank'],
          ...points.map(({ label }, index) => [
            label,
            path.piece,
            shortest(path.probabilities[index]),
            path.ranks[index],
          ]),
        ]),
    },
    { label: 'Save Path as SVG…', run: () => void save(pathDrawing(picture), 'svg', 'path') },
    { label: 'Save Path as PNG…', run: () => void save(pathDrawing(picture), 'png', 'path') },
  ];
}

const app = make('main', { class: 'lens-view' });
const links = linkTokens(app, hoverToken);
const progress = makeProgressBar('Computing');
const header = makeHeader({ refresh, wholeText: () => host.post({ type: 'wholeText' }) });
const toolbar = makeToolbar((colouring: LensColouring) => change({ ...state, colouring }), mapItems);
const notice = makeNotice(
  {
    command: 'subtext.showLens',
    title: 'Show Logit Lens',
    failed: 'The layers could not be read.',
    noMatch: '',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => undefined },
);
const grid = makeGrid(links, {
  open,
  see,
  reveal: (token) => host.post({ type: 'reveal', token }),
  menu: openLayerMenu,
});

/** What can be done to the layer of a row of the map. */
function layerItems(point: number): MenuItem[] {
  const parts = partsAt(point, state.table?.points.length ?? 0);
  return partsItems(parts, state.interventions, (message) => host.post(message));
}

function openLayerMenu(point: number, place: MenuPlace): void {
  openMenu(grid.element, layerItems(point), place, state.table?.points.at(point)?.label);
}

function attribute(): void {
  const place = state.selection?.place;
  if (place) host.post({ type: 'attribute', token: place.token, target: place.target });
}

const detail = makeDetail({ close, follow, attribute, layerItems, menu: pathItems });

function draw(): void {
  const { phase } = state.status;
  showWaiting(app, progress, state.status);
  app.classList.toggle('stale', phase === 'loading' || phase === 'failed');
  app.classList.toggle('empty', state.table === undefined);
  app.classList.toggle('unasked', state.table === undefined && phase !== 'loading');
  header.render(factsOf(state));
  toolbar.render(state);
  notice.render(noticeOf(state.status, state.table !== undefined), state.status, state.table !== undefined);
  grid.render(state, drawn);
  detail.render(state, { colours: colours(), font: readFont(), measure: pen.measure });
  links.mark(state.cursor);
  drawn = state;
}

document.addEventListener('keydown', (event) => {
  // Esc in an open dropdown closes that alone.
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = isInControl(event);
  if (event.key === 'Escape' && !document.querySelector('[popover=auto]:popover-open')) {
    if (state.selection) close();
  } else if (event.key === '/' && !typing && state.selection) detail.focusTarget();
  else if (event.key === '?' && !typing) showKeys(keyHelp);
  else return;
  event.preventDefault();
});

app.append(progress.element, header.element, toolbar.element, notice.element, grid.element, detail.element);
document.body.append(app);
startTooltips();
onThemeChange(draw);
new ResizeObserver(draw).observe(app);
draw();
host.listen((raw) => {
  const message = normalise(raw);
  if (message.type === 'lens') asked = new Set();
  if (message.type === 'windowFailed') asked.delete(message.start);
  const { restored } = state;
  change(receive(state, message));
  // What was open before a reload is opened again, once there is a table that has it.
  if (message.type === 'lens' && restored && !state.selection) host.post({ type: 'select', place: restored });
});
host.post({ type: 'ready' });
