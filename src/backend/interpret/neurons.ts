// All neurons of a model on one text: their activations, and the statistics that a ranking is made of.
import {
  ON_THRESHOLD,
  PROFILE_BINS,
  STRONGEST,
  type NeuronId,
  type NeuronTable,
  type TextRange,
} from '../../protocol/types';
import type { Cancellation } from '../cancellation';
import { SubtextError } from '../errors';
import type { LanguageModel } from '../model/languageModel';
import { keptRows, type Reading } from './reading';

export type NeuronStatistics = Pick<
  NeuronTable,
  | 'layers'
  | 'neuronsPerLayer'
  | 'scope'
  | 'selected'
  | 'maximum'
  | 'strongest'
  | 'on'
  | 'nonzero'
  | 'selectivity'
  | 'profile'
>;

/** Activations of more bytes than this are not kept but computed again when asked for. */
const LARGEST_STORE = 512 * 1024 * 1024;

/** The activations of all neurons on a text, computed once and kept while they fit into memory. */
export class NeuronActivationStore {
  private kept: Float32Array[] | undefined;

  constructor(private readonly reading: Reading) {
    const { d_mlp } = reading.model.configuration;
    if (d_mlp === 0) {
      throw new SubtextError(
        'hook',
        'This model has no MLP and so no neurons',
        'Look at its attention instead.',
      );
    }
  }

  /**
   * Shows the activations of every layer, a stretch of tokens at a time in the order of the text.
   * `visit` gets the layer, the first token and `[tokens, d_mlp]`.
   */
  async read(
    visit: (layer: number, firstToken: number, rows: Float32Array) => void,
    cancellation: Cancellation,
    progress?: (share: number) => void,
  ): Promise<void> {
    if (this.kept) {
      this.kept.forEach((rows, layer) => visit(layer, 0, rows));
      return;
    }
    const { n_layers, d_mlp } = this.reading.model.configuration;
    const { tokens, windows } = this.reading;
    const keep = 4 * n_layers * d_mlp * tokens.length <= LARGEST_STORE;
    const kept: Float32Array[] = [];
    await this.reading.run(
      neuronHooks(this.reading.model),
      (window, captured) => {
        for (let layer = 0; layer < n_layers; layer++) {
          const rows = keptRows(captured.get(hookPost(layer))!.data as Float32Array, window, d_mlp);
          visit(layer, window.keepStart, rows);
          if (!keep) continue;
          if (windows.length === 1) kept[layer] = rows;
          else (kept[layer] ??= new Float32Array(tokens.length * d_mlp)).set(rows, window.keepStart * d_mlp);
        }
      },
      cancellation,
      progress,
    );
    if (keep) this.kept = kept;
  }

  /** One neuron's activation at every token, [tokens]. @throws SubtextError `usage` when there is no such neuron */
  async neuron({ layer, neuron }: NeuronId, cancellation: Cancellation): Promise<Float32Array> {
    const { n_layers, d_mlp } = this.reading.model.configuration;
    checkIndex('layer', layer, n_layers);
    checkIndex('neuron', neuron, d_mlp);
    const rows = this.kept?.[layer] ?? (await this.reading.activation(hookPost(layer), cancellation)).data;
    return Float32Array.from(this.reading.tokens, (_, token) => rows[token * d_mlp + neuron]);
  }
}

export function hookPost(layer: number): string {
  return `blocks.${layer}.mlp.hook_post`;
}

function neuronHooks({ configuration }: LanguageModel): string[] {
  return Array.from({ length: configuration.n_layers }, (_, layer) => hookPost(layer));
}

export function checkIndex(what: string, index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new SubtextError(
    'usage',
    `There is no ${what} ${index}`,
    `The model has ${what}s 0 to ${count - 1}.`,
  );
}

/**
 * Statistics of every neuron over the tokens of `scope`; the columns are described at `NeuronTable`.
 * @param scope token indices [start, end), not empty
 * @param selected whether `scope` is a selection, to be compared with the rest of the text
 */
