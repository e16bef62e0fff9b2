// The run view: messages from the host and choices of the user change one state, every part draws itself from it.
// Points are kept apart from the state, in one growing store per run.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/panes.css';
import '../shared/rowTable.css';
import '../shared/legend.css';
import '../shared/readout.css';
import './run.css';
import './chart.css';
import './lists.css';
import type { FromRunView, RunViewState, ToRunView } from '../../src/protocol/runViews';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import type { PictureKind } from '../shared/chartButtons';
import { makeKeeper } from '../shared/keeper';
import { showKeysOnKey } from '../shared/keysHelp';
import { makeLegend } from '../shared/legend';
import { connect } from '../shared/messenger';
import { makeProgressBar } from '../shared/progressBar';
import { makeFileSender } from '../shared/sendPicture';
import { makeSplitter } from '../shared/splitter';
import { startTooltips } from '../shared/tooltip';
import { makeChart, type ChartInput } from './chart';
import { csvParts } from './csv';
import { stepOf } from './facts';
import { wholeOf } from './figure';
import { makeHeader } from './header';
import { normalise } from './incoming';
import { keyHelp } from './keys';
import { entriesOf, legendNote } from './legend';
import { makeNotice } from './notice';
import { RunData } from './runData';
import { makeSamples } from './samples';
import { drawingOf } from './saving';
import { within, type Interval } from '../shared/scale';
import {
  initialState,
  isHidden,
  receive,
  savedState,
  toggleHidden,
  withSettings,
  type RunsState,
  type Settings,
  type ShownRun,
} from './state';
import { makeTable } from './table';
import { onThemeChange, readColours, readFont } from '../shared/theme';
import { makeToolbar } from './toolbar';

const host = connect<ToRunView, FromRunView, RunViewState>();
let state = initialState(host.saved());
const keep = makeKeeper(savedState(state), (kept) => host.save(kept));
const points = new Map<string, RunData>();
let colours = readColours();

function change(next: RunsState): void {
  state = next;
  keep(savedState(next));
  for (const data of points.values()) data.smooth(next.settings.smoothing);
  draw(undefined);
}

const set = (settings: Partial<Settings>): void => change(withSettings(state, settings));

/** The runs whose lines are drawn, in the order shown. */
function visible(): ShownRun[] {
  return (state.runs ?? []).flatMap((snapshot) => {
    const data = points.get(snapshot.directory);
    if (!data || isHidden(state, snapshot.directory)) return [];
    return [{ snapshot, data, style: state.styles[snapshot.directory] }];
  });
}

function zoom(window: Interval | undefined): void {
  const { axis, logX } = state.settings;
  const whole = wholeOf(visible(), axis, logX);
  change({ ...state, window: window && whole && within(window, whole, logX) });
  chart.expect(inputOf(visible()));
}

function inputOf(runs: readonly ShownRun[]): ChartInput {
  const { axis, logX, logY, smoothing } = state.settings;
  return { runs, axis, logX, logY, smoothing, window: state.window };
}

const sender = makeFileSender((part) => host.post(part));

function save(kind: PictureKind): void {
  const runs = visible();
  const title = runs.map(({ snapshot }) => snapshot.name).join(', ');
  const name = `${runs[0]?.snapshot.name ?? 'runs'}.${kind}`;
  if (kind === 'csv') {
    void sender.sendText(csvParts(runs), name);
    return;
  }
  const drawing = drawingOf({
    input: inputOf(runs),
    legend: entriesOf(state, colours.kind),
    title: runs.length === 1 ? title : `${runs.length} runs`,
    colours,
    ...chart.size(),
  });
  void sender.sendPicture(drawing, kind, name);
}

const openCheckpoint = (directory: string, step: number | 'final'): void =>
  host.post({ type: 'openCheckpoint', directory, step });
const control = (directory: string, request: 'pause' | 'resume' | 'cancel'): void =>
  host.post({ type: 'control', directory, request });
