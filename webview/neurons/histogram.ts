// How a neuron's activations are spread over the text: bars over 50 bins, or the same as a table.
import { max } from 'd3-array';
import { scaleLinear, scaleSymlog } from 'd3-scale';
import type { NeuronTable } from '../../src/protocol/types';
import { make, makeSvg } from '../shared/elements';
import { counted, exact, significant } from '../shared/numbers';
import { binsOf, type Bin } from './bins';

const HEIGHT = 56;

export interface Histogram {
  element: HTMLElement;
  show(table: NeuronTable, values: Float32Array): void;
  clear(): void;
  /** Whether it is a table now. */
  asTable: boolean;
  /** Rows with a head, for CSV. */
  rows(): (string | number)[][];
}

/** Makes an empty histogram. */
export function makeHistogram(): Histogram {
  const element = make('div', { class: 'histogram' });
  let bins: Bin[] = [];
  let asTable = false;
  let width = 0;

  function draw(): void {
    if (bins.length === 0 || width === 0) element.replaceChildren();
    else
      element.replaceChildren(...(asTable ? [tableOf(bins)] : [chartOf(bins, width), axisOf(bins, width)]));
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
      bins = binsOf(values.subarray(table.scope.start, table.scope.end));
      draw();
    },
    clear() {
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
    rows: () => [['from', 'to', 'tokens'], ...bins.map(({ from, to, tokens }) => [from, to, tokens])],
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

function tableOf(bins: Bin[]): HTMLElement {
  const rows = bins
    .filter(({ tokens }) => tokens > 0)
    .map(({ from, to, tokens }) =>
      make(
        'tr',
        {},
        make('td', { text: significant(from), tip: exact(from) }),
        make('td', { text: significant(to), tip: exact(to) }),
        make('td', { text: String(tokens) }),
      ),
    );
  const head = ['From', 'To', 'Tokens'].map((text) => make('th', { text, attributes: { scope: 'col' } }));
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows));
}

function describe({ from, to, tokens }: Bin): string {
  const range = from === to ? exact(from) : `${exact(from)} to ${exact(to)}`;
  return `${range}: ${counted(tokens, 'token')}`;
}
