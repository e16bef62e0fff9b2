// What the view says about what it shows: the header's facts and the count of neurons.
import type { NeuronTable } from '../../src/protocol/types';
import { count, counted } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { documentName, type NeuronsState } from './state';

/** Characters of a name that are shown. */
const LONGEST_NAME = 40;

/** One thing that the header says. */
export interface Fact {
  text: string;
  tip?: string;
  kind?: 'name' | 'note' | 'wholeText';
}

/** What the header says, in its order. */
export function factsOf(state: NeuronsState): Fact[] {
  const { status } = state;
  const facts: Fact[] = [];
  const table = readsAnother(state) ? undefined : state.table;
  const document = status.document ?? (table && documentName(table.source.uri));
  if (document !== undefined) facts.push(named(document, 'name'));
  if (table) facts.push(...tokensOf(table));
  else if (state.table && status.phase === 'loading') facts.push({ text: 'reading…' });
  const model = status.model ?? table?.source.modelName;
  if (model !== undefined) facts.push(named(model));
  const engine = status.engine ?? table?.source.engine;
  if (engine !== undefined) facts.push({ text: engine, tip: 'Engine' });
  const windows = table?.source.windows;
  if (windows && windows.count > 1) {
    facts.push({
      text: `${count(windows.count)} windows of ${count(windows.length)}, overlap ${count(windows.overlap)}`,
      tip: 'The text is longer than the model takes at once. Every token keeps the value of the window that saw most of the text before it.',
      kind: 'note',
    });
  }
  return facts;
}

/** Whether the status speaks of another text or model than the table, which is still the one before. */
function readsAnother({ status, table }: NeuronsState): boolean {
  if (!table || (status.phase !== 'loading' && status.phase !== 'failed')) return false;
  const { uri, modelName } = table.source;
  const otherText = status.document !== undefined && status.document !== documentName(uri);
  return otherText || (status.model !== undefined && status.model !== modelName);
}

/** How much was read; of a selection also the way back to the whole text. */
function tokensOf({ tokens, selected, scope }: NeuronTable): Fact[] {
  const all = counted(tokens.pieces.length, 'token');
  if (!selected) return [{ text: all }];
  return [
    {
      text: `selection: ${count(scope.end - scope.start)} of ${all}`,
      tip: 'Max, On and the strongest tokens are those of the selection.',
    },
    { text: 'Whole Text', tip: 'Show the neurons of the whole text', kind: 'wholeText' },
  ];
}

function named(name: string, kind?: Fact['kind']): Fact {
  const text = cutMiddle(name, LONGEST_NAME);
  return { text, tip: name, kind };
}

/** '2,048 neurons', or '37 of 2,048 neurons'. */
export function countOf(shown: number, all: number): string {
  return shown === all ? counted(all, 'neuron') : `${count(shown)} of ${counted(all, 'neuron')}`;
}
