// All neurons of a model on one text where the activations stay in the engine's own memory: every question is another run,
// of which only the answer is read.
import {
  PROFILE_BINS,
  STRONGEST,
  type NeuronId,
  type NeuronTable,
  type TextRange,
} from '../../protocol/types';
import type { Cancellation } from '../cancellation';
import type { NamedTensors } from '../engine/executor';
import {
  columnsEnding,
  columnsEndingName,
  columnsInput,
  countingEnding,
  neuronEnding,
  summaryOutput,
  thresholdInput,
  WindowTokens,
} from './neuronSummary';
import { numbers } from './onDevice';
import type { Reading } from './reading';
import { onThresholds, shares } from './neuronStatistics/peaks';
import { scaledProfile } from './neuronStatistics/profile';

type Found = Pick<NeuronTable, 'maximum' | 'strongest' | 'on' | 'selectivity' | 'profile'>;

export class DeviceNeurons {
  /** Names of endings whose graphs may be compiled. */
  private readonly compiled = new Set<string>();

  constructor(private readonly reading: Reading) {}

  release(): void {
    this.reading.model.releaseGraphs(this.compiled);
    this.compiled.clear();
  }

  /** The columns of `NeuronTable`; the numbers are those of the loops in `neuronStatistics`. */
  async statistics(
    scope: TextRange,
    selected: boolean,
    cancellation: Cancellation,
    progress?: (share: number) => void,
  ): Promise<Found> {
    const { reading } = this;
    const { configuration } = reading.model;
    const merged = new MergedSummaries(configuration.n_layers, configuration.d_mlp);
    const tokens = new Map(
      reading.windows.map((window) => [window, new WindowTokens(window, scope, reading.firstTextToken)]),
    );
    const inputs = (window: (typeof reading.windows)[number]) => tokens.get(window)!.inputs;
    const ending = neuronEnding(configuration, selected);
    this.compiled.add(ending.name);
    // Without a selection nobody asks for windows that hold none of the scope.
    const owners = reading.windows.filter((window) => tokens.get(window)!.chosen > 0);
    await reading.summarise(
      ending,
      inputs,
      (window, found) => merged.add(found, tokens.get(window)!, selected),
      cancellation,
      progress,
      selected ? reading.windows : owners,
    );
    if (owners.length > 1) {
      // A share of the largest activation is known only now.
      const thresholds = merged.thresholds();
      const counting = countingEnding(configuration);
      this.compiled.add(counting.name);
      merged.above.fill(0);
      await reading.summarise(
        counting,
        (window) => new Map([...inputs(window), ...thresholds]),
        (_, found) => merged.count(found),
        cancellation,
        undefined,
        owners,
      );
    }
    return merged.result(scope);
  }

  /** Activations of some neurons at every token, [tokens] each. */
  async columns(ids: readonly NeuronId[], cancellation: Cancellation): Promise<Float32Array[]> {
    const { tokens } = this.reading;
    const columns = ids.map(() => new Float32Array(tokens.length));
    const layers = [...new Set(ids.map(({ layer }) => layer))].sort((a, b) => a - b);
    if (layers.length === 0) return columns;
    const places = layers.map((layer) => [...ids.keys()].filter((index) => ids[index].layer === layer));
    const inputs: NamedTensors = new Map(
      layers.map((layer, at) => {
        const data = Int32Array.from(places[at], (index) => ids[index].neuron);
        return [columnsInput(layer), { type: 'int32', shape: [data.length], data }];
      }),
    );
    this.compiled.add(columnsEndingName(layers));
    await this.reading.summarise(
      columnsEnding(layers),
      () => inputs,
      ({ ids: { length }, keepStart, keepEnd, keepRow }, found) => {
        layers.forEach((layer, at) => {
          const values = numbers(found, columnsInput(layer)); // [chosen, pos]
          places[at].forEach((index, row) => {
            const from = row * length + keepRow;
            columns[index].set(values.subarray(from, from + keepEnd - keepStart), keepStart);
          });
        });
      },
      cancellation,
    );
    return columns;
  }
}

/** Summaries of the windows of a text, made into those of the whole. */
class MergedSummaries {
  readonly above: Int32Array;
  private readonly values: Float32Array;
  private readonly tokens: Int32Array;
  /** [bin, neuron], never below zero. */
  private readonly bins: Float32Array;
  private readonly moments: MergedMoments;

  constructor(
    private readonly layers: number,
    private readonly width: number,
  ) {
    const count = layers * width;
    this.above = new Int32Array(count);
    this.values = new Float32Array(count * STRONGEST).fill(-Infinity);
    this.tokens = new Int32Array(count * STRONGEST).fill(-1);
    this.bins = new Float32Array(count * PROFILE_BINS);
    this.moments = new MergedMoments(count);
  }

