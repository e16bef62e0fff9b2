// Checkpoints and events in sight: where they stand, and elements over them for the pointer's tooltips and clicks.
import { make } from '../shared/elements';
import { keepChildren, type Keyed } from '../shared/keyed';
import { count } from '../shared/numbers';
import { checkpointPlaces } from './draw';
import type { Figure } from './figure';
import { placeOf } from './reading';

interface Mark extends Keyed {
  /** Undefined for an event. */
  checkpoint?: number;
  label: string;
  x: number;
  y: number;
}

export interface Marks {
  element: HTMLElement;
  /** Puts the marks over a figure; they are few. */
  show(figure: Figure | undefined): void;
}

/** Makes the marks, which stay the same elements from draw to draw. */
export function makeMarks(openCheckpoint: (step: number) => void): Marks {
  const element = make('div', { class: 'chart-targets' });
  const makeMark = ({ checkpoint }: Mark): HTMLElement => {
    if (checkpoint === undefined) {
      return make('div', { class: 'event-mark codicon codicon-warning', attributes: { role: 'img' } });
    }
    const button = make('button', {
      class: 'checkpoint',
      // The menu is the way by keyboard: a tab stop for each would be too many.
      attributes: { type: 'button', tabindex: '-1' },
    });
    button.addEventListener('click', () => openCheckpoint(checkpoint));
    return button;
  };
  return {
    element,
    show: (figure) => keepChildren(element, figure ? marksOf(figure) : [], { make: makeMark, change }),
  };
}

function change(element: HTMLElement, { label, x, y }: Mark): void {
  if (element.ariaLabel !== label) {
    element.ariaLabel = label;
    element.dataset['tip'] = label;
  }
  element.style.left = `${x}px`;
  element.style.top = `${y}px`;
}

/** The marks of a figure: checkpoints of the first run at the foot of the losses, events of all at their head. */
function marksOf(figure: Figure): Mark[] {
  const { box } = figure.panels[0];
  const checkpoints = checkpointPlaces(figure.runs[0], figure.axis, figure.x).map(({ step, at }) => ({
    // Another run's checkpoint of the same step is another one.
    key: `${figure.runs[0].snapshot.directory} ${step}`,
    checkpoint: step,
    label: `Open checkpoint of step ${count(step)}`,
    x: at,
    y: box.y + box.height,
  }));
  const events = eventPlaces(figure).map(({ key, text, at }) => ({ key, label: text, x: at, y: box.y }));
  return [...checkpoints, ...events];
}

/** Pixels around the crosshair in which an event is told. */
const EVENT_REACH = 6;

/** What happened near a pixel of the x axis. */
export function eventsNear(figure: Figure, at: number): string[] {
  return eventPlaces(figure)
    .filter((event) => Math.abs(event.at - at) <= EVENT_REACH)
    .map(({ text }) => text);
}

function eventPlaces({ runs, axis, x }: Figure): { key: string; text: string; at: number }[] {
  return runs.flatMap((run) =>
    run.snapshot.events.flatMap(({ step, text }, index) => {
      const place = placeOf(run, axis, step);
      const at = place === undefined ? NaN : x.pixel(place);
      if (!(at >= x.range[0] && at <= x.range[1])) return [];
      const name = runs.length > 1 ? `${run.snapshot.name}, ` : '';
      // Several things may happen at a step; a run only adds to its events.
      const key = `${run.snapshot.directory} event ${index}`;
      return [{ key, text: `${name}step ${count(step)}: ${text}`, at }];
    }),
  );
}
