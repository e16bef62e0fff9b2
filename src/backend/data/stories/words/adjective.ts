// An adjective: what it can describe.
import type { Noun, NounKind } from './noun';

/**
 * `trait`: what a child is like; `glad` and `sad`: how somebody feels; `weather`: a day; `place`: a place out of doors;
 * `happening`: what one says of a day or an adventure; `thing`: any of the nouns that it describes.
 */
export type AdjectiveFrame = 'trait' | 'glad' | 'sad' | 'weather' | 'place' | 'happening' | 'thing';

export interface Adjective {
  readonly base: string;
  readonly frame: AdjectiveFrame;
  /** For `thing` adjectives: kinds of nouns, … */
  readonly kinds: readonly NounKind[];
  /** … and single nouns. */
  readonly nouns: readonly string[];
}

export function adjectives(
  frame: AdjectiveFrame,
  list: string,
  describes: { kinds?: readonly NounKind[]; nouns?: string } = {},
): Adjective[] {
  const { kinds = [], nouns } = describes;
  return list
    .trim()
    .split(/\s+/)
    .map((base) => ({ base, frame, kinds, nouns: nouns?.split(', ') ?? [] }));
}

export function describes(adjective: Adjective, noun: Noun): boolean {
  return adjective.kinds.includes(noun.kind) || adjective.nouns.includes(noun.base);
}
