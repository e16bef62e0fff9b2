// What probes read of a grammar's parse tree from a model's activations, string by string, beside the truth.
import type { TextRange, TextSource } from './types';

export interface ParseTreeQuestion {
  /** Strings that touch one of them are read, each alone; UTF-16. */
  ranges: TextRange[];
  /** Folder of probes; null for the best that fits the model and the grammar. */
  probes: string | null;
  /** Activation that is read; null for the one with the highest accuracy over all levels. */
  hook: string | null;
  /** Folders to look for folders of probes in, beside the one that belongs to the checkpoint. */
  folders: string[];
}

export interface ParseTreeReadings {
  source: TextSource;
  grammar: string;
  /** Folder of the probes, and those that could be taken instead. */
  probes: string;
  folders: string[];
  /** Activation that was read, and those that the folder has probes of. */
  hook: string;
  hooks: string[];
  /** From the level under the root down to the one above the terminals. */
  levels: ParseTreeLevel[];
  /** Where the document's first string begins; null where it has none. */
  first: number | null;
  /** As asked. */
  ranges: TextRange[];
  strings: ParseTreeString[];
}

/** A level of the tree, and how well its probes did on held-out strings. */
export interface ParseTreeLevel {
  /** Counted from the root's, which is 1. */
  level: number;
  symbols: string[];
  /** Of the symbol above each token; null without such a probe. */
  ancestor: HeldOut | null;
  /** Of whether a constituent ends. */
  boundary: HeldOut | null;
}

export interface HeldOut {
  accuracy: number;
  /** 95 % */
  ci: [number, number];
  majority: number;
  random_init: number | null;
}

export interface ParseTreeString {
  /** UTF-16 range in the document. */
  start: number;
  end: number;
  /** By token, in the document. */
  starts: Int32Array;
  ends: Int32Array;
  words: string[];
  /** How many trees it has; of several the likeliest is the truth. */
  trees: number;
  /** Why there is no truth: the grammar does not accept the string, or it takes too long to tell. */
  fault?: string;
  /** Why nothing was read: longer than the probes' positions or the model's context, a word the model does not know. */
  unread?: string;
  /** As `ParseTreeReadings.levels`. */
  levels: ParseTreeLevelReading[];
}

export interface ParseTreeLevelReading {
  /** By token, an index into the level's symbols; null without truth. */
  truth: Int32Array | null;
  /** By token, 1 where a constituent ends; null without truth. */
  ends: Uint8Array | null;
  /** [tokens, symbols]: probabilities of the ancestor probe; null where nothing was read. */
  symbols: Float32Array | null;
  /** By token, probability that a constituent ends; null without such a probe. */
  endProbability: Float32Array | null;
}

export interface ParseTreeRequests {
  /**
   * Of a document of strings (`subtext-cfgtext`). Fails with the reason `probe` where there are no probes for this model
   * and grammar.
   */
  'subtext/readParseTree': {
    params: { uri: string; model: string } & ParseTreeQuestion;
    result: ParseTreeReadings;
  };
}
