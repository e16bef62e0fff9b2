// The text with lines from one token to what it attends to (solid) and from what attends to it (dashed).
import type { AttentionGrid, LinkedTokens } from '../../src/protocol/attention';
import { paint, rangeOf } from '../shared/colours';
import { make, makeSvg } from '../shared/elements';
import { count, exact } from '../shared/numbers';
import { plain, running } from '../shared/pieces';
import { tokenOf, writePiece, type TokenLinks } from '../shared/tokens';
import { rampOf } from './palette';
import type { AttentionState } from './state';

/** Tokens that are shown at once: those around the one in focus. */
const MOST_TOKENS = 2000;
/** Lines in each direction; weaker tokens are only coloured. */
const MOST_LINES = 16;

export interface TextViewActions {
  /** The pointer or the keyboard is on a token. */
  point: (token: number | null) => void;
  pin: (token: number | null) => void;
}

export interface TextView {
  element: HTMLElement;
  render(state: AttentionState): void;
}

/** Makes the text. */
export function makeTextView(links: TokenLinks, actions: TextViewActions): TextView {
  const overlay = makeSvg('svg', { class: 'text-lines', 'aria-hidden': 'true' });
  const words = make('div', { class: 'text-tokens' });
  const note = make('div', { class: 'quiet text-note' });
  const sheet = make('div', { class: 'text-sheet' }, words, overlay);
  const element = make(
    'div',
    { class: 'text-view', attributes: { tabindex: '0', role: 'group', 'aria-label': 'Tokens of the text' } },
    note,
    sheet,
  );
  let shown: { grid: AttentionGrid; start: number } | undefined;
  let spans: HTMLElement[] = [];
  let coloured: HTMLElement[] = [];
  let now: AttentionState | undefined;

  function fill(grid: AttentionGrid, around: number): void {
    const { pieces } = grid.tokens;
    const last = Math.max(0, pieces.length - MOST_TOKENS);
    const isThere = shown?.grid === grid && around >= shown.start && around < shown.start + MOST_TOKENS;
    if (isThere) return;
    const start = Math.max(0, Math.min(last, around - MOST_TOKENS / 2));
    shown = { grid, start };
    spans = pieces.slice(start, start + MOST_TOKENS).map((piece, index) => {
      const span = make('span', { class: 'token' });
      writePiece(span, running(piece));
      links.set(span, start + index);
      return span;
    });
    const content = spans.flatMap((span, index) =>
      /\n/.test(pieces[start + index]) ? [span, make('br')] : [span],
    );
    words.replaceChildren(...content);
    coloured = [];
    note.hidden = pieces.length <= MOST_TOKENS;
    note.textContent = `Tokens ${count(start)} to ${count(start + spans.length - 1)} of ${count(pieces.length)}`;
  }

  function draw(): void {
    overlay.replaceChildren();
    for (const span of coloured) {
      delete span.dataset['level'];
      delete span.dataset['tip'];
      span.classList.remove('focused');
    }
    coloured = [];
    if (!now?.grid || now.focus.token === null || element.hidden) return;
    const { grid, focus, settings } = now;
    const own = spanOf(focus.token!);
    if (own) {
      own.classList.add('focused');
      coloured.push(own);
    }
    if (!focus.links || focus.links.token !== focus.token) return;
    overlay.setAttribute('width', String(sheet.clientWidth));
    overlay.setAttribute('height', String(sheet.clientHeight));
    const sink = new Set(settings.hideSink ? grid.sinkTokens : []);
    const { sources, destinations } = focus.links;
    const range = Math.max(
      rangeOf(sources.values.filter((_, place) => !sink.has(sources.tokens[place]))),
      rangeOf(destinations.values),
    );
    drawLinks(destinations, -1, range, own, () => true);
    drawLinks(sources, 1, range, own, (token) => !sink.has(token));
  }

  function drawLinks(
    { tokens, values }: LinkedTokens,
    sign: 1 | -1,
    range: number,
    own: HTMLElement | undefined,
    isShown: (token: number) => boolean,
  ): void {
    tokens.forEach((token, place) => {
      const span = spanOf(token);
      if (!span || !isShown(token)) return;
      const value = values[place];
      paint(span, sign * value, range);
      span.dataset['tip'] = `${sign > 0 ? 'attended to' : 'attends to it'}: ${exact(value)}`;
      coloured.push(span);
      if (!own || span === own || place >= MOST_LINES) return;
      const path = curve(sheet.getBoundingClientRect(), own, span);
      const opacity = rampOf(value, range).toFixed(2);
      overlay.append(
        makeSvg('path', { class: sign > 0 ? 'to' : 'from', d: path, 'stroke-opacity': opacity }),
      );
    });
  }

  function spanOf(token: number): HTMLElement | undefined {
    return spans[token - (shown?.start ?? 0)];
  }

  element.addEventListener('pointerover', ({ target }) => {
    const token = tokenOf(target);
    if (token !== null) actions.point(token);
  });
  element.addEventListener('pointerleave', () => actions.point(null));
  element.addEventListener('click', ({ target }) => {
    const token = tokenOf(target);
    if (token === null || !now) return;
    actions.pin(now.focus.pinned && now.focus.token === token ? null : token);
  });
  element.addEventListener('keydown', (event) => {
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (direction === 0 || !now?.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = now.grid.tokens.pieces.length - 1;
    const next = Math.max(0, Math.min(last, (now.focus.token ?? -1) + direction));
    event.preventDefault();
    actions.point(next);
    spanOf(next)?.scrollIntoView({ block: 'nearest' });
  });
  element.addEventListener('blur', () => actions.point(null));
  new ResizeObserver(draw).observe(sheet);

  return {
    element,
    render(state) {
      const before = now;
      now = state;
      if (!state.grid || element.hidden) return;
      fill(state.grid, state.focus.token ?? shown?.start ?? 0);
      const { grid, focus, settings } = state;
      const isSame =
        before?.grid === grid &&
        before.focus.links === focus.links &&
        before.focus.token === focus.token &&
        before.settings.hideSink === settings.hideSink &&
        before.settings.picture === settings.picture;
      if (!isSame) draw();
      element.ariaDescription = focus.token === null ? null : plain(grid.tokens.pieces[focus.token]);
    },
  };
}

/** From one token to another, above the line on the same line and bowed sideways between lines. */
function curve(sheet: DOMRect, from: HTMLElement, to: HTMLElement): string {
  const [one, other] = [boxOf(from), boxOf(to)];
  const middle = ({ left, width }: DOMRect): number => left - sheet.left + width / 2;
  const [x1, x2] = [middle(one), middle(other)].map(Math.round);
  if (Math.abs(one.top - other.top) < 2) {
    const y = Math.round(one.top - sheet.top) + 2;
    const lift = Math.min(16, 4 + Math.abs(x2 - x1) / 12);
    return `M${x1} ${y}Q${(x1 + x2) / 2} ${y - lift} ${x2} ${y}`;
  }
  const isBelow = other.top > one.top;
  const y1 = Math.round((isBelow ? one.bottom : one.top) - sheet.top);
  const y2 = Math.round((isBelow ? other.top : other.bottom) - sheet.top);
  const bow = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${bow} ${x2} ${bow} ${x2} ${y2}`;
}

/** The widest part of a token: the blank before its word may stand at the end of the line before. */
function boxOf(element: HTMLElement): DOMRect {
  const boxes = [...element.getClientRects()];
  return boxes.reduce((best, box) => (box.width > best.width ? box : best), boxes[0]);
}
