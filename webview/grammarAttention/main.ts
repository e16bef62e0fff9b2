// The view of a grammar's attention statistics: messages from the host change one state, from which all is drawn.
import '@vscode/codicons/dist/codicon.css';
import '../shared/base.css';
import '../shared/data.css';
import '../shared/panes.css';
import '../shared/rowTable.css';
import './grammarAttention.css';
import type { GrammarAttention } from '../../src/protocol/grammarAttention';
import type {
  FromGrammarAttentionView,
  GrammarAttentionViewState,
  ShownHeads,
  ToGrammarAttentionView,
} from '../../src/protocol/grammarAttentionView';
import { makeCanvasSurface } from '../shared/canvasSurface';
import { copyCsv } from '../shared/clipboard';
import { make } from '../shared/elements';
import { oncePerFrame } from '../shared/frames';
import { showKeys } from '../shared/keysHelp';
import { connect } from '../shared/messenger';
import { counted } from '../shared/numbers';
import { makeProgressBar, showWaiting } from '../shared/progressBar';
import { makePictureSender } from '../shared/sendPicture';
import { interventionFacts, type Fact } from '../shared/sourceFacts';
import { onThemeChange, readColours, readFont, readLevels } from '../shared/theme';
import { startTooltips } from '../shared/tooltip';
import { makeHeader } from '../shared/viewHeader';
import { makeNotice, noticeOf } from '../shared/viewNotice';
import { csvOf } from './cells';
import { mapsDrawing } from './drawing';
import type { HeatMapLook, Place } from './drawHeatMap';
import { rowsOf, sectionsOf, type HeatMap, type Section } from './maps';
import { makeSection } from './sectionView';
import { initialState, receive, savedState, type GrammarAttentionState } from './state';
import { makeCellTable } from './table';
import { makeToolbar } from './toolbar';

const host = connect<ToGrammarAttentionView, FromGrammarAttentionView, GrammarAttentionViewState>();
const sendPicture = makePictureSender((part) => host.post(part));
const RESTING =
  'Point at a cell, or read a map with the arrow keys. Enter or a click on a row shows that head.';

let state = initialState(host.saved());
let colours = readColours();
let levels = readLevels();
let sections: Section[] = [];
let sectionsFor: { statistics: GrammarAttention; heads: ShownHeads } | undefined;

function change(next: GrammarAttentionState): void {
  const saved = savedState(next);
  if (JSON.stringify(saved) !== JSON.stringify(savedState(state))) host.save(saved);
  state = next;
  drawSoon(undefined);
}

const refresh = (): void => host.post({ type: 'refresh' });
const showHeads = (heads: ShownHeads): void => change({ ...state, heads });

function titleOf({ strings, grammar, terminals, modelName }: GrammarAttention): string {
  return `${modelName}: attention over ${counted(strings, 'string')} of ${grammar}, ${counted(terminals, 'terminal')}`;
}

function save(kind: 'svg' | 'png'): void {
  const { statistics } = state;
  if (!statistics) return;
  const pen = makeCanvasSurface(document.createElement('canvas').getContext('2d')!, readFont());
  const drawing = mapsDrawing(titleOf(statistics), sections, look(), pen.measure);
  void sendPicture(drawing, kind, `attention-statistics.${kind}`);
}

const app = make('main', { class: 'grammar-attention' });
const progress = makeProgressBar('Reading strings');
const header = makeHeader({ refresh, wholeText: () => undefined });
const toolbar = makeToolbar({
  showHeads,
  readStrings: (strings) => host.post({ type: 'change', strings }),
  showTable: (table) => change({ ...state, table }),
  menu: () => [
    { label: 'Copy All Heads as CSV', run: () => state.statistics && copyCsv(csvOf(state.statistics)) },
    { label: 'Save as SVG…', run: () => save('svg') },
    { label: 'Save as PNG…', run: () => save('png') },
  ],
});
const notice = makeNotice(
  {
    command: 'subtext.showGrammarAttention',
    title: 'Show Attention Statistics of a Grammar…',
    failed: 'The strings could not be read.',
    noMatch: '',
  },
  { run: (command) => host.post({ type: 'run', command }), refresh, clearFilter: () => undefined },
);
const readout = make('div', { class: 'map-readout', attributes: { 'aria-live': 'polite' } });
const actions = {
  point(map: HeatMap, place: Place | undefined): void {
    readout.textContent = place ? wordsOf(map, place) : RESTING;
  },
  choose(map: HeatMap, { row }: Place): void {
    const { statistics } = state;
    const isByHead = sections.some(({ byHead, maps }) => byHead && maps.includes(map));
    if (!statistics || !isByHead) return;
    showHeads({ layer: Math.floor(row / statistics.heads), head: row % statistics.heads });
  },
};
const views = [0, 1, 2, 3].map(() => makeSection(actions));
const maps = make('div', { class: 'statistics' }, ...views.map(({ element }) => element));
const table = makeCellTable();