const run = (command: Extract<FromRunView, { type: 'run' }>['command']): void =>
  host.post({ type: 'run', command });

const app = make('main', { class: 'run-view' });
const progress = makeProgressBar('Training');
const header = makeHeader({
  control,
  openCheckpoint,
  run,
  show: (runs) => host.post({ type: 'show', runs }),
});
const toolbar = makeToolbar({ set, resetZoom: () => zoom(undefined), save });
const notice = makeNotice({
  run,
  resume: (directory) => control(directory, 'resume'),
  openRecipe: (directory) => host.post({ type: 'openRecipe', directory }),
  showAll: () => set({ hidden: undefined }),
});
const legend = makeLegend((directory) => change(toggleHidden(state, directory)));
const chart = makeChart({
  zoom,
  openCheckpoint: (step) => {
    const first = visible().at(0);
    if (first) openCheckpoint(first.snapshot.directory, step);
  },
});
const table = makeTable();
const samples = makeSamples();
const splitter = makeSplitter({
  pane: samples.element,
  label: 'Height of the samples',
  smallest: { pane: 44, above: 240 },
  onChange: (samplesHeight) => set({ samplesHeight }),
});

/** What was drawn last, kept while the points of other runs are read. */
let drawn: ShownRun[] = [];
let chartInput = inputOf(drawn);

const draw = oncePerFrame(() => {
  const now = visible();
  const first = state.runs?.[0];
  const data = first && points.get(first.directory);
  const isReading = state.runs?.some((each) => each.isReading) ?? false;
  const isOld = isReading && drawn.length > 0 && !hasAny(now);
  if (!isOld) {
    drawn = now;
    chartInput = inputOf(now);
  }
  const hasPoints = hasAny(drawn);
  const { table: asTable } = state.settings;
  showProgress(isReading);
  app.classList.toggle('stale', isReading);
  app.classList.toggle('empty', !hasPoints);
  app.classList.toggle('as-table', asTable);
  app.classList.toggle('sized', state.settings.samplesHeight !== undefined);
  app.ariaBusy = String(state.runs === undefined || isReading);
  header.render(state, data);
  toolbar.render(state);
  notice.render(state, hasPoints);
  if (!isOld) {
    const entries = entriesOf(state, colours.kind);
    legend.render(entries, colours.kind, legendNote(entries));
    samples.show(first?.samples);
  }
  splitter.element.hidden = samples.element.hidden;
  if (asTable) table.show(drawn);
  else chart.render(chartInput, colours);
});

function hasAny(runs: readonly ShownRun[]): boolean {
  return runs.some(({ data }) => !data.isEmpty);
}

function showProgress(isReading: boolean): void {
  const first = state.runs?.[0];
  if (!state.runs || isReading || first?.state === 'starting') progress.show(undefined);
  else if (first?.state === 'running' && first.status && first.status.steps > 0) {
    progress.show(Math.min(1, stepOf(first, points.get(first.directory)) / first.status.steps));
  } else progress.hide();
}

function receiveMessage(message: ToRunView): void {
  switch (message.type) {
    case 'runs': {
      const next = receive(state, message);
      for (const directory of points.keys()) if (!next.wanted.includes(directory)) points.delete(directory);
      change(next);
      break;
    }
    case 'points': {
      const { directory } = message.points;
      const data = points.get(directory) ?? new RunData(state.settings.smoothing);
      points.set(directory, data);
      data.receive(message.points);
      draw(undefined);
    }
  }
}

showKeysOnKey(keyHelp);
onThemeChange(() => {
  colours = readColours();
  chart.useFont(readFont());
  draw(undefined);
});

app.append(
  progress.element,
  header.element,
  toolbar.element,
  notice.element,
  legend.element,
  chart.element,
  table.element,
  splitter.element,
  samples.element,
);
document.body.append(app);
startTooltips();
splitter.set(state.settings.samplesHeight);
draw(undefined);
host.listen((message) => receiveMessage(normalise(message)));
host.post({ type: 'ready', runs: state.wanted });
