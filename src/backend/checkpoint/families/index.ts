// The Hugging Face model families that are read and written, by `model_type` of config.json.
import { isDeepStrictEqual } from 'node:util';
import { SubtextError } from '../../errors';
import type { TransformerConfiguration } from '../../model/configuration';
import { ConfigurationReader } from '../configurationReader';
import { shown } from '../../files';
import { bert } from './bert';
import { withoutUnused, type Family } from './family';
import { gpt2 } from './gpt2';
import { gptNeo } from './gptNeo';
import { gptNeox } from './gptNeox';
import { llama } from './llama';
import { mixtral } from './mixtral';
import { subtext } from './subtext';

/** `subtext` last: it takes whatever the others cannot. */
const families: readonly Family[] = [gpt2, gptNeo, gptNeox, llama, mixtral, bert, subtext];

/** Keys that change what a model computes, and the value with which they do not. A family may read some itself. */
const refused: Readonly<Record<string, unknown>> = {
  add_cross_attention: false,
  alibi: false,
  attention_multiplier: 1,
  attn_logit_softcapping: 0,
  clip_qkv: 0,
  embedding_multiplier: 1,
  final_logit_softcapping: 0,
  full_attn_layers: false,
  is_encoder_decoder: false,
  layer_types: 'full_attention',
  logit_scale: 1,
  logits_scaling: 1,
  no_rope_layers: 1,
  num_experts: 0,
  num_local_experts: 0,
  parallel_attn: false,
  partial_rotary_factor: 1,
  pruned_heads: 0,
  qk_layernorm: false,
  qk_norm: false,
  quantization_config: 0,
  residual_multiplier: 1,
  rope_interleaved: false,
  rotary_pct: 1,
  sliding_window: 0,
  use_parallel_residual: false,
  use_qk_norm: false,
  use_sliding_window: false,
};

/** Keys that every config.json may have and that change nothing in a forward pass. */
const harmless = new RegExp(
  [
    /^_/, // _name_or_path, _attn_implementation, …
    /^(architectures|model_type|transformers_version|torch_dtype|dtype|torchscript|initializer_range)$/,
    /^(use_cache|is_decoder|return_dict|output_\w+|gradient_checkpointing|use_bfloat16|chunk_size_feed_forward)$/,
    /(_pdrop|_dropout)$/,
    /_token_ids?$/,
    /^(summary_\w+|task_specific_params|problem_type|finetuning_task|id2label|label2id|num_labels)$/,
    // Settings of generation that older versions kept here.
    /^(do_sample|early_stopping|num_beams|num_beam_groups|num_return_sequences|temperature|top_k|top_p|typical_p)$/,
    /^((max|min)_length|(\w+_)?penalty|no_repeat_ngram_size|bad_words_ids|prefix|suppress_tokens|begin_suppress_tokens)$/,
  ]
    .map((pattern) => pattern.source)
    .join('|'),
);

/**
 * Maps the values of a config.json.
 * @param path of the file, for messages.
 * @returns the family, our configuration, and the keys that nothing is known about.
 * @throws SubtextError `unknown-architecture`, which lists the known ones; `checkpoint-format`.
 */
export function mapConfiguration(
  path: string,
  values: Record<string, unknown>,
): { family: Family; configuration: TransformerConfiguration; unknownKeys: string[] } {
  const modelType = values.model_type;
  const known = families.map((family) => family.modelType).join(', ');
  if (typeof modelType !== 'string') {
    throw new SubtextError(
      'unknown-architecture',
      `${path} names no model_type`,
      `Add the one that it is; those that load are ${known}.`,
    );
  }
  const family = families.find((candidate) => candidate.modelType === modelType);
  if (!family) {
    throw new SubtextError(
      'unknown-architecture',
      `${path}: model_type ${shown(modelType, 60)} is not known`,
      `Those that load are ${known}.`,
    );
  }
  const config = new ConfigurationReader(path, values);
  const configuration = family.configuration(config);
  // What the family itself has read, it computes.
  for (const name of config.unread()) if (Object.hasOwn(refused, name)) config.refuse(name, refused[name]);
  const unknownKeys = config.unread().filter((name) => !harmless.test(name) && !family.harmless.test(name));
  return { family, configuration, unknownKeys };
}

/**
 * The family to write a configuration as: the first whose config.json, read again, gives it back.
 * @returns also what config.json then says, `model_type` and `architectures` included.
 * @throws SubtextError `checkpoint-format` for values that no checkpoint can have.
 */
export function familyOf(configuration: TransformerConfiguration): {
  family: Family;
  values: Record<string, unknown>;
} {
  const wanted = comparable(configuration);
  for (const family of families) {
    const { modelType: model_type, architecture } = family;
    const architectures = architecture === undefined ? undefined : [architecture];
    const own = family.values(configuration);
    if (!own) continue;
    const values = plain({ model_type, architectures, ...own });
    try {
      const found = mapConfiguration('The model', values).configuration;
      if (isDeepStrictEqual(comparable(found), wanted)) return { family, values };
    } catch (error) {
      if (!(error instanceof SubtextError) || family === subtext) throw error;
    }
  }
  throw new Error('the family subtext does not give back what it was given');
}

/** What a model computes with: scales as float32, and nothing that is there but not used. */
function comparable(configuration: TransformerConfiguration): Record<string, unknown> {
  const attention_scale = Math.fround(configuration.attention_scale);
  return plain({ ...withoutUnused(configuration), attention_scale });
}

/** As JSON gives it back: without keys that are undefined. */
function plain(value: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
