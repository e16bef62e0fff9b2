// The names beside the lines of a chart, each of which can be hidden where there are several.
import { make, makeSvg } from './elements';
import type { LineStyle } from './lineStyles';
import { cutMiddle } from './pieces';
import { corners, type Surface } from './surface';
import type { ChartColours } from './theme';

export interface LegendEntry {
  label: string;
  style: LineStyle;
  line: boolean;
  mark: boolean;
  /** Names what the entry stands for, where it can be hidden. */
  key?: string;
  isHidden: boolean;
}

const LONGEST_LABEL = 40;

export interface Legend {
  element: HTMLElement;
  /** @param note stands behind the names */
  render(entries: readonly LegendEntry[], kind: ChartColours['kind'], note?: string): void;
}

/** Makes the legend. */
export function makeLegend(toggle: (key: string) => void): Legend {
  const element = make('div', { class: 'legend', attributes: { role: 'group', 'aria-label': 'Lines' } });
  let shown = '';
  return {
    element,
    render(entries, kind, note) {
      element.hidden = entries.length === 0;
      const signature = JSON.stringify([entries, kind, note]);
      if (signature === shown) return;
      shown = signature;
      const focused = element.querySelector<HTMLElement>(':focus')?.dataset['key'];
      element.replaceChildren(...entries.map((entry) => showEntry(entry, toggle)));
      if (note !== undefined) element.append(make('span', { class: 'legend-note', text: note }));
      if (focused !== undefined) {
        element.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
      }
    },
  };
}

function showEntry(entry: LegendEntry, toggle: (key: string) => void): HTMLElement {
  const { label, key } = entry;
  const text = make('span', { text: cutMiddle(label, LONGEST_LABEL) });
  if (key === undefined) return make('span', { class: 'legend-entry' }, swatchOf(entry), text);
  const button = make(
    'button',
    {
      class: 'legend-entry',
      tip: entry.isHidden ? `Show ${label}` : `Hide ${label}`,
      attributes: { type: 'button', 'aria-pressed': String(!entry.isHidden), 'aria-label': label },
    },
    swatchOf(entry),
    text,
  );
  button.dataset['key'] = key;
  button.addEventListener('click', () => toggle(key));
  return button;
}

const SWATCH = { width: 26, height: 12 };

/** A short piece of the line with its mark. */
export function swatchOf({ style, line, mark }: Pick<LegendEntry, 'style' | 'line' | 'mark'>): SVGSVGElement {
  const middle = SWATCH.height / 2;
  const stroke = { stroke: style.colour, 'stroke-width': 1.5 };
  const parts: SVGElement[] = [];
  if (line) {
    const place = { x1: 0, x2: SWATCH.width, y1: middle, y2: middle };
    parts.push(makeSvg('line', { ...place, ...stroke, 'stroke-dasharray': style.dash.join(' ') }));
  }
  if (mark) {
    const centre = SWATCH.width / 2;
    const points = corners[style.shape].map(([x, y]) => `${centre + 3 * x},${middle + 3 * y}`).join(' ');
    parts.push(
      style.shape === 'circle'
        ? makeSvg('circle', { class: 'swatch-mark', cx: centre, cy: middle, r: 3, ...stroke })
        : makeSvg('polygon', { class: 'swatch-mark', points, ...stroke }),
    );
  }
  return makeSvg('svg', { class: 'swatch', ...SWATCH, 'aria-hidden': 'true' }, ...parts);
}

const ROW = 18;
const GAP = 16;

/** Draws the visible entries into `width` pixels and returns the height they took. */
export function drawLegend(
  surface: Surface,
  entries: readonly LegendEntry[],
  place: { x: number; y: number; width: number },
  colours: ChartColours,
): number {
  let x = place.x;
  let y = place.y + ROW / 2;
  for (const { label, style, line, mark, isHidden: hidden } of entries) {
    if (hidden) continue;
    const text = cutMiddle(label, LONGEST_LABEL);
    const width = SWATCH.width + 6 + surface.measure(text);
    if (x > place.x && x + width > place.x + place.width) {
      x = place.x;
      y += ROW;
    }
    const stroke = { colour: style.colour, width: 1.5 };
    if (line)
      surface.line({ x: [x, x + SWATCH.width], y: [y, y], length: 2 }, { ...stroke, dash: style.dash });
    if (mark) {
      const centre = { x: [x + SWATCH.width / 2], y: [y], length: 1 };
      surface.marks(style.shape, centre, 3, stroke, colours.background);
    }
    surface.text(text, x + SWATCH.width + 6, y, { colour: colours.foreground, align: 'start' });
    x += width + GAP;
  }
  return y + ROW / 2 - place.y;
}
