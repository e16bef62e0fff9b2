// Direct logit attribution: what each part of the model adds to the logit of a token, at one position.
import { MOST_NEURONS, type AttributionQuestion, type LogitAttribution } from '../../../protocol/attribution';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import type { TransformerConfiguration } from '../../model/configuration';
import type { LanguageModel } from '../../model/languageModel';
import { largestIndices } from '../largest';
import { checkIndex } from '../neurons';
import { pieceOf } from '../predictions';
import { checkToken, type Reading } from '../reading';
import { readoutChanges } from '../readoutChanges';
import { tokenId } from '../tokenChoice';
import { LogitPath } from './logitPath';
import { neuronShares } from './neuronShares';
import { Place } from './place';

/**
 * Every part of a sum that is exactly the model's logit (or the difference of two): embeddings, heads, MLPs, on request
 * neurons, and all biases as one constant. The scale of the final norm is that of the run at this position, as it was
 * for all parts together (TransformerLens's `logit_attrs`, with `decompose_resid` and `stack_head_results`). Where norms
 * stand behind the parts (BERT), those on the way are taken likewise, each with its scale of the run.
 *
 * @param question `position` must be given
 * @throws SubtextError `usage` for positions, tokens, layers that there are not; `hook` for neurons of a model without
 * MLPs, and for a model that has an activation function between the stream and the logits
 */
export async function attributeLogit(
  reading: Reading,
  question: AttributionQuestion & { position: number },
  cancellation: Cancellation,
): Promise<Omit<LogitAttribution, 'source' | 'piece' | 'range' | 'milliseconds'>> {
  const { model } = reading;
  const { position } = question;
  checkToken(position, reading.tokens.length);
  checkLinear(model.configuration);
  const layers = question.neurons ? neuronLayers(model.configuration, question.neurons) : [];
  const [given, against] = [question.token, question.against].map((choice) =>
    choice === undefined ? undefined : tokenId(model, choice),
  );

  const place = await Place.of(reading, position, layers, cancellation);
  const { logits, logProbabilities } = await readPlace(reading, position, place);
  const token = given ?? largestIndices(logProbabilities, 1)[0];
  const ids = against === undefined ? [token] : [token, against];

  const { direction, bias } = logitDirection(model, token, against);
  const path = new LogitPath(model, place, direction, bias);
  const constant = path.constants.reduce((sum, { value }) => sum + value, 0);
  const named = (id: number) => ({ id, piece: pieceOf(model, id) });
  return {
    position,
    token: named(token),
    ...(against !== undefined && { against: named(against) }),
    logits: Float32Array.from(ids, (id) => logits[id]),
    probabilities: Float32Array.from(ids, (id) => Math.exp(logProbabilities[id])),
    components: [...path.contributions.map(({ component }) => component), { kind: 'constant', layer: -1 }],
    values: Float32Array.of(...path.contributions.map(({ value }) => value), constant),
    constants: {
      names: path.constants.map(({ name }) => name),
      values: Float32Array.from(path.constants, ({ value }) => value),
    },
    accumulated: accumulated(path, model.configuration.n_layers),
    ...(question.neurons && {
      neurons: await neuronShares(model, place, path, layers, question.neurons.count, cancellation),
    }),
    note: attributionNote(model.configuration),
  };
}

/** Which statistics are taken, in words. */
function attributionNote({ block }: TransformerConfiguration): string {
  return block === 'post-norm'
    ? 'every norm on the way with its statistics at this position'
    : "final norm with this position's statistics";
}

function checkLinear({ head_transform }: TransformerConfiguration): void {
  if (!head_transform) return;
  throw new SubtextError(
    'hook',
    'A layer with an activation function stands before the unembedding of this model, and so its logits are no sum of what heads and MLPs add',
    'Look at its logit lens instead.',
  );
}

function neuronLayers(
  { n_layers, d_mlp }: TransformerConfiguration,
  { count, layer }: { count: number; layer?: number },
): number[] {
  if (d_mlp === 0) {
    throw new SubtextError(
      'hook',
      'This model has no MLP and so no neurons',
      'Leave the neurons out: heads are attributed anyway.',
    );
  }
  if (!Number.isInteger(count) || count < 1 || count > MOST_NEURONS) {
    throw new SubtextError(
      'usage',
      `${count} neurons cannot be listed`,
      `Ask for 1 to ${MOST_NEURONS.toLocaleString('en')}.`,
    );
  }
  if (layer === undefined) return Array.from({ length: n_layers }, (_, index) => index);
  checkIndex('layer', layer, n_layers);
  return [layer];
}

/** The model's own output at the place, [d_vocab]. */
async function readPlace(
  reading: Reading,
  position: number,
  place: Place,
): Promise<{ logits: Float32Array; logProbabilities: Float32Array }> {
  const { model } = reading;
  const { n_layers, d_model } = model.configuration;
  const data = place.activation(`blocks.${n_layers - 1}.hook_resid_post`);
  const stream = { type: 'float32' as const, shape: [1, 1, d_model], data };
  const outputs = await model.readout(stream, ['logits', 'log_probs'], readoutChanges(reading, [position]));
  return {
    logits: outputs.get('logits')!.data as Float32Array,
    logProbabilities: outputs.get('log_probs')!.data as Float32Array,
  };
}

/** What a step along each axis of what is unembedded adds to a logit, or to the difference of two, [d_model]. */
function logitDirection(
  model: LanguageModel,
  token: number,
  against: number | undefined,
): { direction: Float64Array; bias: number } {
  const { d_model, d_vocab, tied } = model.configuration;
  const matrix = model.weight(tied ? 'embed.W_E' : 'unembed.W_U')!.data;
  const biases = model.weight('unembed.b_U')?.data;
  const at = (id: number | undefined, i: number) =>
    id === undefined ? 0 : matrix[tied ? id * d_model + i : i * d_vocab + id];
  const biasOf = (id: number | undefined) => (id === undefined ? 0 : (biases?.[id] ?? 0));
  return {
    direction: Float64Array.from({ length: d_model }, (_, i) => at(token, i) - at(against, i)),
    bias: biasOf(token) - biasOf(against),
  };
}

function accumulated({ contributions, constants }: LogitPath, layers: number): Float32Array {
  const added = new Float64Array(layers + 1);
  for (const { stage, value } of [...contributions, ...constants]) added[stage] += value;
  let sum = 0;
  return Float32Array.from(added, (value) => (sum += value));
}
