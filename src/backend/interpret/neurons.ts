// All neurons of a model on one text: their activations, and the statistics that a ranking is made of.
import type { NeuronId, NeuronTable, TextRange } from '../../protocol/types';
import type { Cancellation } from '../cancellation';
import { SubtextError } from '../errors';
import { DeviceNeurons } from './deviceNeurons';
import { hookPost, neuronHooks } from './neuronSummary';
import { staysOnDevice } from './onDevice';
import { keptRows, type Reading } from './reading';
import { Moments } from './neuronStatistics/moments';
import { onThresholds, Peaks, shares } from './neuronStatistics/peaks';
import { Profile } from './neuronStatistics/profile';

export type NeuronStatistics = Pick<
  NeuronTable,
  | 'layers'
  | 'neuronsPerLayer'
  | 'scope'
  | 'selected'
  | 'maximum'
  | 'strongest'
  | 'on'
  | 'selectivity'
  | 'profile'
>;

/** Activations of more bytes than this are not kept but computed again when asked for. */
const LARGEST_STORE = 256 * 1024 * 1024;

/** The activations of all neurons on a text, computed once and kept while they fit into memory. */
export class NeuronActivationStore {
  private kept: Float32Array[] | undefined;
  /** Where activations stay in the engine's own memory: nothing is kept then. */
  readonly device: DeviceNeurons | undefined;

  constructor(
    private readonly reading: Reading,
    onDevice = staysOnDevice(reading.model.executor),
  ) {
    this.device = onDevice ? new DeviceNeurons(reading) : undefined;
    const { d_mlp } = reading.model.configuration;
    if (d_mlp === 0) {
      throw new SubtextError(
        'hook',
        'This model has no MLP and so no neurons',
        'Look at its attention instead.',
      );
    }
  }

  /** Gives back the memory of the engine, too; what is asked afterwards is computed again. */
  release(): void {
    this.kept = undefined;
    this.device?.release();
    const { model } = this.reading;
    model.releaseGraphs(new Set(neuronHooks(model.configuration)));
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
      neuronHooks(this.reading.model.configuration),
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

  /**
   * Activations of some neurons at every token, [tokens] each; texts that were not kept are read once for all.
   * @throws SubtextError `usage` when there is no such neuron
   */
  async columns(ids: readonly NeuronId[], cancellation: Cancellation): Promise<Float32Array[]> {
    const { n_layers, d_mlp } = this.reading.model.configuration;
    for (const { layer, neuron } of ids) {
      checkIndex('layer', layer, n_layers);
      checkIndex('neuron', neuron, d_mlp);
    }
    if (this.device) return this.device.columns(ids, cancellation);
    const columns = ids.map(() => new Float32Array(this.reading.tokens.length));
    const copy = (layer: number, firstToken: number, rows: Float32Array) => {
      ids.forEach((id, index) => {
        if (id.layer !== layer) return;
        for (let row = 0; row < rows.length / d_mlp; row++) {
          columns[index][firstToken + row] = rows[row * d_mlp + id.neuron];
        }
      });
    };
    if (this.kept) {
      this.kept.forEach((rows, layer) => copy(layer, 0, rows));
      return columns;
    }
    const layers = [...new Set(ids.map(({ layer }) => layer))];
    await this.reading.run(
      layers.map(hookPost),
      (window, captured) => {
        for (const layer of layers) {
          const rows = keptRows(captured.get(hookPost(layer))!.data as Float32Array, window, d_mlp);
          copy(layer, window.keepStart, rows);
        }
      },
      cancellation,
    );
    return columns;
  }
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
  if (store.device) {
    const found = await store.device.statistics(scope, selected, cancellation, progress);
    return { layers, neuronsPerLayer: width, scope, selected, ...found };
  }
  const count = layers * width;
  const profile = new Profile(count, scope);
  const moments = selected ? new Moments(count, reading.firstTextToken) : undefined;
  await store.read(
    (layer, firstToken, rows) => {
      const offset = layer * width;
      profile.addRows(offset, width, firstToken, rows);
      moments?.addRows(offset, width, firstToken, rows, scope);
    },
    cancellation,
    progress,
  );

  const { first, last } = profile.largest();
  const peaks = new Peaks(scope, onThresholds(first), last);
  await store.read(
    (layer, firstToken, rows) => peaks.addRows(layer * width, width, firstToken, rows),
    cancellation,
  );
  const maximum = peaks.largest();

  return {
    layers,
    neuronsPerLayer: width,
    scope,
    selected,
    maximum,
    strongest: peaks.tokens,
    on: shares(peaks.above, scope.end - scope.start),
    selectivity: moments?.selectivity() ?? new Float32Array(count),
    profile: profile.scaled(maximum),
  };
}
