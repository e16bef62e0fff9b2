// Rotary positions as config.json says them: `rope_theta` and `rope_scaling`, or since transformers 5 both in
// `rope_parameters`. Source: transformers, modeling_rope_utils.py.
import type { RotaryConfiguration } from '../../model/configuration';
import { ConfigurationReader, described, MAX_CONTEXT } from '../configurationReader';
import { isObject } from '../../files';

/**
 * @param dimensions how many dimensions of a head turn.
 * @param defaultBase what transformers takes where the file says none.
 * @throws SubtextError `checkpoint-format` for kinds of scaling other than Llama 3's.
 */
export function rotary(
  config: ConfigurationReader,
  dimensions: number,
  defaultBase: number,
): RotaryConfiguration {
  if (dimensions % 2 !== 0)
    throw config.error('head_dim', `is ${dimensions}; rotary positions need an even one`);
  const parameters = nested(config, 'rope_parameters');
  const scaling = nested(config, 'rope_scaling');
  if (parameters && scaling)
    throw config.error('rope_scaling', 'stands beside rope_parameters; only one counts');
  const outer = config.value('rope_theta');
  const inner = (parameters ?? scaling)?.value('rope_theta');
  if (outer !== undefined && inner !== undefined && outer !== inner) {
    throw config.error('rope_theta', `is ${described(outer)}, but ${described(inner)} in rope_parameters`);
  }
  const base = (inner === undefined ? config : (parameters ?? scaling)!).positive(
    ['rope_theta'],
    defaultBase,
  );
  const rotaryConfiguration: RotaryConfiguration = { base, dimensions, pairing: 'halves' };
  const stretched = scalingOf(parameters ?? scaling);
  if (stretched) rotaryConfiguration.scaling = stretched;
  return rotaryConfiguration;
}

function nested(config: ConfigurationReader, name: string): ConfigurationReader | undefined {
  const value = config.value(name);
  if (value === undefined) return undefined;
  if (!isObject(value)) throw config.error(name, `is ${described(value)}, not an object`);
  return new ConfigurationReader(`${config.path}: ${name}`, value);
}

function scalingOf(parameters: ConfigurationReader | undefined): RotaryConfiguration['scaling'] {
  if (!parameters) return undefined;
  parameters.refuse('partial_rotary_factor', 1);
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
