// Accuracy by the position of tokens in their documents, as a chart of one panel and as rows of numbers. Pure.
import type { PositionBin, ProbePositions } from '../../src/protocol/probes';
import { count } from '../shared/numbers';
import type { ChartProbe } from './probes';
import { controlsOf, titleOf, type Series } from './series';

/** Positions of a bin, from 0: `7`, `20–29`. */
export function binName({ first, last }: PositionBin): string {
  return first === last ? count(first) : `${count(first)}–${count(last)}`;
}

/**
 * One panel with one line: in each point the probe as it does at these positions.
 * @param style of the line
 */
export function positionSeries(probe: ChartProbe, { unit, bins }: ProbePositions, style: number): Series {
  const points = bins.map((bin) => ({ x: bin.first, result: resultAt(probe, bin) }));
  const lines = points.length === 0 ? [] : [{ key: probe.id, points }];
  const { target, level, classes } = probe;
  const title = `${titleOf(probe)} by position`;
  const panel = { key: probe.id, target, level, title, classes: [classes.length], lines };
  return {
    axis: unit === 'tokens' ? 'token' : 'char',
    panels: [{ ...panel, controls: controlsOf(lines) }],
    names: [{ key: probe.id, label: 'probe', style }],
    slots: bins.map((bin) => ({ x: bin.first, label: binName(bin) })),
    extent: [bins.at(0)?.first ?? 0, bins.at(-1)?.first ?? 0],
  };
}

function resultAt(probe: ChartProbe, { tokens, documents, accuracy, ci, majority }: PositionBin): ChartProbe {
  return {
    ...probe,
    accuracy,
    ci,
    majority,
    // Of these the file has no tokens.
    random_init: null,
    random_init_ci: null,
    shuffled: null,
    shuffled_ci: null,
    n_test: tokens,
    documents_test: documents,
  };
}

/** A row for each bin. */
export function positionRows({ unit, bins }: ProbePositions): (string | number)[][] {
  const of = unit === 'tokens' ? 'token' : 'character';
  return [
    [`first_${of}`, `last_${of}`, 'accuracy', 'ci_low', 'ci_high', 'majority', 'n_test', 'documents_test'],
    ...bins.map(({ first, last, accuracy, ci, majority, tokens, documents }) => [
      ...[first, last, accuracy, ...ci, majority, tokens, documents],
    ]),
  ];
}
