// What the header says of folders of probes.
import type { ProbeFolder } from '../../src/protocol/probes';
import { counted } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import type { Fact } from '../shared/sourceFacts';
import { folderNames, type ChartProbe } from './probes';

const LONGEST_NAME = 40;
/** Folders or models that are named; more are counted. */
const MOST_NAMED = 2;

/** Folders, models, kinds of probe and how many there are. */
export function factsOf(folders: readonly ProbeFolder[], probes: readonly ChartProbe[]): Fact[] {
  if (folders.length === 0) return [];
  const paths = folders.map(({ path }) => path).join('\n');
  const models = [...new Set(probes.map(({ run }) => run))];
  const kinds = [...new Set(probes.map(({ kind }) => kind))];
  return [
    { ...named(folderNames(folders), 'folder', paths), kind: 'name' },
    ...(models.length > 0 ? [named(models, 'model', models.join(', '))] : []),
    ...kinds.map((text) => ({ text, tip: 'Kind of probe' })),
    { text: counted(probes.length, 'probe') },
  ];
}

function named(names: readonly string[], word: string, tip: string): Fact {
  if (names.length > MOST_NAMED) return { text: counted(names.length, word), tip };
  return { text: names.map((name) => cutMiddle(name, LONGEST_NAME)).join(', '), tip };
}
