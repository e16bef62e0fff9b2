// What a neuron writes: how its output weights, taken straight to the logits, raise and lower each output token.
import type { NeuronId, NeuronWrites, TokenEffect } from '../../protocol/types';
import type { LanguageModel } from '../model/languageModel';
import { interventionInput } from '../model/hooks';
import { largestIndices } from './largest';
import { checkIndex } from './neurons';

/**
 * Logit effects per unit of activation: W_out[neuron], centered where the final norm centers, times its gain, times
 * W_U. The norm's scale is left out, since it depends on the text; layers between are passed by.
 * @param count tokens in each of the two lists
 */
export async function neuronWrites(
  model: LanguageModel,
  { layer, neuron }: NeuronId,
  count: number,
): Promise<NeuronWrites> {
  const { n_layers, d_mlp, d_model, d_vocab, norm, block } = model.configuration;
  checkIndex('layer', layer, n_layers);
  checkIndex('neuron', neuron, d_mlp);
  const weights = model.weight(`blocks.${layer}.mlp.W_out`)!.data as Float32Array;
  const direction = weights.slice(neuron * d_model, (neuron + 1) * d_model);
  if (norm === 'layer') {
    const mean = direction.reduce((sum, value) => sum + value, 0) / d_model;
    direction.forEach((value, index) => (direction[index] = value - mean));
  }
  // A second row of zeros gives what biases alone write, which is not the neuron's doing.
  const rows = new Float32Array(2 * d_model);
  rows.set(direction);
  const hook = block === 'post-norm' ? `blocks.${n_layers - 1}.hook_resid_post` : 'ln_final.hook_normalized';
  const shape = ['batch', 'pos', d_model];
  const executable = await model.compile({
    captures: ['logits'],
    interventions: [{ hook, kind: 'feed', shape }],
  });
  const input = { type: 'float32' as const, shape: [1, 2, d_model], data: rows };
  const outputs = await executable.run(new Map([[interventionInput(hook, 'feed'), input]]));
  const logits = outputs.get('logits')!.data as Float32Array;
  const effects = Float32Array.from({ length: d_vocab }, (_, id) => logits[id] - logits[d_vocab + id]);
  const named = (ids: number[]): TokenEffect[] =>
    ids.map((id) => ({ id, piece: model.checkpoint.tokenizer?.piece(id) ?? `<${id}>`, value: effects[id] }));
  return {
    id: { layer, neuron },
    raises: named(largestIndices(effects, count)),
    lowers: named(
      largestIndices(
        effects.map((value) => -value),
        count,
      ),
    ),
  };
}
