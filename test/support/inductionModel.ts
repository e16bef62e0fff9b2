// A two-layer induction circuit made by hand (Olsson et al., "In-context Learning and Induction Heads", arXiv 2209.11895):
// head 0 of layer 0 copies the token before each, head 1 of layer 1 looks for where the present token stood before and copies
// what came after it. The other two heads write nothing, and there is no MLP.
import type { Executor } from '../../src/backend/engine/executor';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { characters } from './characters';
import { configurationWith, NO_BIASES, randomCheckpoint } from './randomModel';

/** Id 0 begins a text; the letters a to k follow. */
export const INDUCTION_VOCABULARY = 12;
const INDUCTION_CONTEXT = 20;
/** Score of the key that is looked for; all others have 0. */
const SHARPNESS = 30;
/** Logit of the token that is copied, about; all others have 0. */
const CERTAINTY = 10;

/** The residual stream is four subspaces side by side: token, position, token before, prediction. */
const TOKEN = 0;
const POSITION = INDUCTION_VOCABULARY;
const BEFORE = POSITION + INDUCTION_CONTEXT;
const PREDICTION = BEFORE + INDUCTION_VOCABULARY;
const WIDTH = PREDICTION + INDUCTION_VOCABULARY;
const HEADS = 2;

/** Reads a text of the letters a to k, with a begin-of-text token before it. */
export function inductionModel(executor: Executor): LanguageModel {
  const d_head = Math.max(INDUCTION_VOCABULARY, INDUCTION_CONTEXT);
  const configuration = configurationWith({
    n_layers: 2,
    n_heads: HEADS,
    d_model: WIDTH,
    d_head,
    d_mlp: 0,
    d_vocab: INDUCTION_VOCABULARY,
    n_ctx: INDUCTION_CONTEXT,
    norm: 'rms',
    norm_epsilon: 1e-9,
    attention_scale: 1,
    biases: NO_BIASES,
  });
  const checkpoint = randomCheckpoint(configuration, 1, characters(INDUCTION_VOCABULARY, true));
  for (const { data } of checkpoint.weights.values()) data.fill(0);
  const set = (name: string, row: number, column: number, value: number) => {
    const { shape, data } = checkpoint.weights.get(name)!;
    data[row * shape[1] + column] = value;
  };
  const gain = (name: string, value: number) => checkpoint.weights.get(name)!.data.fill(value);
  const copies = (layer: number, head: number, from: number, to: number) => {
    for (let token = 0; token < INDUCTION_VOCABULARY; token++) {
      set(`blocks.${layer}.attn.W_V`, from + token, head * d_head + token, 1);
      set(`blocks.${layer}.attn.W_O`, head * d_head + token, to + token, 1);
    }
  };

  for (let token = 0; token < INDUCTION_VOCABULARY; token++) {
    set('embed.W_E', token, TOKEN + token, 1);
    set('unembed.W_U', PREDICTION + token, token, CERTAINTY);
  }
  for (let place = 0; place < INDUCTION_CONTEXT; place++) set('pos_embed.W_pos', place, POSITION + place, 1);
  // Two, then three coordinates are 1: these gains make the norms do nothing.
  gain('blocks.0.ln1.w', Math.sqrt(2 / WIDTH));
  gain('blocks.1.ln1.w', Math.sqrt(3 / WIDTH));
  gain('ln_final.w', Math.sqrt(4 / WIDTH));

  for (let place = 0; place < INDUCTION_CONTEXT; place++) {
    set('blocks.0.attn.W_Q', POSITION + place, place, SHARPNESS);
    if (place + 1 < INDUCTION_CONTEXT) set('blocks.0.attn.W_K', POSITION + place, place + 1, 1);
  }
  copies(0, 0, TOKEN, BEFORE);
  for (let token = 0; token < INDUCTION_VOCABULARY; token++) {
    set('blocks.1.attn.W_Q', TOKEN + token, d_head + token, SHARPNESS);
    set('blocks.1.attn.W_K', BEFORE + token, d_head + token, 1);
  }
  copies(1, 1, TOKEN, PREDICTION);
  return new LanguageModel(checkpoint, executor);
}
