// The view of probes: messages from the host and choices of the user change one state, every part draws itself from it.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/data.css';
import '../shared/panes.css';
import '../shared/rowTable.css';
import '../shared/legend.css';
import '../shared/readout.css';
import './probes.css';
import './detail.css';
import type { FromProbesView, ProbesViewState, ToProbesView } from '../../src/protocol/probesView';
import { toCsv } from '../shared/clipboard';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import type { PictureKind } from '../shared/chartButtons';
import { makeKeeper } from '../shared/keeper';
import { showKeysOnKey } from '../shared/keysHelp';
import { makeLegend, type LegendEntry } from '../shared/legend';
import { lineStyle } from '../shared/lineStyles';
import { connect } from '../shared/messenger';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { makeFileSender } from '../shared/sendPicture';
import { makeSplitter } from '../shared/splitter';
import { onThemeChange, readColours, readFont } from '../shared/theme';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { makeDetail } from './detail';
import { factsOf } from './facts';
import { makeGrid } from './grid';
import { keyHelp } from './keys';
import { positionRows, positionSeries } from './positions';
import { folderNames, type ChartProbe } from './probes';
import { chartDrawing, probeRows, type ChartPicture } from './saving';
import {
  initialState,
  openProbe,
  receive,
  savedState,
  shownSeries,
  toggleHidden,
  withSettings,
  type ProbesState,
  type Settings,
} from './state';
import { makeTable } from './table';
import { makeToolbar } from './toolbar';
import { probeName } from './words';

const host = connect<ToProbesView, FromProbesView, ProbesViewState>();
let state = initialState(host.saved());
const keep = makeKeeper(savedState(state), (kept) => host.save(kept));
let colours = readColours();
const sender = makeFileSender((part) => host.post(part));
const LONGEST_FILE_NAME = 100;

function change(next: ProbesState): void {
  state = next;
  keep(savedState(next));
  draw(undefined);
}

const set = (settings: Partial<Settings>): void => change(withSettings(state, settings));
const refresh = (): void => host.post({ type: 'refresh' });

/** Whether the keyboard goes into the details once they are there. */
let isEntering = false;

function open(result: ChartProbe): void {
  isEntering = true;
  if (result.id === state.settings.open) draw(undefined);
  else setDetails({ open: result.id });
}

/** Changes what is shown of which probe, and asks for what is missing of it. */
function setDetails(settings: Pick<Settings, 'open' | 'byPosition'>): void {
  set(settings);
  askDetails();
}

function askDetails(): void {
  const probe = openProbe(state)?.id;
  if (probe === undefined) return;
  if (!state.settings.byPosition) {
    if (!state.confusion) host.post({ type: 'confusion', probe });
  } else if (!state.positions) host.post({ type: 'positions', probe });
}

function close(): void {
  const probe = openProbe(state);
  if (!probe) return;
  set({ open: undefined });
  if (state.settings.table) table.element.focus();
  else grid.focus(probe);
}

function entries(): LegendEntry[] {
  const { hidden = [] } = state.settings;
  const { names } = state.series;
  return names.map(({ key, label, style }) => ({
    label: names.length > 1 ? label : 'probe, with its 95% interval',
    style: lineStyle(style, colours.kind),
    line: true,
    mark: true,
    ...(names.length > 1 && { key }),
    isHidden: hidden.includes(key),
  }));
}

function save(kind: PictureKind): void {
  const { folders, probes, settings } = state;
  const [name] = folderNames(folders);
  if (kind === 'csv') saveRows(probeRows(probes), name);
  else {
    const ownScales = settings.ownScales ?? false;
    savePicture(kind, name, {
      series: shownSeries(state),
      ownScales,
      legend: entries(),
      title: folderNames(folders).join(', '),
    });
  }
}

/** Saves the open probe's accuracy by position. */
function savePositions(kind: PictureKind): void {
  const probe = openProbe(state);
  const { positions } = state;
  if (!probe || !positions) return;
  const title = probeName(probe);
  if (kind === 'csv') saveRows(positionRows(positions), title);
  else {
    const series = positionSeries(probe, positions, styleOf(probe));
    savePicture(kind, title, { series, ownScales: true, legend: [], title });
  }
}

function saveRows(rows: (string | number)[][], name: string): void {
  void sender.sendText(toCsv(rows), `${fileName(name)}.csv`);
}

