// What the view says about what it shows: the header's facts and the count of neurons.
import { count, counted } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import type { NeuronsState } from './state';

/** Characters of a name that are shown. */
const LONGEST_NAME = 40;

/** One thing that the header says. */
export interface Fact {
  text: string;
  tip?: string;
  kind?: 'name' | 'note';
}

/** What the header says, in its order. */
export function factsOf({ status, table }: NeuronsState): Fact[] {
  const facts: Fact[] = [];
  if (status.document !== undefined) facts.push(named(status.document, 'name'));
  if (table)
    facts.push({ text: tokensOf(table.tokens.pieces.length, table.selected ? table.scope : undefined) });
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

function tokensOf(length: number, scope: { start: number; end: number } | undefined): string {
  return scope
    ? `${count(scope.end - scope.start)} of ${counted(length, 'token')} selected`
    : counted(length, 'token');
}

function named(name: string, kind?: Fact['kind']): Fact {
  const text = cutMiddle(name, LONGEST_NAME);
  return { text, tip: name, kind };
}

/** '2,048 neurons', or '37 of 2,048 neurons'. */
export function countOf(shown: number, all: number): string {
  return shown === all ? counted(all, 'neuron') : `${count(shown)} of ${counted(all, 'neuron')}`;
}
