// What the header says of a folder of probes.
import type { ProbeFolder } from '../../src/protocol/probes';
import { counted } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import type { Fact } from '../shared/sourceFacts';
import { runOf } from './series';

const LONGEST_NAME = 40;
/** Models that are named; more are counted. */
const MOST_NAMED = 2;

/** Name, models, kind of probe and how many there are. */
export function factsOf(folder: ProbeFolder | undefined): Fact[] {
  if (!folder) return [];
  const { name, path, probes } = folder;
  const models = [...new Set(probes.map(runOf))];
  const kinds = [...new Set(probes.map(({ kind }) => kind))];
  const named: Fact =
    models.length <= MOST_NAMED
      ? { text: models.map((model) => cutMiddle(model, LONGEST_NAME)).join(', '), tip: models.join(', ') }
      : { text: counted(models.length, 'model'), tip: models.join(', ') };
  return [
    { text: cutMiddle(name, LONGEST_NAME), tip: path, kind: 'name' },
    ...(models.length > 0 ? [named] : []),
    ...kinds.map((text) => ({ text, tip: 'Kind of probe' })),
    { text: counted(probes.length, 'probe') },
  ];
}
