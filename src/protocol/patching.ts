// Activation patching: values of a clean text put into a corrupted one, part by part, and how much of the clean text's
// prediction that brings back.
import type { EngineName } from './types';

export const PATCHED_PARTS = ['resid', 'attn', 'mlp', 'head'] as const;
/**
 * What is patched: the residual stream that enters a layer, what its attention or its MLP adds (each at one position), or
 * one head's z at all positions.
 */
export type PatchedPart = (typeof PATCHED_PARTS)[number];

export interface PatchQuestion {
  model: string;
  clean: string;
  corrupted: string;
  part: PatchedPart;
  /**
   * The token that the clean text should be followed by: its text or its id; the model's own likeliest if left out.
   */
  answer?: string | number;
  /** With it the metric is the difference of the two logits, without it the log-probability of the answer. */
  wrong?: string | number;
  /** `equal` refuses texts of different token counts with the reason `alignment`; see `TokenAlignment`. */
  align: 'equal' | 'subsequence';
}

/** Which token of one text corresponds to which of another. */
export interface TokenAlignment {
  kind: 'equal' | 'subsequence';
  /** For each token of the second text the one of the first, or −1. */
  sources: Int32Array;
}

/** Two texts before one is patched into the other; tokens are those that stand for text. */
export interface TextCorrespondence {
  sourceTokens: number;
  targetTokens: number;
  /** Tokens of the target that would take values: all where both have as many, else by `subsequence`. */
  corresponding: number;
}

export interface PatchMap {
  model: string;
  modelName: string;
  engine: EngineName;
  part: PatchedPart;
  layers: number;
  /** Tokens of the corrupted text, or heads per layer. */
  columns: number;
  /**
   * [layers, columns]: 0 = as corrupted, 1 = as clean; below or above where patching overshoots. NaN at tokens that
   * correspond to none.
   */
  effect: Float32Array;
  cleanPieces: string[];
  corruptedPieces: string[];
  alignment: TokenAlignment;
  metric: PatchMetric;
  /** How many are active; every run stands under them. */
  interventions: number;
  milliseconds: number;
}

export interface PatchMetric {
  kind: 'logit-difference' | 'log-probability';
  answer: { id: number; piece: string };
  wrong?: { id: number; piece: string };
  /** Its values after the last token of each text. */
  clean: number;
  corrupted: number;
}
