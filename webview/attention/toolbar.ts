// How the heads are ordered and which are shown, and what they are compared with.
import {
  PATTERN_NAMES,
  type HeadKind,
  type HeadScore,
  type PatternQuestion,
} from '../../src/protocol/attention';
import { PATTERN_TITLES } from '../../src/protocol/attentionView';
import { makeDropdown, makeIconButton, type Choice } from '../shared/controls';
import { make } from '../shared/elements';
import { makeFilterField } from '../shared/filterField';
import { openMenu, type MenuItem } from '../shared/menu';
import { makeToggle } from '../shared/toggle';
import { countOf } from './facts';
import { rowsOf } from './order';
import { kindWords, rankingScores, scoreNames, scoreWords } from './scores';
import type { AttentionState, Settings } from './state';

export interface ToolbarActions {
  set: (settings: Partial<Settings>) => void;
  hideSink: (hidden: boolean) => void;
  /** Compares all heads with a pattern; null ends the comparison. */
  search: (pattern: PatternQuestion | null) => void;
  /** Begins to draw a pattern. */
  draw: () => void;
  /** Esc in the empty filter, or Enter or arrow down in it. */
  leaveFilter: () => void;
}

export interface Toolbar {
  element: HTMLElement;
  render(state: AttentionState): void;
  focusFilter(): void;
}

/** Among the scores, that which heads are compared by. */
const RANKING = 'ranking';

/** Makes the toolbar. */
export function makeToolbar(actions: ToolbarActions): Toolbar {
  const score = makeDropdown('Score', (value) => {
    if (value === RANKING) actions.set({ order: 'ranking' });
    else actions.set({ score: value as HeadScore, ...(isRanked(now) && { order: 'score' }) });
  });
  const sort = makeToggle('Sort', 'Highest score first', (pressed) =>
    actions.set({ order: pressed ? 'score' : 'place' }),
  );
  const kind = makeDropdown('Kind', (value) =>
    actions.set({ kind: value === '' ? undefined : (value as HeadKind) }),
  );
  const field = makeFilterField({
    label: 'Filter heads',
    onInput: (filter) => actions.set({ filter }),
    leave: actions.leaveFilter,
  });
  const sink = makeToggle(
    'Hide sink',
    'Leave out attention to special tokens and the first token: pictures, maps and scores without it',
    actions.hideSink,
  );
  let now: AttentionState | undefined;
  const compare = makeIconButton('search', 'Find Heads by Pattern…', () =>
    openMenu(compare.element, patternItems(now, actions)),
  );
  compare.element.ariaHasPopup = 'menu';
  const counter = make('div', { class: 'counter', attributes: { role: 'status' } });
  const element = make(
    'div',
    { class: 'toolbar', attributes: { role: 'toolbar', 'aria-label': 'Heads' } },
    score.element,
    sort.element,
    kind.element,
    field.element,
    sink.element,
    compare.element,
    counter,
  );

  return {
    element,
    focusFilter: () => field.focus(),
    render(state) {
      const { grid, settings } = state;
      now = state;
      score.setChoices(scoresIn(state));
      score.setValue(isRanked(state) ? RANKING : settings.score);
      sort.set(settings.order === 'score' || isRanked(state));
      kind.setChoices([{ value: '', label: 'All kinds' }, ...kindsOf(state)]);
      kind.setValue(settings.kind ?? '');
      field.setValue(settings.filter);
      sink.set(settings.hideSink);
      for (const control of [score, kind, field, compare]) control.setEnabled(grid !== undefined);
      const shown = grid ? countOf(rowsOf(state).length, grid.kinds.length) : '';
      if (counter.textContent !== shown) counter.textContent = shown;
    },
  };
}

/** Whether the heads stand in the order of a comparison. */
function isRanked(state: AttentionState | undefined): boolean {
  return state?.settings.order === 'ranking' && state.ranking?.answer !== undefined;
}

/** The scores; before them that of the comparison, while there is one. */
function scoresIn({ ranking }: AttentionState): Choice[] {
  const scores = scoreNames.map((value) => ({ value, ...scoreWords[value] }));
  return ranking?.answer ? [{ value: RANKING, ...rankingScores[ranking.kind] }, ...scores] : scores;
}

/** The kinds that occur, and the one that is chosen. */
function kindsOf({ grid, settings }: AttentionState): Choice[] {
  const there = new Set(grid?.kinds ?? []);
  if (settings.kind) there.add(settings.kind);
  return (Object.keys(kindWords) as HeadKind[])
    .filter((value) => there.has(value))
    .map((value) => ({ value, ...kindWords[value] }));
}

function patternItems(state: AttentionState | undefined, actions: ToolbarActions): MenuItem[] {
  const ranking = state?.ranking;
  const chosen = ranking?.kind === 'pattern' && 'name' in ranking.pattern ? ranking.pattern.name : undefined;
  return [
    ...PATTERN_NAMES.map((name) => ({
      label: PATTERN_TITLES[name],
      checked: name === chosen,
      run: () => actions.search({ name }),
    })),
    { label: 'Draw a Pattern…', startsGroup: true, run: actions.draw },
    ...(ranking ? [{ label: 'End the Comparison', run: () => actions.search(null) }] : []),
  ];
}