function savePicture(
  kind: 'svg' | 'png',
  name: string,
  chart: Omit<ChartPicture, 'colours' | 'width'>,
): void {
  const drawing = chartDrawing({ ...chart, colours, width: app.clientWidth });
  void sender.sendPicture(drawing, kind, `${fileName(name)}.${kind}`);
}

/** What every file system takes. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._ -]+/gu, '-').slice(0, LONGEST_FILE_NAME);
}

/** The style of the line that a probe is on. */
function styleOf({ id }: ChartProbe): number {
  const { panels, names } = state.series;
  const lines = panels.flatMap((panel) => panel.lines);
  const line = lines.find(({ points }) => points.some(({ result }) => result.id === id));
  return names.find(({ key }) => key === line?.key)?.style ?? 0;
}

const app = make('main', { class: 'probes-view' });
const progress = makeProgressBar('Probes');
const header = makeHeader({ refresh, wholeText: () => undefined });
const toolbar = makeToolbar({
  set,
  save,
  addFolders: () => host.post({ type: 'addFolders' }),
  removeFolder: (folder) => host.post({ type: 'removeFolder', folder }),
});
const notice = makeNotice(
  {
    command: 'subtext.showProbes',
    title: 'Show Probes…',
    failed: 'The probes could not be read.',
    noMatch: '',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => undefined },
);
const legend = makeLegend((key) => change(toggleHidden(state, key)));
const grid = makeGrid({ open, close });
const table = makeTable(open);
const detail = makeDetail({
  ask: (cell, first, count) => host.post({ type: 'tokens', cell, first, count }),
  open: ({ id }, { start, end, text }) =>
    host.post({ type: 'openToken', probe: id, token: { start, end, text } }),
  turn: (byPosition) => setDetails({ byPosition }),
  steer: ({ id }) => host.post({ type: 'steer', probe: id }),
  save: savePositions,
  close,
});
const splitter = makeSplitter({
  pane: detail.element,
  label: 'Height of the details',
  smallest: { pane: 66, above: 250 },
  onChange: (detailHeight) => set({ detailHeight }),
});

const draw = oncePerFrame(() => {
  const { status, folders, probes, settings } = state;
  const hasFolders = folders.length > 0;
  const isLoading = status.phase === 'loading';
  showWaiting(app, progress, status);
  app.classList.toggle('stale', isLoading);
  app.classList.toggle('empty', !hasFolders);
  app.classList.toggle('as-table', settings.table ?? false);
  header.render(factsOf(folders, probes));
  toolbar.render(state);
  notice.render(noticeOf(status, hasFolders), status, hasFolders);
  const names = hasFolders && !settings.table ? entries() : [];
  legend.render(names, colours.kind, names.length > 1 ? 'bands: 95% intervals' : undefined);
  const series = shownSeries(state);
  if (settings.table) table.render(probes, settings.open);
  else grid.render({ series, ownScales: settings.ownScales ?? false, open: settings.open, colours });
  const probe = openProbe(state);
  const { confusion, positions, failure } = state;
  const byPosition = settings.byPosition ?? false;
  detail.render({
    probe,
    confusion,
    positions,
    failure,
    byPosition,
    asTable: settings.table ?? false,
    style: probe ? styleOf(probe) : 0,
    colours,
  });
  splitter.element.hidden = detail.element.hidden;
  app.classList.toggle('with-detail', probe !== undefined);
  if (isEntering && (byPosition ? positions : confusion)) {
    isEntering = false;
    detail.focus();
  }
});

function receiveMessage(message: ToProbesView): void {
  if (message.type === 'tokens') {
    detail.receive(message);
    return;
  }
  change(receive(state, message));
  if (message.type !== 'folders') return;
  if (state.settings.open !== undefined && !openProbe(state)) set({ open: undefined });
  // A page that is new, or folders that were read again, have no details of the probe that is open.
  askDetails();
}

showKeysOnKey(keyHelp);
onThemeChange(() => {
  colours = readColours();
  grid.useFont(readFont());
  detail.useFont(readFont());
  draw(undefined);
});

app.append(
  progress.element,
  header.element,
  toolbar.element,
  notice.element,
  legend.element,
  grid.element,
  table.element,
  splitter.element,
  detail.element,
);
document.body.append(app);
startTooltips();
splitter.set(state.settings.detailHeight);
draw(undefined);
host.listen(receiveMessage);
const { folders: wanted } = savedState(state);
host.post({ type: 'ready', ...(wanted && { folders: wanted }) });
