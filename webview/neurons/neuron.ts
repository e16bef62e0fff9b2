// Naming neurons, and finding their rows in a table.
import { printPart } from '../../src/protocol/interventions';
import type { NeuronId, NeuronTable } from '../../src/protocol/types';

/** 'L7 N54'. */
export function nameOf({ layer, neuron }: NeuronId): string {
  return `L${layer} N${neuron}`;
}

/** 'L7N54', as interventions name it. */
export function partOf({ layer, neuron }: NeuronId): string {
  return printPart({ kind: 'neuron', layer, neuron });
}

/** The neuron in a row of the table. */
export function neuronAt(table: NeuronTable, row: number): NeuronId {
  return { layer: Math.floor(row / table.neuronsPerLayer), neuron: row % table.neuronsPerLayer };
}

/** The table's row of a neuron, or -1 if the table has none. */
export function rowOf(table: NeuronTable, id: NeuronId | null): number {
  if (!id || id.layer >= table.layers || id.neuron >= table.neuronsPerLayer) return -1;
  return id.layer * table.neuronsPerLayer + id.neuron;
}

/** Whether two ids name the same neuron; two nulls are the same too. */
export function sameNeuron(a: NeuronId | null, b: NeuronId | null): boolean {
  return a?.layer === b?.layer && a?.neuron === b?.neuron;
}
