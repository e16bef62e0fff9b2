// Which rows the filter box and the layer leave. Terms are separated by spaces and all must match: a neuron's name
// ('L7', 'N54', 'L7 N54') or a part of one of its strongest tokens.
import { STRONGEST, type NeuronTable } from '../../src/protocol/types';
import { neuronAt } from './neuron';

export interface RowFilter {
  layer?: number;
  text: string;
}

/** The rows of `order` that match, in the same order; `order` itself if nothing is filtered. */
export function filtered(table: NeuronTable, order: Uint32Array, { layer, text }: RowFilter): Uint32Array {
  const tests = testsOf(table, text);
  if (layer !== undefined) tests.unshift((row) => Math.floor(row / table.neuronsPerLayer) === layer);
  return tests.length === 0 ? order : order.filter((row) => tests.every((test) => test(row)));
}

type Test = (row: number) => boolean;

function testsOf(table: NeuronTable, text: string): Test[] {
  const terms = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return terms.map((term, place) => {
    const token = tokenTest(table, term);
    const name = nameTest(table, term, place === terms.length - 1);
    return name ? (row) => name(row) || token(row) : token;
  });
}

/** Tests a name; the term that is being typed matches every number that begins with it. */
function nameTest(table: NeuronTable, term: string, typing: boolean): Test | undefined {
  const match = /^([ln])(\d+)$/.exec(term);
  if (!match) return undefined;
  const part = match[1] === 'l' ? 'layer' : 'neuron';
  const digits = match[2];
  return (row) => {
    const number = String(neuronAt(table, row)[part]);
    return typing ? number.startsWith(digits) : number === digits;
  };
}

/** Tests the strongest tokens; each piece of the text is looked at once. */
function tokenTest({ tokens, strongest }: NeuronTable, term: string): Test {
  const matches = tokens.pieces.map((piece) => piece.toLowerCase().includes(term));
  return (row) => {
    for (let place = 0; place < STRONGEST; place++) {
      const token = strongest[row * STRONGEST + place];
      if (token >= 0 && matches[token]) return true;
    }
    return false;
  };
}
