// The neurons inside the MLPs' parts of a logit.
import type { NeuronContributions } from '../../../protocol/attribution';
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import type { LanguageModel } from '../../model/languageModel';
import { largestIndices } from '../largest';
import { hookPost } from '../neuronSummary';
import { letMessagesIn } from '../reading';
import { dotRow } from './dot';
import type { LogitPath } from './logitPath';
import type { Place } from './place';

/**
 * The `count` neurons of these layers that add or take the most; with the rest they are what their MLPs add.
 * @param path of the logit, at the same place
 */
export async function neuronShares(
  model: LanguageModel,
  place: Place,
  path: LogitPath,
  layers: readonly number[],
  count: number,
  cancellation: Cancellation,
): Promise<NeuronContributions> {
  const { d_mlp, experts } = model.configuration;
  const values = new Float64Array(layers.length * d_mlp);
  const activations = new Float32Array(layers.length * d_mlp);
  for (const [index, layer] of layers.entries()) {
    const outwards = model.weight(`blocks.${layer}.mlp.W_out`)!.data as Float32Array; // [d_mlp, d_model]
    const posts = place.activation(hookPost(layer));
    const routing = experts && place.activation(`blocks.${layer}.mlp.hook_expert_weights`);
    const perExpert = d_mlp / (experts?.num_experts ?? 1);
    activations.set(posts, index * d_mlp);
    for (let neuron = 0; neuron < d_mlp; neuron++) {
      const share = routing ? routing[Math.floor(neuron / perExpert)] : 1;
      const along = dotRow(outwards, neuron, path.mlpDirections[layer]);
      values[index * d_mlp + neuron] = posts[neuron] * share * along;
    }
    await letMessagesIn();
    throwIfCancelled(cancellation);
  }
  const whole = path.contributions
    .filter(({ component: { kind, layer } }) => kind === 'mlp' && layers.includes(layer))
    .reduce((sum, { value }) => sum + value, 0);
  const rows = Int32Array.from(largestIndices(Float32Array.from(values, Math.abs), count));
  const shown = rows.reduce((sum, row) => sum + values[row], 0);
  return {
    layers: rows.map((row) => layers[Math.floor(row / d_mlp)]),
    neurons: rows.map((row) => row % d_mlp),
    activations: Float32Array.from(rows, (row) => activations[row]),
    values: Float32Array.from(rows, (row) => values[row]),
    rest: Float32Array.of(whole - shown),
  };
}
