// What the parts of a model share while its graph is built.
import type { Graph, Tensor } from '../engine/graph/graph';
import type { TransformerConfiguration } from './configuration';
import type { DropoutPoints } from './dropout';
import type { HookPoints } from './hooks';

/** Names of the graph's inputs. */
export const TOKENS = 'tokens';
export const POSITIONS = 'positions';
/** Tokens of each text, int32 [batch]: in graphs for texts of different lengths, where padding could be seen. */
export const LENGTHS = 'lengths';
export const KEY_POSITIONS = 'key_positions';
export const cacheName = (layer: number, which: 'keys' | 'values') => `cache ${layer} ${which}`;

export const isCacheName = (name: string) => name.startsWith('cache ');

export interface ModelContext {
  configuration: TransformerConfiguration;
  graph: Graph;
  hooks: HookPoints;
  dropout: DropoutPoints;
  /** Weights by name; `find` gives undefined for those that this configuration does not have. */
  weights: { get: (name: string) => Tensor; find: (name: string) => Tensor | undefined };
  /** Whether keys and values of earlier runs come in and go out. */
  cached: boolean;
  /** Tokens of each text, where that is known and their positions count up from the first. */
  pos?: number;
  /** Whether `LENGTHS` says where each text ends. */
  padded: boolean;
}
