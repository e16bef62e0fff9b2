// The pane of the open head: its scores, and its pattern as a map, over the text, or as a table.
import type { HeadPicture } from '../../src/protocol/attentionView';
import { makeIconButton } from '../shared/controls';
import { icon, make } from '../shared/elements';
import { headHue } from '../shared/hues';
import { makeLink } from '../shared/links';
import { openMenu } from '../shared/menu';
import { activeOn, makePartMark, showPartMark } from '../shared/partMarks';
import { makePartButtons, type PostPart } from '../shared/partMenu';
import { themeKind } from '../shared/theme';
import { makeToggle } from '../shared/toggle';
import type { TokenLinks } from '../shared/tokens';
import { headAt, nameOf, partOf } from './heads';
import { makeLinkLines } from './linkLines';
import { kindWords, scoreNames, scoresOf, scoreWords, written, writtenExactly } from './scores';
import { openRow, type AttentionState, type Settings } from './state';

export interface HeadPaneActions {
  set: (settings: Partial<Settings>) => void;
  pin: (token: number | null) => void;
  close: () => void;
  reveal: (token: number) => void;
  save: (kind: 'svg' | 'png' | 'csv') => void;
  copyCsv: () => void;
  whole: () => void;
  /** Ends drawing a pattern: searches for it, or not. */
  endDrawing: (search: boolean) => void;
  part: PostPart;
}

export interface HeadPane {
  element: HTMLElement;
  render(state: AttentionState, drawn: number | undefined): void;
}

const pictures: { value: HeadPicture; label: string; tip: string }[] = [
  { value: 'map', label: 'Map', tip: 'Rows attend to columns' },
  { value: 'text', label: 'Text', tip: 'Lines from a token to what it attends to, over the text' },
  { value: 'table', label: 'Table', tip: 'What each token attends to most' },
];

/** Makes the pane around the three pictures. */
export function makeHeadPane(
  parts: Record<HeadPicture, HTMLElement>,
  links: TokenLinks,
  actions: HeadPaneActions,
): HeadPane {
  const swatch = make('span', { class: 'head-swatch', attributes: { 'aria-hidden': 'true' } });
  const name = make('span');
  const title = make('div', { class: 'head-title' }, swatch, name);
  const mark = makePartMark();
  const changes = makePartButtons('scale', actions.part);
  // A narrow pane shows the chosen score alone until it is asked for all: the picture needs the room.
  const all = makeLink('All Scores', () => showAll(!factsLine.classList.contains('all')));
  const facts = make('span', { class: 'facts-shown' });
  const factsLine = make('div', { class: 'head-facts' }, facts, all);
  const showAll = (shown: boolean): void => {
    factsLine.classList.toggle('all', shown);
    all.textContent = shown ? 'Fewer' : 'All Scores';
    all.ariaExpanded = String(shown);
  };
  all.classList.add('all-scores');
  showAll(false);
  const choices = pictures.map(({ value, label, tip }) => ({
    value,
    toggle: makeToggle(label, tip, () => actions.set({ picture: value })),
  }));
  const weighted = makeToggle(
    'Weighted',
    'Attention times the norm of what the head would write of the source (value norm)',
    (pressed) => actions.set({ weighted: pressed }),
  );
  let now: AttentionState | undefined;
  const pin = makeIconButton('pin', 'Pin Token', () => {
    if (now) actions.pin(now.focus.pinned ? null : now.focus.token);
  });
  const whole = makeIconButton('screen-full', 'Show Whole Map (0)', actions.whole);
  const more = makeIconButton('ellipsis', 'More Actions…', () =>
    openMenu(more.element, [
      { label: 'Copy as CSV', run: actions.copyCsv },
      { label: 'Save as CSV…', run: () => actions.save('csv') },
      { label: 'Save Map as SVG…', startsGroup: true, run: () => actions.save('svg') },
      { label: 'Save Map as PNG…', run: () => actions.save('png') },
    ]),
  );
  more.element.ariaHasPopup = 'menu';
  const close = makeIconButton('close', 'Close Head (Esc)', actions.close);
  const drawingWords = make('span', {});
  const find = makeIconButton('search', 'Find Heads Like This', () => actions.endDrawing(true));
  const cancel = makeIconButton('discard', 'Stop Drawing', () => actions.endDrawing(false));
  const drawing = make(
    'div',
    { class: 'drawing-bar', attributes: { role: 'status' } },
    icon('edit'),
    drawingWords,
    find.element,
    cancel.element,
  );
  const lines = makeLinkLines(links, actions.reveal);
  const element = make(
    'section',
    { class: 'head-pane', attributes: { 'aria-label': 'Open head' } },
    make(
      'div',
      { class: 'head-bar' },
      title,
      mark,
      make('div', { class: 'toggles' }, ...choices.map(({ toggle }) => toggle.element)),
      weighted.element,
      changes.element,
      make('div', { class: 'buttons' }, pin.element, whole.element, more.element, close.element),
    ),
    factsLine,
    drawing,
    parts.map,
    parts.text,
    parts.table,
    lines.element,
  );

  return {
    element,
    render(state, drawn) {
      const { grid, settings, focus } = state;
      const row = openRow(state);
      element.hidden = row < 0;
      now = state;
      if (!grid || row < 0) return;
      const kind = grid.kinds[row];
      const head = headAt(grid, row);
      swatch.style.backgroundColor = headHue(head.head, themeKind());
      name.textContent = nameOf(head);
      showPartMark(mark, activeOn(state.interventions, partOf(head)));
      changes.render(partOf(head), state.interventions);
      const scores = scoresOf(grid, settings.hideSink);
      facts.replaceChildren(
        make('span', { class: 'head-fact kind', text: kindWords[kind].label, tip: kindWords[kind].tip }),
        ...scoreNames.map((name) => {
          const { label, tip } = scoreWords[name];
          const value = scores[name][row];
          return make(
            'span',
            {
              class: name === settings.score ? 'head-fact' : 'head-fact other',
              tip: `${tip}: ${writtenExactly(value)}`,
            },
            make('span', { class: 'quiet', text: `${label} ` }),
            make('span', { class: 'number', text: written(value) }),
          );
        }),
      );
      for (const { value, toggle } of choices) {
        toggle.set(settings.picture === value);
        parts[value].hidden = settings.picture !== value;
      }
      weighted.set(settings.weighted);
      pin.set(focus.pinned ? 'pinned' : 'pin', focus.pinned ? 'Unpin Token (p)' : 'Pin Token (p)');
      pin.setEnabled(focus.pinned || focus.token !== null);
      whole.element.hidden = settings.picture !== 'map' || settings.place === undefined;
      drawing.hidden = drawn === undefined;
      drawingWords.textContent = `Drawing a pattern: ${drawn ?? 0} marked`;
      find.setEnabled((drawn ?? 0) > 0);
      lines.render(state);
    },
  };
}
