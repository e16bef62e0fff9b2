// Models of one head a layer whose attention is known. A token t is the axis t of the residual stream, a position p the
// axis 17 + p; all tokens have the same length there, so that norms only scale.
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { configurationWith, randomCheckpoint } from './randomModel';

const VOCABULARY = 17;
const POSITIONS = 17;
/** How much larger a score is where a head looks: the softmax over it is a one among zeros. */
const SHARPNESS = 400;

const reference = new ReferenceExecutor();

function handMade(
  n_layers: number,
  extra = 0,
): { model: LanguageModel; weight: (name: string) => Float32Array; width: number } {
  const width = VOCABULARY + POSITIONS + extra;
  const configuration = configurationWith({
    n_layers,
    n_heads: 1,
    n_key_value_heads: 1,
    d_model: width,
    d_head: width,
    d_mlp: 0,
    n_ctx: POSITIONS,
    d_vocab: VOCABULARY,
    norm: 'rms',
    norm_epsilon: 1e-9,
    attention_scale: 1,
    windows: new Array<null>(n_layers).fill(null),
  });
  const checkpoint = randomCheckpoint(configuration);
  for (const [name, { data }] of checkpoint.weights) data.fill(name.endsWith('.w') ? 1 : 0);
  const weight = (name: string) => checkpoint.weights.get(name)!.data;
  for (let token = 0; token < VOCABULARY; token++) weight('embed.W_E')[token * width + token] = 1;
  for (let position = 0; position < POSITIONS; position++)
    weight('pos_embed.W_pos')[position * width + VOCABULARY + position] = 1;
  return { model: new LanguageModel(checkpoint, reference), weight, width };
}

/** Each position looks at the one before it. */
export function previousTokenModel(): LanguageModel {
  const { model, weight, width } = handMade(1);
  for (let position = 0; position < POSITIONS; position++) {
    const axis = VOCABULARY + position;
    weight('blocks.0.attn.W_K')[axis * width + axis] = 1;
    if (position > 0) weight('blocks.0.attn.W_Q')[axis * width + axis - 1] = SHARPNESS;
  }
  return model;
}

/** Looks at other positions of its own token, and where there is none at the first position. */
export function duplicateTokenModel(): LanguageModel {
  const { model, weight, width } = handMade(1);
  for (let token = 0; token < VOCABULARY; token++) {
    weight('blocks.0.attn.W_Q')[token * width + token] = SHARPNESS;
    weight('blocks.0.attn.W_K')[token * width + token] = 1;
  }
  for (let position = 0; position < POSITIONS; position++) {
    const axis = VOCABULARY + position;
    weight('blocks.0.attn.W_Q')[axis * width + axis] = -2 * SHARPNESS;
    weight('blocks.0.attn.W_K')[axis * width + axis] = 1;
  }
  return model;
}

/** The first layer writes each token's predecessor beside it, the second looks where that is its own token. */
export function inductionModel(): LanguageModel {
  const { model, weight, width } = handMade(2, VOCABULARY);
  const seen = VOCABULARY + POSITIONS;
  for (let position = 0; position < POSITIONS; position++) {
    const axis = VOCABULARY + position;
    weight('blocks.0.attn.W_K')[axis * width + axis] = 1;
    if (position > 0) weight('blocks.0.attn.W_Q')[axis * width + axis - 1] = SHARPNESS;
  }
  for (let token = 0; token < VOCABULARY; token++) {
    weight('blocks.0.attn.W_V')[token * width + token] = 1;
    weight('blocks.0.attn.W_O')[token * width + seen + token] = 1;
    weight('blocks.1.attn.W_Q')[token * width + token] = SHARPNESS;
    weight('blocks.1.attn.W_K')[(seen + token) * width + token] = 1;
  }
  return model;
}
