// Rotary positions as config.json says them: `rope_theta` and `rope_scaling`, or since transformers 5 both in
// `rope_parameters`. Source: transformers, modeling_rope_utils.py.
import type { RotaryConfiguration } from '../../model/configuration';
import { described, MAX_CONTEXT, type ConfigurationReader } from '../configurationReader';

/** What a family calls a number of its rotary positions, and what transformers takes where the file says nothing. */
interface Key {
  key: string;
  otherwise: number;
}

/**
 * @param base of the frequencies; within `rope_parameters` it is `rope_theta`.
 * @param share of a head's dimensions that turns, for families in which it need not be all; `partial_rotary_factor`.
 * @throws SubtextError `checkpoint-format` for kinds of scaling other than Llama 3's.
 */
export function rotary(
  config: ConfigurationReader,
  d_head: number,
  { base, share }: { base: Key; share?: Key },
): RotaryConfiguration {
  const parameters = config.object('rope_parameters');
  const scaling = config.object('rope_scaling');
  if (parameters && scaling)
    throw config.error('rope_scaling', 'stands beside rope_parameters; only one counts');
  const inner = parameters ?? scaling;
  const turning = share ? oneOf(config, share, inner, 'partial_rotary_factor') : 1;
  // As transformers rounds it.
  const dimensions = Math.floor(d_head * turning);
  if (dimensions % 2 !== 0 || dimensions < 2 || dimensions > d_head) {
    throw share
      ? config.error(share.key, `lets ${dimensions} of ${d_head} dimensions turn, not an even number of them`)
      : config.error('head_dim', `is ${d_head}; rotary positions need an even one`);
  }
  const rotaryConfiguration: RotaryConfiguration = {
    base: oneOf(config, base, inner, 'rope_theta'),
    dimensions,
    pairing: 'halves',
  };
  if (!share) inner?.refuse('partial_rotary_factor', 1);
  const stretched = scalingOf(inner);
  if (stretched) rotaryConfiguration.scaling = stretched;
  return rotaryConfiguration;
}

/** A number that stands among the keys of the model or inside an object of them. */
function oneOf(
  config: ConfigurationReader,
  { key, otherwise }: Key,
  inner: ConfigurationReader | undefined,
  innerKey: string,
): number {
  const within = inner?.value(innerKey);
  const outer = config.value(key);
  if (within === undefined || inner === undefined) return config.positive([key], otherwise);
  if (outer !== undefined && outer !== within) {
    throw config.error(key, `is ${described(outer)}, but ${described(within)} in rope_parameters`);
  }
  return inner.positive([innerKey]);
}

/** The share of a head's dimensions that gives back `dimensions` when it is multiplied by their number and rounded down. */
export function rotaryShare({ dimensions }: RotaryConfiguration, d_head: number): number {
  const share = dimensions / d_head;
  return Math.floor(d_head * share) === dimensions ? share : (dimensions + 0.5) / d_head;
}

/** The inverse of reading `scaling`, as transformers 4 writes it, which later versions read too. */
export function llama3Values(rotary: RotaryConfiguration | undefined): Record<string, unknown> | undefined {
  const { scaling } = rotary ?? {};
  return (
    scaling && {
      rope_type: 'llama3',
      factor: scaling.factor,
      low_freq_factor: scaling.lowFrequencyFactor,
      high_freq_factor: scaling.highFrequencyFactor,
      original_max_position_embeddings: scaling.originalContext,
    }
  );
}

function scalingOf(parameters: ConfigurationReader | undefined): RotaryConfiguration['scaling'] {
  if (!parameters) return undefined;
  const scaled = parameters.choice(['rope_type', 'type'], { default: false, llama3: true }, 'default');
  const scaling = scaled ? llama3(parameters) : undefined;
  const unknown = parameters.unread();
  // A table per kind of layer, or what a later version adds.
  if (unknown.length > 0) throw parameters.error(unknown[0], 'is not known to Subtext');
  return scaling;
}

function llama3(parameters: ConfigurationReader): NonNullable<RotaryConfiguration['scaling']> {
  const required = (name: string) => {
    if (parameters.value(name) === undefined) throw parameters.error(name, 'is missing');
    return parameters.positive([name], 1);
  };
  const scaling = {
    factor: required('factor'),
    lowFrequencyFactor: required('low_freq_factor'),
    highFrequencyFactor: required('high_freq_factor'),
    originalContext: parameters.size(['original_max_position_embeddings'], MAX_CONTEXT),
  };
  if (scaling.highFrequencyFactor <= scaling.lowFrequencyFactor) {
    throw parameters.error('high_freq_factor', 'is not above low_freq_factor');
  }
  return scaling;
}