function wordsOf(map: HeatMap, { row, column }: Place): string {
  return `${map.words(row, column)} · ${counted(map.pairs(row, column), 'pair')}`;
}

function look(): HeatMapLook {
  const { statistics, heads } = state;
  const marked = statistics && heads.layer !== undefined ? rowsOf(statistics, heads) : [];
  return { colours, levels, marked };
}

function draw(): void {
  const { status, statistics, heads } = state;
  showWaiting(app, progress, status);
  app.classList.toggle('stale', status.phase === 'loading');
  header.render(facts());
  toolbar.render(state);
  notice.render(noticeOf(status, statistics !== undefined), status, false);
  maps.hidden = readout.hidden = statistics === undefined || state.table;
  table.element.hidden = statistics === undefined || !state.table;
  if (!statistics) return;
  if (sectionsFor?.statistics !== statistics || sectionsFor.heads !== heads) {
    sectionsFor = { statistics, heads };
    sections = sectionsOf(statistics, heads);
    table.show(sections);
  }
  if (state.table || maps.clientWidth === 0) return;
  const style = getComputedStyle(views[0].element);
  const width = maps.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  for (const [index, section] of sections.entries()) {
    views[index].show(section, width, section.byHead ? look() : { colours, levels });
  }
}
const drawSoon = oncePerFrame(draw);

function facts(): Fact[] {
  const { status, question, statistics } = state;
  const grammar = statistics?.grammar ?? question?.grammar.split(/[/\\]/).at(-1);
  return [
    ...(grammar === undefined ? [] : [{ text: grammar, tip: question?.grammar, kind: 'name' as const }]),
    ...(statistics
      ? [{ text: counted(statistics.strings, 'string') }, { text: counted(statistics.terminals, 'terminal') }]
      : []),
    ...[status.model, status.engine].flatMap((text) => (text === undefined ? [] : [{ text }])),
    ...interventionFacts(statistics?.interventions),
    ...(statistics?.learned === 'distance'
      ? [
          {
            text: 'attention by distance alone',
            tip: 'Its heads look at distances alone: what is left beyond the mean comes from where a row of the pattern ends.',
            kind: 'note' as const,
          },
        ]
      : []),
  ];
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target } = event;
  if (target instanceof Element && target.closest('vscode-dropdown, .menu')) return;
  if (event.key === 'Escape' && state.heads.layer !== undefined) showHeads({});
  else if (event.key === '?') {
    showKeys([
      { keys: ['↑', '↓', '←', '→'], does: 'Move over a map' },
      { keys: ['Home', 'End'], does: 'First and last column' },
      { keys: ['Enter'], does: 'Show the head of this row' },
      { keys: ['Esc'], does: 'Show the mean of all heads' },
      { keys: ['?'], does: 'Show these keys' },
    ]);
  } else return;
  event.preventDefault();
});
onThemeChange(() => {
  colours = readColours();
  levels = readLevels();
  drawSoon(undefined);
});

app.append(progress.element, header.element, toolbar.element, notice.element, maps, table.element, readout);
document.body.append(app);
readout.textContent = RESTING;
startTooltips();
draw();
new ResizeObserver(() => drawSoon(undefined)).observe(maps);
host.listen((message) => change(receive(state, message)));
host.post({ type: 'ready' });
