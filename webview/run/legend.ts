// The names beside their lines: of one run its two losses, of several the runs, each of which can be hidden.
import { make, makeSvg } from '../shared/elements';
import { cutMiddle } from '../shared/pieces';
import { validationStyle, type ChartColours } from './draw';
import { runStyle, type RunStyle } from './palette';
import { isHidden, type RunsState } from './state';
import { corners, type Surface } from './surface';

export interface LegendEntry {
  label: string;
  style: RunStyle;
  line: boolean;
  mark: boolean;
  /** The run that the entry stands for, where there are several. */
  directory?: string;
  isHidden: boolean;
}

const LONGEST_LABEL = 40;

/** The entries for the runs of a state. */
export function entriesOf(state: RunsState, kind: ChartColours['kind']): LegendEntry[] {
  const { runs = [], styles } = state;
  if (runs.length === 1) {
    const number = styles[runs[0].directory];
    const train = {
      label: 'training',
      style: runStyle(number, kind),
      line: true,
      mark: false,
      isHidden: false,
    };
    const validation = {
      style: validationStyle(number, true, kind),
      line: true,
      mark: true,
      isHidden: false,
    };
    return [train, { label: 'validation', ...validation }];
  }
  return runs.map(({ name, directory }) => ({
    label: name,
    style: runStyle(styles[directory], kind),
    line: true,
    mark: true,
    directory,
    isHidden: isHidden(state, directory),
  }));
}

export interface Legend {
  element: HTMLElement;
  render(state: RunsState, kind: ChartColours['kind']): void;
}

/** Makes the legend. */
export function makeLegend(toggle: (directory: string) => void): Legend {
  const element = make('div', { class: 'legend', attributes: { role: 'group', 'aria-label': 'Lines' } });
  let shown = '';
  return {
    element,
    render(state, kind) {
      const entries = entriesOf(state, kind);
      element.hidden = entries.length === 0;
      const signature = JSON.stringify([entries, kind]);
      if (signature === shown) return;
      shown = signature;
      const focused = element.querySelector<HTMLElement>(':focus')?.dataset['directory'];
      element.replaceChildren(...entries.map((entry) => showEntry(entry, toggle)));
      if (entries.length > 1 && entries[0].directory !== undefined) {
        element.append(make('span', { class: 'legend-note', text: 'lines: training · marks: validation' }));
      }
      if (focused !== undefined) {
        element.querySelector<HTMLElement>(`[data-directory="${CSS.escape(focused)}"]`)?.focus();
      }
    },
  };
}

function showEntry(entry: LegendEntry, toggle: (directory: string) => void): HTMLElement {
  const { label, directory } = entry;
  const text = make('span', { text: cutMiddle(label, LONGEST_LABEL) });
  if (directory === undefined) return make('span', { class: 'legend-entry' }, swatchOf(entry), text);
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
  button.dataset['directory'] = directory;
  button.addEventListener('click', () => toggle(directory));
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
