// How a neuron's activations are spread over the text: bars over 50 bins, or a table of the tokens.
import { max } from 'd3-array';
import { scaleLinear, scaleSymlog } from 'd3-scale';
import type { NeuronTable } from '../../src/protocol/types';
import { make, makeSvg } from '../shared/elements';
import { counted, significant } from '../shared/numbers';
import type { TokenLinks } from '../shared/tokens';
import { csvOf, tableOf } from './activationTable';
import { binsOf, type Bin } from './bins';

const HEIGHT = 56;

export interface Histogram {
  element: HTMLElement;
  show(table: NeuronTable, values: Float32Array): void;
  clear(): void;
  /** Whether it is a table now. */
  asTable: boolean;
  /** A row per token with a head, for CSV. */
  rows(): (string | number)[][];
}

/** Makes an empty histogram. */
export function makeHistogram(links: TokenLinks): Histogram {
  const element = make('div', { class: 'histogram' });
  let shown: { table: NeuronTable; values: Float32Array } | undefined;
  let bins: Bin[] = [];
  let asTable = false;
  let width = 0;

  function draw(): void {
    if (!shown || bins.length === 0 || width === 0) element.replaceChildren();
    else
      element.replaceChildren(
        ...(asTable
          ? [tableOf(shown.table, shown.values, links)]
          : [chartOf(bins, width), axisOf(bins, width), scaleNote()]),
      );
  }
  new ResizeObserver(([entry]) => {
    const next = Math.floor(entry.contentRect.width);
    if (next === width) return;
    width = next;
    draw();
  }).observe(element);

  return {
    element,
    show(table, values) {
      shown = { table, values };
      bins = binsOf(values.subarray(table.scope.start, table.scope.end));
      draw();
    },
    clear() {
      shown = undefined;
      bins = [];
      draw();
    },
    get asTable() {
      return asTable;
    },
    set asTable(wanted) {
      asTable = wanted;
      draw();
    },
    rows: () => (shown ? csvOf(shown.table, shown.values) : []),
  };
}

/** Bars on whole pixels; heights are logarithmic, since nearly all tokens lie near zero. */
function chartOf(bins: Bin[], width: number): SVGSVGElement {
  const y = scaleSymlog([0, max(bins, ({ tokens }) => tokens) ?? 1], [0, HEIGHT]);
  const left = (index: number): number => Math.round((index * width) / bins.length);
  const bars = bins.flatMap(({ from, to, tokens }, index) => {
    const height = tokens === 0 ? 0 : Math.max(2, Math.round(y(tokens)));
    const place = { x: left(index), width: Math.max(1, left(index + 1) - left(index) - 1) };
    const sign = (from + to) / 2 < 0 ? 'negative' : 'positive';
    return [
      makeSvg('rect', { class: `bar ${sign}`, ...place, y: HEIGHT - height, height }),
      // The whole column answers the pointer, not only the bar.
      makeSvg('rect', {
        class: 'bar-column',
        x: left(index),
        width: left(index + 1) - left(index),
        y: 0,
        height: HEIGHT,
        'data-tip': describe({ from, to, tokens }),
      }),
    ];
  });
  const total = bins.reduce((sum, { tokens }) => sum + tokens, 0);
  const label = `Histogram of ${counted(total, 'activation')} from ${significant(bins[0].from)} to ${significant(bins.at(-1)!.to)}`;
  return makeSvg('svg', { width, height: HEIGHT, role: 'img', 'aria-label': label }, ...bars);
}

/** Labels at both ends, and at zero where it has room. */
function axisOf(bins: Bin[], width: number): HTMLElement {
  const low = bins[0].from;
  const high = bins.at(-1)!.to;
  const axis = make('div', { class: 'axis' }, make('span', { text: significant(low) }));
  if (high > low) {
    const zero = scaleLinear([low, high], [0, width])(0);
    if (zero > 48 && zero < width - 48) {
      const label = make('span', { class: 'axis-zero', text: '0' });
      label.style.left = `${zero}px`;
      axis.append(label);
    }
    axis.append(make('span', { text: significant(high) }));
  }
  return axis;
}

/** Says what the heights are. */
function scaleNote(): HTMLElement {
  return make('div', {
    class: 'scale-note',
    text: 'tokens, log scale',
    tip: 'A bar’s height is the logarithm of its number of tokens: nearly all tokens lie near zero.',
  });
}

function describe({ from, to, tokens }: Bin): string {
  const range = from === to ? significant(from) : `${significant(from)} to ${significant(to)}`;
  return `${range}: ${counted(tokens, 'token')}`;
}
