// The statistics of all neurons as operations behind their activations: about a hundred bytes a neuron leave the engine,
// however long the text is. What they mean stands at `NeuronTable`; `statistics.ts` makes the same of whole activations.
import { ON_THRESHOLD, PROFILE_BINS, STRONGEST, type TextRange } from '../../protocol/types';
import type { NamedTensors } from '../engine/executor';
import type { Tensor } from '../engine/graph/graph';
import {
  add,
  cast,
  concatenate,
  divide,
  equal,
  gather,
  lessThan,
  maximum,
  multiply,
  reshape,
  subtract,
  sum,
  transpose,
  where,
} from '../engine/operations';
import type { TransformerConfiguration } from '../model/configuration';
import type { Ending } from '../model/languageModel';
import { binOf } from './neuronStatistics/profile';
import type { TextWindow } from './reading';

/** Names of inputs. */
const BINS = 'neuron bins';
const SLOTS = 'slot numbers';
const COUNTED = 'counted tokens';
const CHOSEN = 'chosen tokens';
const FIRST = 'first token';

/** More than a window has slots. */
const EVERY_SLOT = 2 ** 30;

export function hookPost(layer: number): string {
  return `blocks.${layer}.mlp.hook_post`;
}

export function neuronHooks({ n_layers }: TransformerConfiguration): string[] {
  return Array.from({ length: n_layers }, (_, layer) => hookPost(layer));
}

/** Names of a layer's outputs. */
export const summaryOutput = (layer: number, part: SummaryPart) => `neurons ${layer} ${part}`;
type SummaryPart =
  | 'values' // [STRONGEST, 1, d_mlp], largest first
  | 'slots' // [STRONGEST, 1, d_mlp], int32: which of the bins' slots
  | 'profile' // [PROFILE_BINS, 1, d_mlp]
  | 'above' // [1, 1, d_mlp]: how many are above the threshold
  | 'first' // [1, d_mlp]: the activation that the sums below are relative to, so that they lose no digits
  | 'sum' // [1, d_mlp]
  | 'chosen' // [1, d_mlp]: the sum over the selection
  | 'squares'; // [1, d_mlp]: of differences from the mean

/** Largest activations, their tokens, the profile, and how many are above the share of the largest that counts as on. */
export function neuronEnding(configuration: TransformerConfiguration, selected: boolean): Ending {
  return {
    name: `neurons${selected ? ' of a selection' : ''}`,
    of: neuronHooks(configuration),
    outputs: (_, activations) =>
      eachLayer(configuration, (layer) => {
        const rows = rowsOf(activations.get(hookPost(layer))!); // [pos, d_mlp]
        const binned = inBins(rows); // [bin, slot, d_mlp]
        const { graph } = rows;
        const profile = maximum(binned, [1]); // [bin, 1, d_mlp]
        const peak = maximum(profile, [0]); // [1, 1, d_mlp]
        const share = multiply(peak, graph.scalar(ON_THRESHOLD));
        const threshold = where(lessThan(graph.scalar(0), peak), share, graph.scalar(Infinity));
        return {
          ...strongest(binned),
          profile,
          above: countAbove(binned, threshold),
          ...(selected && moments(rows)),
        };
      }),
  };
}

/** The count alone, above thresholds [d_mlp] that are known only when all windows of a text were read. */
export function countingEnding(configuration: TransformerConfiguration): Ending {
  return {
    name: 'neurons above a threshold',
    of: neuronHooks(configuration),
    outputs: (_, activations) =>
      eachLayer(configuration, (layer) => {
        const rows = rowsOf(activations.get(hookPost(layer))!);
        const threshold = rows.graph.input(thresholdInput(layer), 'float32', [configuration.d_mlp]);
        return { above: countAbove(inBins(rows), threshold) };
      }),
  };
}

export const thresholdInput = (layer: number) => `threshold of layer ${layer}`;

/** Single neurons at every position of a window, [chosen, pos] for each layer: what painting needs. */
export function columnsEnding(layers: readonly number[]): Ending {
  return {
    name: columnsEndingName(layers),
    of: layers.map(hookPost),
    outputs: (_, activations) =>
      new Map(
        layers.map((layer) => {
          const x = activations.get(hookPost(layer))!;
          const neurons = x.graph.input(columnsInput(layer), 'int32', [`chosen${layer}`]);
          const perNeuron = transpose(rowsOf(x), [1, 0]);
          return [columnsInput(layer), gather(perNeuron, neurons)];
        }),
      ),
  };
}

export const columnsEndingName = (layers: readonly number[]) => `columns of neurons ${layers.join()}`;
export const columnsInput = (layer: number) => `neurons of layer ${layer}`;

function eachLayer(
  { n_layers }: TransformerConfiguration,
  outputs: (layer: number) => Partial<Record<SummaryPart, Tensor>>,
): Map<string, Tensor> {
  return new Map(
    Array.from({ length: n_layers }, (_, layer) =>
      Object.entries(outputs(layer)).map(([part, tensor]): [string, Tensor] => [
        summaryOutput(layer, part as SummaryPart),
        tensor,
      ]),
    ).flat(),
  );
}

/** [1, pos, d_mlp] → [pos, d_mlp] */
function rowsOf(x: Tensor): Tensor {
  return reshape(x, ['pos', x.shape[2]]);
}

