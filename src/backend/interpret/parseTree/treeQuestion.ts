// What is asked about a grammar's strings, and what probes read of them.
import type { TreeProbe, TreeTarget } from './probeSet';

/** A grammar, as far as reading its strings needs it. */
export interface ReadGrammar {
  name: string;
  /** Words by token id: begin of text, the terminals, end of text. */
  words: string[];
  /** Symbols of the levels between the root and the terminals. */
  levels: { level: number; symbols: string[] }[];
  signature: string;
}

export interface TreeQuestion {
  grammar: ReadGrammar;
  /** Token ids of the strings without begin and end; 0 for a word that is no terminal. */
  strings: Int32Array[];
  probes: string | null;
  hook: string | null;
  folders: string[];
}

export interface TreeAnswer {
  probes: string;
  folders: string[];
  hook: string;
  hooks: string[];
  /** What is known of the probes of each of the grammar's levels. */
  results: Record<TreeTarget, TreeProbe | null>[];
  strings: ReadTree[];
  /** That were active. */
  interventions: number;
}

/** What was read of a string, level by level, or why nothing was. */
export type ReadTree = { levels: LevelProbabilities[] } | { unread: string };

export interface LevelProbabilities {
  /** [tokens, symbols of the level] */
  symbols: Float32Array | null;
  /** By token, that a constituent ends. */
  ends: Float32Array | null;
}