  /** The next window of the text. */
  add(found: NamedTensors, window: WindowTokens, selected: boolean): void {
    const { width, bins, layers } = this;
    for (let layer = 0; layer < layers; layer++) {
      const offset = layer * width;
      const profile = numbers(found, summaryOutput(layer, 'profile'));
      for (let bin = 0; bin < PROFILE_BINS; bin++) {
        const own = bins.subarray(bin * layers * width + offset);
        for (let i = 0; i < width; i++)
          if (profile[bin * width + i] > own[i]) own[i] = profile[bin * width + i];
      }
      this.addStrongest(
        offset,
        numbers(found, summaryOutput(layer, 'values')),
        found.get(summaryOutput(layer, 'slots'))!.data as Int32Array,
        window.slots,
      );
      if (selected && window.counted > 0) this.moments.add(offset, found, layer, window);
    }
    this.count(found);
  }

  count(found: NamedTensors): void {
    for (let layer = 0; layer < this.layers; layer++) {
      const above = numbers(found, summaryOutput(layer, 'above'));
      for (let i = 0; i < this.width; i++) this.above[layer * this.width + i] += above[i];
    }
  }

  thresholds(): NamedTensors {
    const { width } = this;
    const data = onThresholds(this.maximum().map((value) => Math.max(value, 0)));
    return new Map(
      Array.from({ length: this.layers }, (_, layer) => [
        thresholdInput(layer),
        { type: 'float32', shape: [width], data: data.subarray(layer * width, (layer + 1) * width) },
      ]),
    );
  }

  result({ start, end }: TextRange): Found {
    const maximum = this.maximum();
    return {
      maximum,
      strongest: this.tokens,
      on: shares(this.above, end - start),
      selectivity: this.moments.selectivity(),
      profile: scaledProfile(this.bins, maximum),
    };
  }

  private maximum(): Float32Array {
    return Float32Array.from(this.above, (_, neuron) => this.values[neuron * STRONGEST]);
  }

  /** Ties go to the earlier token: what a later window has must be larger. */
  private addStrongest(offset: number, values: Float32Array, slots: Int32Array, tokens: Int32Array): void {
    // A neuron's values come largest first.
    for (let at = 0; at < values.length; at++) {
      const first = (offset + (at % this.width)) * STRONGEST;
      let place = first + STRONGEST - 1;
      if (!(values[at] > this.values[place])) continue;
      for (; place > first && this.values[place - 1] < values[at]; place--) {
        this.values[place] = this.values[place - 1];
        this.tokens[place] = this.tokens[place - 1];
      }
      this.values[place] = values[at];
      this.tokens[place] = tokens[slots[at]];
    }
  }
}

/** Means and deviations of parts made into those of the whole (Chan, Golub & LeVeque 1979), in float64. */
class MergedMoments {
  private counted = 0;
  private chosen = 0;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  private readonly inside: Float64Array;

  constructor(count: number) {
    this.means = new Float64Array(count);
    this.squares = new Float64Array(count);
    this.inside = new Float64Array(count);
  }

  add(offset: number, found: NamedTensors, layer: number, window: WindowTokens): void {
    const part = (name: 'first' | 'sum' | 'chosen' | 'squares') => numbers(found, summaryOutput(layer, name));
    const [first, sums, chosen, squares] = [part('first'), part('sum'), part('chosen'), part('squares')];
    // Every layer shows the same tokens: they are counted at the first.
    if (layer === 0) {
      this.counted += window.counted;
      this.chosen += window.chosenOfText;
    }
    const share = window.counted / this.counted;
    for (let i = 0; i < first.length; i++) {
      const at = offset + i;
      const mean = first[i] + sums[i] / window.counted;
      const apart = mean - this.means[at];
      this.squares[at] += squares[i] + apart * apart * (this.counted - window.counted) * share;
      this.means[at] += apart * share;
      this.inside[at] += chosen[i] + first[i] * window.chosenOfText;
    }
  }

  /** See `Moments.selectivity`. */
  selectivity(): Float32Array {
    const { counted, chosen } = this;
    const result = new Float32Array(this.means.length);
    const outside = counted - chosen;
    if (outside === 0 || chosen === 0) return result;
    for (let at = 0; at < result.length; at++) {
      const deviation = Math.sqrt(this.squares[at] / counted);
      if (!(deviation > 0)) continue;
      const others = (this.means[at] * counted - this.inside[at]) / outside;
      result[at] = (this.inside[at] / chosen - others) / deviation;
    }
    return result;
  }
}
