// What Subtext must know of a Hugging Face model family to read and write it: how its config.json maps onto our
// configuration and back, and where in which tensor of the file each weight lies.
import type { ActivationKind, TransformerConfiguration } from '../../model/configuration';
import type { ConfigurationReader } from '../configurationReader';
import { rowMajor, type View } from '../layout';

/** Copy `gpt2.ts` to add one, list it in `index.ts`, and draw it in `test/support/drawnConfigurations.ts`. */
export interface Family {
  /** `model_type` of config.json. */
  readonly modelType: string;
  /** The class of transformers that opens it, with the head that predicts tokens; undefined where there is none. */
  readonly architecture: string | undefined;
  /** What the names of the tensors begin with, except in files saved without the head: `transformer.`. */
  readonly prefix: string;
  /** By the name of the weight, with `{}` for the layer; for all weights that any configuration can ask for. */
  readonly sources: Sources & { readonly 'embed.W_E': Source };
  /** Other sources for some of the weights, in a file with any tensor whose name matches `where`. */
  readonly renamed?: { readonly where: RegExp; readonly sources: Sources };
  /** Tensors that are no weights. */
  readonly ignored: readonly { readonly pattern: RegExp; readonly what: string }[];
  /** Keys of config.json that change nothing in a forward pass, besides those common to all families. */
  readonly harmless: RegExp;
  /** @throws SubtextError `checkpoint-format` for values that cannot be or that Subtext cannot compute. */
  configuration(config: ConfigurationReader): TransformerConfiguration;
  /**
   * What config.json says of a configuration of this family, besides the common keys. Of one that the family cannot have it
   * may say anything: `familyOf` finds out by reading it. Undefined for one that is read but that transformers refuses.
   */
  values(configuration: TransformerConfiguration): Record<string, unknown> | undefined;
}

export type Sources = Readonly<Record<string, Source | undefined>>;

/** Where a weight lies in a file, for reading and writing alike. Several weights may lie in one tensor. */
export interface Source {
  /** Name in the file, with `{}` for the layer. */
  readonly tensor: string;
  /** The shape that the tensor has in the file, from the shape of the weight. */
  shape(weight: readonly number[]): number[];
  /** Where in the tensor the weight lies. No two weights share a number. */
  view(weight: readonly number[], configuration: TransformerConfiguration): View;
  /**
   * For weights in which experts lie side by side: then `shape` and `view` are those of one expert's part.
   * `axis` is where they lie side by side in the weight. In the file each has a tensor of its own, with its number in place
   * of `{expert}`, or all are `stacked` in one tensor [expert, …].
   */
  readonly experts?: { readonly axis: 0 | 1; readonly stacked: boolean };
}

/** A configuration without the optional parts that it does not use, so that two of the same model are equal. */
export function withoutUnused(configuration: TransformerConfiguration): TransformerConfiguration {
  const { rotary, experts, embedding_norm, token_types, head_transform, ...rest } = configuration;
  return {
    ...rest,
    ...(rest.position === 'rotary' && { rotary }),
    ...(experts && { experts }),
    ...(embedding_norm && { embedding_norm }),
    ...(token_types && { token_types }),
    ...(head_transform && { head_transform }),
  };
}

/** The tensor is the weight. */
export function asIs(tensor: string): Source {
  return {
    tensor,
    shape: (weight) => [...weight],
    view: (sizes) => ({ offset: 0, sizes, strides: rowMajor(sizes) }),
  };
}

/** A weight of `nn.Linear`: [out, in] in the file. */
export function transposed(tensor: string): Source {
  return transposedRows(tensor, 0, 1);
}

/** Part `part` of `parts` equally wide weights of `nn.Linear`, one below the other in the file. */
export function transposedRows(tensor: string, part: number, parts: number): Source {
  return {
    tensor,
    shape: (weight) => [weight[1] * parts, weight[0]],
    view: ([from, to]) => ({ offset: part * to * from, sizes: [from, to], strides: [1, from] }),
  };
}

/** Part `part` of `parts` equally wide weights (or biases), side by side in the last dimension of the tensor. */
export function columns(tensor: string, part: number, parts: number): Source {
  return {
    tensor,
    shape: (weight) => [...weight.slice(0, -1), weight.at(-1)! * parts],
    view: (sizes) => {
      const width = sizes.at(-1)!;
      return { offset: part * width, sizes, strides: [width * parts, 1].slice(-sizes.length) };
    },
  };
}

/** Part `part` of `parts` weights of `nn.Linear` (or biases) that lie one below the other in each head. */
export function headParts(tensor: string, part: number, parts: number): Source {
  return {
    tensor,
    shape: (weight) => [weight.at(-1)! * parts, ...weight.slice(0, -1)],
    view(weight, { d_head }) {
      const width = weight.at(-1)!;
      // A number of a bias is a row of one number.
      const inputs = weight.length === 1 ? 1 : weight[0];
      return {
        offset: part * d_head * inputs,
        sizes: [inputs, width / d_head, d_head],
        strides: [1, parts * d_head * inputs, inputs],
      };
    },
  };
}

/** The names of transformers' ACT2FN for the functions that we have; four of them are the same tanh formula. */
export const activations: Readonly<Record<string, ActivationKind>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu_new',
  gelu_fast: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
  gelu_accurate: 'gelu_new',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
};

/**
 * The width of a head where it is what the heads divide the model's width into.
 * @throws SubtextError `checkpoint-format` where they do not divide it.
 */
export function dividedHeads(
  config: ConfigurationReader,
  d_model: number,
  n_heads: number,
  name: string,
): number {
  if (d_model % n_heads !== 0) {
    throw config.error(name, `is ${n_heads}, which does not divide the width of the model, ${d_model}`);
  }
  return d_model / n_heads;
}