export async function neuronStatistics(
  reading: Reading,
  store: NeuronActivationStore,
  scope: TextRange,
  selected: boolean,
  cancellation: Cancellation,
  progress?: (share: number) => void,
): Promise<NeuronStatistics> {
  const { n_layers: layers, d_mlp: width } = reading.model.configuration;
  const count = layers * width;
  const first = reading.firstTextToken;
  const maximum = new Float32Array(count).fill(-Infinity);
  const strongest = new Int32Array(count * STRONGEST).fill(-1);
  const strengths = new Float32Array(count * STRONGEST).fill(-Infinity);
  const nonzero = new Float32Array(count);
  const bins = new Float32Array(count * PROFILE_BINS);
  const moments = selected ? new Moments(count) : undefined;
  const scopeLength = scope.end - scope.start;

  await store.read(
    (layer, firstToken, rows) => {
      const offset = layer * width;
      for (let row = 0, token = firstToken; row < rows.length; row += width, token++) {
        const inside = token >= scope.start && token < scope.end;
        if (moments && token >= first) moments.add(offset, rows.subarray(row, row + width), inside);
        if (!inside) continue;
        const bin = Math.floor(((token - scope.start) * PROFILE_BINS) / scopeLength) * count + offset;
        for (let neuron = 0; neuron < width; neuron++) {
          const value = rows[row + neuron];
          if (value !== 0) nonzero[offset + neuron]++;
          if (value > bins[bin + neuron]) bins[bin + neuron] = value;
          const last = (offset + neuron + 1) * STRONGEST - 1;
          if (value > strengths[last]) insert(strengths, strongest, last, value, token);
        }
      }
    },
    cancellation,
    progress,
  );
  for (let neuron = 0; neuron < count; neuron++) {
    maximum[neuron] = strengths[neuron * STRONGEST];
    nonzero[neuron] /= scopeLength;
  }

  const on = new Float32Array(count);
  await store.read((layer, firstToken, rows) => {
    const offset = layer * width;
    const from = Math.max(scope.start - firstToken, 0);
    const to = Math.min(scope.end - firstToken, rows.length / width);
    for (let row = from; row < to; row++) {
      for (let neuron = 0; neuron < width; neuron++) {
        const peak = maximum[offset + neuron];
        if (peak > 0 && rows[row * width + neuron] > ON_THRESHOLD * peak) on[offset + neuron]++;
      }
    }
  }, cancellation);
  for (let neuron = 0; neuron < count; neuron++) on[neuron] /= scopeLength;

  return {
    layers,
    neuronsPerLayer: width,
    scope,
    selected,
    maximum,
    strongest,
    on,
    nonzero,
    selectivity: moments?.selectivity() ?? new Float32Array(count),
    profile: profile(bins, maximum),
  };
}

/** Puts a value into one neuron's short list, largest first; `last` is the list's last place. */
function insert(values: Float32Array, tokens: Int32Array, last: number, value: number, token: number): void {
  let place = last;
  for (; place > last - STRONGEST + 1 && values[place - 1] < value; place--) {
    values[place] = values[place - 1];
    tokens[place] = tokens[place - 1];
  }
  values[place] = value;
  tokens[place] = token;
}

/** From `[bin, neuron]` to `[neuron, bin]`, as 0…255 of each neuron's maximum. */
function profile(bins: Float32Array, maximum: Float32Array): Uint8Array {
  const count = maximum.length;
  const result = new Uint8Array(bins.length);
  for (let neuron = 0; neuron < count; neuron++) {
    const scale = maximum[neuron] > 0 ? 255 / maximum[neuron] : 0;
    for (let bin = 0; bin < PROFILE_BINS; bin++) {
      result[neuron * PROFILE_BINS + bin] = Math.round(bins[bin * count + neuron] * scale);
    }
  }
  return result;
}

/** Sums for means and standard deviations inside and outside a selection. Float64: differences of large sums. */
class Moments {
  private readonly inside: Float64Array;
  private readonly all: Float64Array;
  private readonly squares: Float64Array;
  /** Counted per neuron, because layers arrive one after the other. */
  private readonly insideCount: Float64Array;
  private readonly count: Float64Array;

  constructor(size: number) {
    this.inside = new Float64Array(size);
    this.all = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.insideCount = new Float64Array(size);
    this.count = new Float64Array(size);
  }

  add(offset: number, values: Float32Array, inside: boolean): void {
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      this.all[offset + index] += value;
      this.squares[offset + index] += value * value;
      this.count[offset + index]++;
      if (!inside) continue;
      this.inside[offset + index] += value;
      this.insideCount[offset + index]++;
    }
  }

  /** Mean inside minus mean outside, in standard deviations over all; 0 where nothing is outside or varies. */
  selectivity(): Float32Array {
    return Float32Array.from(this.all, (total, index) => {
      const [count, insideCount] = [this.count[index], this.insideCount[index]];
      const outsideCount = count - insideCount;
      const mean = total / count;
      const deviation = Math.sqrt(Math.max(0, this.squares[index] / count - mean * mean));
      if (outsideCount === 0 || insideCount === 0 || deviation === 0) return 0;
      const outside = (total - this.inside[index]) / outsideCount;
      return (this.inside[index] / insideCount - outside) / deviation;
    });
  }
}
