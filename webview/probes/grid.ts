// All panels in rows, of one height that fills the view where there is room.
import { make } from '../shared/elements';
import type { ChartColours } from '../shared/theme';
import { accuracyRange } from './figure';
import { layoutOf, SMALLEST } from './layout';
import { makePanel, type PanelView } from './panel';
import type { ChartProbe } from './probes';
import type { Series } from './series';

export interface PanelGrid {
  element: HTMLElement;
  render(input: GridInput): void;
  useFont(font: string): void;
  /** Puts the keyboard on the panel of a target and level. */
  focus(result: Pick<ChartProbe, 'target' | 'level'>): void;
}

export interface GridInput {
  series: Series;
  /** Whether each panel has a y axis of its own. */
  ownScales: boolean;
  open: string | undefined;
  colours: ChartColours;
}

/** Makes the grid. */
export function makeGrid(actions: { open(result: ChartProbe): void; close(): void }): PanelGrid {
  const readout = make('div', { class: 'readout', attributes: { 'aria-hidden': 'true' } });
  readout.hidden = true;
  const spoken = make('div', { class: 'unseen', attributes: { 'aria-live': 'polite' } });
  const body = make('div', { class: 'panels' });
  const element = make(
    'section',
    { class: 'chart', attributes: { 'aria-label': 'Accuracy' } },
    body,
    readout,
    spoken,
  );
  const views = new Map<string, PanelView>();
  let shown: Series['panels'] = [];
  let opened: string | undefined;

  function arrange(): void {
    const { columns, cells } = layoutOf(shown, body.clientWidth);
    const template = `repeat(${columns}, minmax(0, 1fr))`;
    // Panels move when there are more or fewer columns; the one of the open probe stays in sight.
    if (body.style.gridTemplateColumns !== template) reveal(opened);
    body.style.gridTemplateColumns = template;
    shown.forEach(({ key }, index) => {
      const { style } = views.get(key)!.element;
      style.gridColumn = String(cells[index].column + 1);
      style.gridRow = String(cells[index].row + 1);
    });
  }
  /** Scrolls to the panel of a probe, once its pane has taken the room that it takes. */
  function reveal(id: string | undefined): void {
    const panel = shown.find(({ lines }) =>
      lines.some(({ points }) => points.some(({ result }) => result.id === id)),
    );
    if (!panel) return;
    requestAnimationFrame(() => views.get(panel.key)?.element.scrollIntoView({ block: 'nearest' }));
  }
  body.style.gridAutoRows = `minmax(${SMALLEST.height}px, 1fr)`;
  new ResizeObserver(arrange).observe(body);

  return {
    element,
    render({ series, ownScales, open, colours }) {
      const { panels } = series;
      const keys = new Set(panels.map(({ key }) => key));
      for (const [key, view] of views) {
        if (keys.has(key)) continue;
        view.element.remove();
        views.delete(key);
      }
      const common = accuracyRange(panels);
      panels.forEach((panel, index) => {
        let view = views.get(panel.key);
        if (!view) {
          view = makePanel({ ...actions, readout, speak: (text) => (spoken.textContent = text) });
          views.set(panel.key, view);
        }
        if (body.children[index] !== view.element) body.insertBefore(view.element, body.children[index]);
      });
      shown = panels;
      arrange();
      for (const panel of panels) {
        const range = ownScales ? accuracyRange([panel]) : common;
        views.get(panel.key)!.render({ panel, series, range, open, colours });
      }
      if (open !== opened) reveal(open);
      opened = open;
    },
    useFont(font) {
      for (const view of views.values()) view.useFont(font);
    },
    focus({ target, level }) {
      const panel = shown.find((each) => each.target === target && each.level === level);
      if (panel) views.get(panel.key)?.element.focus();
    },
  };
}