/** [bin, slot, d_mlp]; −∞ where a bin has fewer tokens than slots, and where an activation is not a number. */
function inBins(rows: Tensor): Tensor {
  const { graph, shape } = rows;
  const width = shape[1] as number;
  const nothing = graph.constant({
    type: 'float32',
    shape: [1, width],
    data: new Float32Array(width).fill(-Infinity),
  });
  const bins = graph.input(BINS, 'int32', [PROFILE_BINS, 'slot']);
  const binned = gather(concatenate([rows, nothing], 0), bins);
  return where(equal(binned, binned), binned, graph.scalar(-Infinity));
}

/**
 * The largest one after the other, each taken out before the next is looked for: of equal ones the first slot's. Not by
 * `topK`, which wants the tokens side by side and which not every provider has.
 */
function strongest(binned: Tensor): Pick<Record<SummaryPart, Tensor>, 'values' | 'slots'> {
  const { graph } = binned;
  // Negative, because there is a largest but no smallest of some numbers.
  const numbered = negated(graph.input(SLOTS, 'int32', [PROFILE_BINS, 'slot', 1]));
  const values: Tensor[] = [];
  const slots: Tensor[] = [];
  let left = binned;
  for (let place = 0; place < STRONGEST; place++) {
    const value = maximum(left, [0, 1]); // [1, 1, d_mlp]
    const slot = maximum(where(equal(left, value), numbered, integer(binned, -EVERY_SLOT)), [0, 1]);
    values.push(value);
    slots.push(negated(slot));
    left = where(equal(numbered, slot), graph.scalar(-Infinity), left);
  }
  return {
    values: concatenate(values as [Tensor, ...Tensor[]], 0),
    slots: concatenate(slots as [Tensor, ...Tensor[]], 0),
  };
}

function negated(x: Tensor): Tensor {
  return subtract(integer(x, 0), x);
}

function countAbove(binned: Tensor, threshold: Tensor): Tensor {
  return sum(cast(lessThan(threshold, binned), 'float32'), [0, 1]);
}

/** What means and deviations are made of. Relative to one token's activation, so that what is constant sums to zero. */
function moments(rows: Tensor): Pick<Record<SummaryPart, Tensor>, 'first' | 'sum' | 'chosen' | 'squares'> {
  const { graph } = rows;
  const zero = graph.scalar(0);
  const mask = (name: string) => equal(graph.input(name, 'int32', ['pos', 1]), integer(rows, 1));
  const counted = mask(COUNTED);
  const first = gather(rows, graph.input(FIRST, 'int32', [1])); // [1, d_mlp]
  const differences = where(counted, subtract(rows, first), zero);
  const total = sum(differences, [0]);
  const mean = divide(total, sum(cast(counted, 'float32'), [0]));
  const centered = where(counted, subtract(differences, mean), zero);
  return {
    first: add(first, zero),
    sum: total,
    chosen: sum(where(mask(CHOSEN), differences, zero), [0]),
    squares: sum(multiply(centered, centered), [0]),
  };
}

function integer({ graph }: Tensor, value: number): Tensor {
  return graph.constant({ type: 'int32', shape: [], data: Int32Array.of(value) });
}

/** The tokens of a window that count, as an ending takes them. */
export class WindowTokens {
  /** The token in each slot of each bin; −1 in empty ones. */
  readonly slots: Int32Array;
  /** Tokens of the scope that the window gives the values of. */
  readonly chosen: number;
  /** The same of the whole text, without a begin of text; and of these in the scope. */
  readonly counted: number;
  readonly chosenOfText: number;
  readonly inputs: NamedTensors;

  constructor({ ids, keepStart, keepEnd, keepRow }: TextWindow, scope: TextRange, firstTextToken: number) {
    const chosen = { start: Math.max(scope.start, keepStart), end: Math.min(scope.end, keepEnd) };
    const bins = Array.from({ length: PROFILE_BINS }, (): number[] => []);
    for (let token = chosen.start; token < chosen.end; token++) bins[binOf(token, scope)].push(token);
    const width = Math.max(1, ...bins.map(({ length }) => length));
    this.slots = new Int32Array(PROFILE_BINS * width).fill(-1);
    bins.forEach((tokens, bin) => this.slots.set(tokens, bin * width));
    const row = (token: number) => token - keepStart + keepRow;
    const from = Math.max(firstTextToken, keepStart);
    this.counted = Math.max(0, keepEnd - from);
    this.chosen = Math.max(0, chosen.end - chosen.start);
    this.chosenOfText = Math.max(0, chosen.end - Math.max(chosen.start, from));
    const mask = (start: number, end: number) => {
      const data = new Int32Array(ids.length);
      if (end > start) data.fill(1, row(start), row(end));
      return { type: 'int32' as const, shape: [ids.length, 1], data };
    };
    this.inputs = new Map([
      [
        BINS,
        {
          type: 'int32',
          shape: [PROFILE_BINS, width],
          // Behind the last row stands one of nothing.
          data: this.slots.map((token) => (token < 0 ? ids.length : row(token))),
        },
      ],
      [SLOTS, { type: 'int32', shape: [PROFILE_BINS, width, 1], data: this.slots.map((_, slot) => slot) }],
      [COUNTED, mask(from, keepEnd)],
      [CHOSEN, mask(Math.max(chosen.start, from), chosen.end)],
      [FIRST, { type: 'int32', shape: [1], data: Int32Array.of(row(Math.min(from, keepEnd - 1))) }],
    ]);
  }
}
