// What the view says about what it shows: the header's facts and the count of neurons.
import type { NeuronTable } from '../../src/protocol/types';
import { count, counted } from '../shared/numbers';
import { sourceFacts, type Fact } from '../shared/sourceFacts';
import type { NeuronsState } from './state';

/** What the header says, in its order. */
export function factsOf({ status, table }: NeuronsState): Fact[] {
  return sourceFacts(status, table?.source, table ? tokensOf(table) : []);
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

/** '2,048 neurons', or '37 of 2,048 neurons'. */
export function countOf(shown: number, all: number): string {
  return shown === all ? counted(all, 'neuron') : `${count(shown)} of ${counted(all, 'neuron')}`;
}
