// Which names stand beside the lines: of one run its two losses, of several the runs, each of which can be hidden.
import type { LegendEntry } from '../shared/legend';
import { lineStyle } from '../shared/lineStyles';
import type { ChartColours } from '../shared/theme';
import { validationStyle } from './draw';
import { isHidden, type RunsState } from './state';

/** The entries for the runs of a state. */
export function entriesOf(state: RunsState, kind: ChartColours['kind']): LegendEntry[] {
  const { runs = [], styles } = state;
  if (runs.length === 1) {
    const number = styles[runs[0].directory];
    const train = {
      label: 'training',
      style: lineStyle(number, kind),
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
    style: lineStyle(styles[directory], kind),
    line: true,
    mark: true,
    key: directory,
    isHidden: isHidden(state, directory),
  }));
}

/** What the entries say together, of several runs. */
export function legendNote(entries: readonly LegendEntry[]): string | undefined {
  return entries.length > 1 && entries[0].key !== undefined
    ? 'lines: training · marks: validation'
    : undefined;
}
