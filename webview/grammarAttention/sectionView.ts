// A statistic on the page: its title, how it is to be read, and its maps.
import { make } from '../shared/elements';
import type { CellSize, HeatMapLook } from './drawHeatMap';
import { makeHeatMap, type HeatMapActions, type HeatMapView } from './heatMap';
import type { Section } from './maps';

export interface SectionView {
  element: HTMLElement;
  /** @param width pixels that the section has */
  show(section: Section, width: number, look: HeatMapLook): void;
}

/** Makes an empty section. */
export function makeSection(actions: HeatMapActions): SectionView {
  const title = make('h2');
  const explanation = make('p', { class: 'quiet' });
  const body = make('div', { class: 'section-maps' });
  const element = make('section', { class: 'statistic' }, title, explanation, body);
  const maps: HeatMapView[] = [];
  return {
    element,
    show(section, width, look) {
      title.textContent = section.title;
      explanation.textContent = section.explanation;
      while (maps.length < section.maps.length) {
        const map = makeHeatMap(actions);
        maps.push(map);
        body.append(map.element);
      }
      const sizeOf = section.byHead ? headCells : panelCells;
      for (const [index, map] of maps.entries()) {
        map.element.hidden = index >= section.maps.length;
        if (index < section.maps.length) map.show(section.maps[index], width, sizeOf, look);
      }
    },
  };
}

/** Cells of maps with a row for each head: all fit into some hundred pixels, a model of 144 heads too. */
export function headCells(width: number, rows: number): CellSize {
  return {
    width: Math.max(4, Math.min(56, Math.floor(width))),
    height: rows <= 24 ? 20 : Math.max(5, Math.floor(480 / rows)),
  };
}

/** Cells of the small maps, several of which stand side by side. */
export function panelCells(width: number): CellSize {
  return { width: Math.max(16, Math.min(44, Math.floor(width))), height: 20 };
}
