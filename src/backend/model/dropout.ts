// Dropout where GPT-2 has it. In training only: a forward pass that is not asked for it has none.
import type { Graph, Tensor } from '../engine/graph/graph';
import { dropout } from '../engine/operations';

/** Name of the input, an int32 scalar: the same seed drops the same elements. */
export const DROPOUT_SEED = 'dropout_seed';

/** Probabilities, from 0 to below 1. */
export interface DropoutRates {
  /** Of the sum of the embeddings: GPT-2's `embd_pdrop`. */
  embedding: number;
  /** Of attention patterns: `attn_pdrop`. */
  attention: number;
  /** Of what attention and MLPs add to the residual stream: `resid_pdrop`. */
  residual: number;
}

export class DropoutPoints {
  /** How many there are so far: each has random numbers of its own. */
  private count = 0;

  constructor(
    private readonly graph: Graph,
    private readonly rates: DropoutRates = { embedding: 0, attention: 0, residual: 0 },
  ) {}

  drops(place: keyof DropoutRates): boolean {
    return this.rates[place] !== 0;
  }

  at(place: keyof DropoutRates, x: Tensor): Tensor {
    if (!this.drops(place)) return x;
    return dropout(x, this.graph.input(DROPOUT_SEED, 'int32', []), this.count++, this.rates[place]);
  }
}
