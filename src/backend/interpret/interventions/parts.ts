// Where in a model a part's values stand.
import { parsePart, printPart, type Part } from '../../../protocol/interventions';
import { SubtextError } from '../../errors';
import type { TransformerConfiguration } from '../../model/configuration';

/** A part's numbers in one activation, which per token is [units, width]: the part is one unit of it. */
export interface PartPlace {
  hook: string;
  unit: number;
  units: number;
  width: number;
  /** How many axes of the activation they lie on: [head, d_head], or a single one. */
  axes: 1 | 2;
}

/**
 * @param name such as `L3H5`
 * @throws SubtextError `interventions` when it is no part's name or this model has no such part
 */
export function placeOf(configuration: TransformerConfiguration, name: string): PartPlace {
  const part = partNamed(name);
  const { n_layers, n_heads, d_head, d_mlp, d_model } = configuration;
  const block = `blocks.${part.layer}`;
  const layers = part.kind === 'residual' ? n_layers + 1 : n_layers;
  if (part.layer >= layers) throw missing(part, `The model has layers 0 to ${n_layers - 1}`);
  switch (part.kind) {
    case 'neuron':
      if (d_mlp === 0) throw missing(part, 'The model has no MLP and so no neurons');
      if (part.neuron >= d_mlp) throw missing(part, `Its layers have neurons 0 to ${d_mlp - 1}`);
      return { hook: `${block}.mlp.hook_post`, unit: part.neuron, units: d_mlp, width: 1, axes: 1 };
    case 'head':
      if (part.head >= n_heads) throw missing(part, `Its layers have heads 0 to ${n_heads - 1}`);
      return { hook: `${block}.attn.hook_z`, unit: part.head, units: n_heads, width: d_head, axes: 2 };
    case 'attention':
      return { hook: `${block}.hook_attn_out`, unit: 0, units: 1, width: d_model, axes: 1 };
    case 'mlp':
      if (d_mlp === 0) throw missing(part, 'The model has no MLP');
      return { hook: `${block}.hook_mlp_out`, unit: 0, units: 1, width: d_model, axes: 1 };
    case 'residual': {
      const hook =
        part.layer < n_layers ? `${block}.hook_resid_pre` : `blocks.${n_layers - 1}.hook_resid_post`;
      return { hook, unit: 0, units: 1, width: d_model, axes: 1 };
    }
  }
}

/** @throws SubtextError `interventions` */
export function partNamed(name: string): Part {
  const part = parsePart(name);
  if (part) return part;
  throw new SubtextError(
    'interventions',
    `${name} names no part of a model`,
    'Parts are L3H5 (a head), L2N17 (a neuron), L1.attn, L1.mlp and L1.resid.',
  );
}

function missing(part: Part, remedy: string): SubtextError {
  return new SubtextError('interventions', `The model has no ${printPart(part)}`, `${remedy}.`);
}
