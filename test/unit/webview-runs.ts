// Runs for the tests of the run view's pure parts: as the view holds them, and as its chart shows them.
import type { RunPoints } from '../../src/protocol/runViews';
import { figureOf, type Figure, type FigureOptions } from '../../webview/run/figure';
import { RunData } from '../../webview/run/runData';
import type { ShownRun } from '../../webview/run/state';
import { makeRun, pointsOf, type RunSampleOptions } from '../webview/harness/runSample';

/** A made up run as the view holds it. */
export function shown(options: RunSampleOptions = {}, style = 0): ShownRun {
  const { snapshot, points } = makeRun(options);
  const data = new RunData(0.9);
  data.receive(points);
  return { snapshot, data, style };
}

/** Points of given losses, a step each. */
export function losses(values: number[], trainFrom = 0): RunPoints {
  const lines = values.map((loss, index) => ({
    step: trainFrom + index + 1,
    tokens: (trainFrom + index + 1) * 10,
    seconds: (trainFrom + index + 1) / 2,
    loss,
  }));
  return { ...pointsOf('/run', lines), trainFrom };
}

/** Widths as of a font in which all characters are alike. */
export const measure = (text: string): number => text.length * 6;

/** The figure of these runs, 800 by 600 pixels of steps unless the options say otherwise. */
export function figure(runs: ShownRun[], options: Partial<FigureOptions> = {}): Figure {
  const plain = { width: 800, height: 600, axis: 'step', logX: false, logY: false } as const;
  return figureOf({ ...plain, runs, smoothing: 0.9, window: undefined, measure, ...options })!;
}
