// What a checkpoint gives, whatever its format on disk.
import type { TransformerConfiguration } from '../model/configuration';
import type { Weights } from '../model/weights';
import type { Tokenizer } from '../tokenizer/tokenizer';

export type CheckpointFormat = 'llama2.c' | 'hugging-face';

/** A tensor as it lies in the file. */
export interface StoredTensor {
  name: string;
  dtype: string;
  shape: number[];
}

/** All that `subtext inspect` says, read without the weights themselves. */
export interface CheckpointHeader {
  format: CheckpointFormat;
  /** As the checkpoint names it: `gpt2`, `gpt_neo`, `gpt_neox`, `llama`, `mixtral`, `bert`, `subtext`. */
  architecture: string;
  /** Absolute path of the folder or file that was opened. */
  path: string;
  configuration: TransformerConfiguration;
  tensors: StoredTensor[];
}

export interface Checkpoint extends CheckpointHeader {
  weights: Weights;
  /** Absent when no tokenizer lies beside the weights: token ids still work. */
  tokenizer: Tokenizer | undefined;
  /** What was done to or left out of the file, for the log: 'ignored 4 attention mask buffers'. */
  notes: string[];
}
