// The rows of the list: what each part of the model adds, named, in an order; and what they add up to.
import type { LogitAttribution, LogitComponent } from '../../src/protocol/attribution';
import type { AttributionOrder } from '../../src/protocol/attributionView';
import type { HeadId } from '../../src/protocol/attention';
import { printPart } from '../../src/protocol/interventions';
import type { NeuronId } from '../../src/protocol/types';

export interface Row {
  name: string;
  value: number;
  tip: string;
  /** What a click on it opens. */
  neuron?: NeuronId;
  head?: HeadId;
  /** What interventions call it, where they can change it. */
  part?: string;
}

/** A row for every component: all of them add up to the logit, or to the difference of two. */
export function componentRows({ components, values }: LogitAttribution, order: AttributionOrder): Row[] {
  const rows = components.map((component, index) => ({ ...namedOf(component), value: values[index] }));
  return ordered(rows, order);
}

/** A row for each neuron that was listed; they are parts of the MLPs and add nothing of their own. */
export function neuronRows({ neurons }: LogitAttribution, order: AttributionOrder): Row[] {
  if (!neurons) return [];
  const rows = Array.from(neurons.neurons, (neuron, index): Row => {
    const id = { layer: neurons.layers[index], neuron };
    return {
      name: `L${id.layer} N${neuron}`,
      value: neurons.values[index],
      tip: `activation ${neurons.activations[index]}`,
      neuron: id,
      part: printPart({ kind: 'neuron', ...id }),
    };
  });
  const byPlace = (a: Row, b: Row): number =>
    a.neuron!.layer - b.neuron!.layer || a.neuron!.neuron - b.neuron!.neuron;
  return order === 'place' ? rows.sort(byPlace) : ordered(rows, order);
}

/** The sum of all components, and the model's own logit (or difference of two) that it should be. */
export function sumOf({ values, logits, against }: LogitAttribution): { sum: number; logit: number } {
  const sum = values.reduce((total, value) => total + value, 0);
  return { sum, logit: against ? logits[0] - logits[1] : logits[0] };
}

/** Rows in an order; those that are no number come first, where they are seen. */
function ordered(rows: Row[], order: AttributionOrder): Row[] {
  if (order === 'place') return rows;
  const key = ({ value }: Row): number => {
    if (Number.isNaN(value)) return Number.MAX_VALUE;
    return order === 'size' ? Math.abs(value) : value;
  };
  return [...rows].sort((a, b) => key(b) - key(a));
}

function namedOf({ kind, layer, head, hook }: LogitComponent): Omit<Row, 'value'> {
  switch (kind) {
    case 'embedding':
      return { name: 'embed', tip: "The token's embedding" };
    case 'position':
      return { name: 'position', tip: 'The embedding of its position' };
    case 'head': {
      const id = { layer, head: head! };
      const part = printPart({ kind: 'head', ...id });
      return { name: `L${layer} H${head}`, tip: 'An attention head', head: id, part };
    }
    case 'mlp': {
      const part = printPart({ kind: 'mlp', layer });
      return { name: `L${layer} MLP`, tip: 'A whole MLP; its largest neurons stand below', part };
    }
    case 'change':
      return { name: `change at ${hook}`, tip: 'What an intervention adds or puts in here' };
    case 'constant':
      return { name: 'constant', tip: 'All biases together' };
  }
}
