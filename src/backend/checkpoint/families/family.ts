// What Subtext must know of a Hugging Face model family to load it: how its config.json maps onto our
// configuration, and which tensor of the file each weight comes from.
import type { ActivationKind, TransformerConfiguration } from '../../model/configuration';
import type { ConfigurationReader } from '../configurationReader';
import { takeColumns, transpose } from '../layout';

/** Copy `gpt2.ts` to add one, and list it in `index.ts`. */
export interface Family {
  /** `model_type` of config.json. */
  readonly modelType: string;
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
}

export type Sources = Readonly<Record<string, Source | undefined>>;

/** Where a weight comes from. Several weights may come from one tensor. */
export interface Source {
  /** Name in the file, with `{}` for the layer. */
  readonly tensor: string;
  /** The shape that the tensor has in the file, from the shape of the weight. */
  shape(weight: readonly number[]): number[];
  /** Takes the weight, in our order, out of the tensor. Never shares memory with another weight. */
  take(tensor: Float32Array, weight: readonly number[]): Float32Array;
  /**
   * For weights in which experts lie side by side: then `shape` and `take` are those of one expert's part.
   * `axis` is where they lie side by side in the weight. In the file each has a tensor of its own, with its number in place
   * of `{expert}`, or all are `stacked` in one tensor [expert, …].
   */
  readonly experts?: { readonly axis: 0 | 1; readonly stacked: boolean };
}

/** The tensor is the weight. */
export function asIs(tensor: string): Source {
  return { tensor, shape: (weight) => [...weight], take: (values) => values };
}

/** A weight of `nn.Linear`: [out, in] in the file. */
export function transposed(tensor: string): Source {
  return {
    tensor,
    shape: (weight) => [weight[1], weight[0]],
    take: (values, weight) => transpose(values, weight[1], weight[0]),
  };
}

/** Part `part` of `parts` equally wide weights of `nn.Linear`, one below the other in the file. */
export function transposedRows(tensor: string, part: number, parts: number): Source {
  return {
    tensor,
    shape: (weight) => [weight[1] * parts, weight[0]],
    take: (values, [rows, columns]) => {
      const size = rows * columns;
      return transpose(values.subarray(part * size, (part + 1) * size), columns, rows);
    },
  };
}

/** Part `part` of `parts` equally wide weights (or biases), side by side in the last dimension of the tensor. */
export function columns(tensor: string, part: number, parts: number): Source {
  return {
    tensor,
    shape: (weight) => [...weight.slice(0, -1), weight.at(-1)! * parts],
    take: (values, weight) => {
      const width = weight.at(-1)!;
      return takeColumns(values, width * parts, part * width, width);
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
