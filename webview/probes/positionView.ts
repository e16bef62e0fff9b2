// Accuracy by position in the pane of a probe: its chart, or a table of the same numbers.
import type { ProbePositions } from '../../src/protocol/probes';
import { make } from '../shared/elements';
import { count, exact } from '../shared/numbers';
import type { ChartColours } from '../shared/theme';
import { accuracyRange } from './figure';
import { makePanel } from './panel';
import { binName } from './positions';
import type { Series } from './series';
import { controlWords, interval, share } from './words';

export interface PositionInput {
  series: Series;
  positions: ProbePositions;
  /** Whether the numbers stand in a table. */
  asTable: boolean;
  colours: ChartColours;
}

export interface PositionView {
  element: HTMLElement;
  render(input: PositionInput | undefined): void;
  useFont(font: string): void;
  focus(): void;
}

/** Makes it; `leave` is Esc where the crosshair is gone. */
export function makePositionView(leave: () => void): PositionView {
  const readout = make('div', { class: 'readout', attributes: { 'aria-hidden': 'true' } });
  readout.hidden = true;
  const spoken = make('div', { class: 'unseen', attributes: { 'aria-live': 'polite' } });
  const panel = makePanel({ close: leave, readout, speak: (text) => (spoken.textContent = text) });
  const frame = make('div', { class: 'position-frame', attributes: { tabindex: '0' } });
  const element = make('div', { class: 'positions' });
  let shown: ProbePositions | undefined;
  return {
    element,
    render(input) {
      element.hidden = !input;
      if (!input) {
        element.replaceChildren();
        return;
      }
      const { series, positions, asTable, colours } = input;
      const content = asTable ? frame : panel.element;
      if (element.firstElementChild !== content) element.replaceChildren(content, readout, spoken);
      if (asTable && positions !== shown) frame.replaceChildren(tableOf(positions));
      if (asTable) shown = positions;
      else {
        const range = accuracyRange(series.panels);
        panel.render({ panel: series.panels[0], series, range, colours, open: undefined });
      }
    },
    useFont: panel.useFont,
    focus: () => (frame.isConnected ? frame : panel.element).focus(),
  };
}

function tableOf({ unit, bins }: ProbePositions): HTMLElement {
  const heads: [name: string, tip: string][] = [
    [unit === 'tokens' ? 'token' : 'characters', 'Position in the document, from 0'],
    ['accuracy', 'Share of the test tokens that is read right'],
    ['95%', '95 % interval of the accuracy'],
    ['majority', controlWords.majority],
    ['test tokens', 'Test tokens at these positions'],
    ['documents', 'Documents that they are of'],
  ];
  const head = heads.map(([text, tip]) => make('th', { text, tip, attributes: { scope: 'col' } }));
  const rows = bins.map((bin) => {
    const { accuracy, ci, majority, tokens, documents } = bin;
    const name = make('th', { text: binName(bin), attributes: { scope: 'row' } });
    const cells = [
      make('td', { text: share(accuracy), tip: exact(accuracy) }),
      make('td', { text: interval(ci), tip: ci.map(exact).join('–') }),
      make('td', { text: share(majority), tip: exact(majority) }),
      make('td', { text: count(tokens) }),
      make('td', { text: count(documents) }),
    ];
    return make('tr', {}, name, ...cells);
  });
  return make(
    'table',
    { attributes: { 'aria-label': 'Accuracy by position' } },
    make('thead', {}, make('tr', {}, ...head)),
    make('tbody', {}, ...rows),
  );
}
