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
import type { ProbeResult } from '../../src/protocol/probes';
import type { FromProbesView, ProbesViewState, ToProbesView } from '../../src/protocol/probesView';
import { toCsv } from '../shared/clipboard';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeys } from '../shared/keysHelp';
import { makeLegend, type LegendEntry } from '../shared/legend';
import { lineStyle } from '../shared/lineStyles';
import { connect } from '../shared/messenger';
import { makeProgressBar } from '../shared/progressBar';
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
import { chartDrawing, probeRows } from './saving';
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
import { makeToolbar, type PictureKind } from './toolbar';

const host = connect<ToProbesView, FromProbesView, ProbesViewState>();
let state = initialState(host.saved());
let saved = JSON.stringify(savedState(state));
let colours = readColours();
const sender = makeFileSender((part) => host.post(part));

function change(next: ProbesState): void {
  state = next;
  const kept = savedState(next);
  const written = JSON.stringify(kept);
  if (written !== saved) host.save(kept);
  saved = written;
  draw(undefined);
}

const set = (settings: Partial<Settings>): void => change(withSettings(state, settings));
const refresh = (): void => host.post({ type: 'refresh' });

/** Whether the keyboard goes into the matrix once it is there. */
let isEntering = false;

function open(result: ProbeResult): void {
  isEntering = true;
  if (result.file === state.settings.open) {
    draw(undefined);
    return;
  }
  set({ open: result.file });
  host.post({ type: 'confusion', file: result.file });
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
  const { folder, settings } = state;
  if (!folder) return;
  const name = `${folder.name}.${kind}`;
  if (kind === 'csv') {
    void sender.sendText(toCsv(probeRows(folder)), name);
    return;
  }
  const drawing = chartDrawing({
    series: shownSeries(state),
    ownScales: settings.ownScales ?? false,
    legend: entries(),
    title: folder.name,
    colours,
    width: app.clientWidth,
  });
  void sender.sendPicture(drawing, kind, name);
}

const app = make('main', { class: 'probes-view' });
const progress = makeProgressBar('Probes');
const header = makeHeader({ refresh, wholeText: () => undefined });
const toolbar = makeToolbar({ set, save });
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
  open: ({ start, end, text }) => host.post({ type: 'openToken', token: { start, end, text } }),
  close,
});
const splitter = makeSplitter({
  pane: detail.element,
  label: 'Height of the confusion matrix',
  smallest: { pane: 66, above: 250 },
  onChange: (detailHeight) => set({ detailHeight }),
});

const draw = oncePerFrame(() => {
  const { status, folder, settings } = state;
  const isLoading = status.phase === 'loading';
  if (isLoading) progress.show(status.progress);
  else progress.hide();
  app.classList.toggle('stale', isLoading);
  app.classList.toggle('empty', !folder);
  app.classList.toggle('as-table', settings.table ?? false);
  app.ariaBusy = String(isLoading);
  header.render(factsOf(folder));
  toolbar.render(state);
  notice.render(noticeOf(status, folder !== undefined), status.message, folder !== undefined);
  const names = folder && !settings.table ? entries() : [];
  legend.render(names, colours.kind, names.length > 1 ? 'bands: 95% intervals' : undefined);
  const series = shownSeries(state);
  if (settings.table) table.render(folder?.probes ?? [], settings.open);
  else grid.render({ series, ownScales: settings.ownScales ?? false, open: settings.open, colours });
  const probe = openProbe(state);
  detail.render({ probe, confusion: state.confusion, failure: state.failure });
  splitter.element.hidden = detail.element.hidden;
  app.classList.toggle('with-detail', probe !== undefined);
  if (isEntering && state.confusion) {
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
  // A page that is new, or a folder that was read again, has no matrix of the probe that is open.
  const { open: file } = state.settings;
  if (message.type === 'folder' && file !== undefined) {
    if (openProbe(state)) host.post({ type: 'confusion', file });
    else set({ open: undefined });
  }
}

document.addEventListener('keydown', (event) => {
  if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  showKeys(keyHelp);
});
onThemeChange(() => {
  colours = readColours();
  grid.useFont(readFont());
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
host.post({ type: 'ready', ...(state.wanted !== undefined && { folder: state.wanted }) });
