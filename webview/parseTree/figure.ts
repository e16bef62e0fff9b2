// The figure on the page: a canvas as wide as the view over a scroller as wide as the string, pointer and keys on it.
import { makeCanvasSurface } from '../shared/canvasSurface';
import { make } from '../shared/elements';
import { fitCanvas } from '../shared/fitCanvas';
import { oncePerFrame } from '../shared/frames';
import { onThemeChange, readColours, readFont } from '../shared/theme';
import { drawFigure, longestWord, type FigureColours } from './drawing';
import { layoutOf, placeAt, type Layout } from './layout';
import { placeAfter, shownRows, type Place, type TreeState } from './state';
import { placeWords, summaryOf } from './words';

export interface Figure {
  element: HTMLElement;
  render(state: TreeState): void;
}

export interface FigureActions {
  /** The pointer or the keys are at a place, or left. */
  point(place: Place | null): void;
  /** Shows a token in the editor. */
  reveal(token: number): void;
}

const COLOURS = 6;

/** The theme's colours for the figure. */
export function figureColours(): FigureColours {
  const style = getComputedStyle(document.body);
  const variable = (name: string): string => style.getPropertyValue(`--vscode-${name}`).trim();
  const colours = readColours();
  const levels = Array.from({ length: COLOURS }, (_, index) => variable(`subtext-treeLevel${index + 1}`));
  return {
    ...colours,
    levels: (level) => levels[(level - 2) % COLOURS] || colours.foreground,
    error: variable('errorForeground') || colours.foreground,
    contrast: document.body.matches('.vscode-high-contrast, .vscode-high-contrast-light'),
  };
}

/** Makes an empty figure. */
export function makeFigure(actions: FigureActions): Figure {
  const canvas = make('canvas');
  const room = make('div', { class: 'room' }, canvas);
  const element = make(
    'div',
    { class: 'figure', attributes: { tabindex: '0', role: 'application', 'aria-label': 'Parse trees' } },
    room,
  );
  const context = canvas.getContext('2d')!;
  const surface = makeCanvasSurface(context, readFont());
  let state: TreeState | undefined;
  let layout: Layout = layoutOf(0, 0, 0, 0);
  let byKeys = false;
  let colours = figureColours();
  let shownString = '';

  const draw = oncePerFrame(() => {
    if (!state) return;
    const { clientWidth: width } = element;
    fitCanvas(canvas, width, layout.height);
    drawFigure(surface, state, layout, colours, { left: element.scrollLeft, width });
  });

  const measure = (): void => {
    if (!state) return;
    const tokens = state.tree?.string?.starts.length ?? 0;
    layout = layoutOf(tokens, shownRows(state).length, element.clientWidth, longestWord(state, surface));
    room.style.width = `${Math.max(layout.width, 1)}px`;
    room.style.height = `${layout.height}px`;
    draw(undefined);
  };

  /** Scrolls a token into sight. */
  const show = (token: number): void => {
    const left = token * layout.column;
    const room = element.clientWidth - layout.side;
    if (left < element.scrollLeft) element.scrollLeft = left - layout.column;
    else if (left + layout.column > element.scrollLeft + room)
      element.scrollLeft = left + 2 * layout.column - room;
  };

  const placeOf = ({ clientX, clientY }: PointerEvent | MouseEvent): Place | null => {
    const { left, top } = canvas.getBoundingClientRect();
    const x = clientX - left;
    if (x < layout.side) return null;
    return placeAt(layout, x + element.scrollLeft, clientY - top);
  };

  element.addEventListener('pointermove', (event) => {
    byKeys = false;
    actions.point(placeOf(event));
  });
  element.addEventListener('pointerleave', () => {
    if (!byKeys) actions.point(null);
  });
  element.addEventListener('click', (event) => {
    const place = placeOf(event);
    if (place) actions.reveal(place.token);
  });
  element.addEventListener('blur', () => actions.point(null));
  element.addEventListener('scroll', () => draw(undefined));
  element.addEventListener('keydown', (event) => {
    if (!state || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && state.at) actions.reveal(state.at.token);
    else {
      const next = placeAfter(event.key, state.at, layout.tokens, layout.rows);
      if (!next) return;
      byKeys = true;
      actions.point(next);
      show(next.token);
    }
    event.preventDefault();
  });
  new ResizeObserver(measure).observe(element);
  onThemeChange(() => {
    colours = figureColours();
    surface.useFont(readFont());
    measure();
  });

  return {
    element,
    render(next) {
      const isOther = next.tree !== state?.tree;
      const cursorMoved = next.cursor !== state?.cursor;
      state = next;
      element.hidden = !next.tree?.string || next.table;
      // A screen reader hears what the pointer or the keys are at.
      element.ariaDescription = next.at ? placeWords(next, next.at).join(', ') : summaryOf(next);
      if (isOther) {
        const string = `${next.tree?.source.uri} ${next.tree?.string?.start}`;
        if (string !== shownString) element.scrollLeft = 0;
        shownString = string;
        measure();
      } else draw(undefined);
      if (cursorMoved && next.cursor !== null) show(next.cursor);
    },
  };
}
