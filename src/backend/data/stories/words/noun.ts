// A noun: its forms, and what kind of thing it names.
import { pluralOf } from '../language/inflection';

export type NounKind =
  | 'toy'
  | 'pet'
  | 'farm'
  | 'wild'
  | 'small'
  | 'food'
  | 'drink'
  | 'ingredient'
  | 'clothing'
  | 'tool'
  | 'dish'
  | 'furniture'
  | 'supply'
  | 'household'
  | 'fixture'
  | 'container'
  | 'instrument'
  | 'vehicle'
  | 'outdoors'
  | 'building'
  | 'room'
  | 'find'
  | 'plant'
  | 'landscape'
  | 'sky'
  | 'person'
  | 'body'
  | 'idea';

export interface Noun {
  readonly base: string;
  /** The same as `base` for mass nouns and for nouns that are always plural. */
  readonly plural: string;
  readonly kind: NounKind;
  /** "a ball"; "some milk"; "some scissors". */
  readonly number: 'singular' | 'mass' | 'plural';
  /** The sentence that brings in a noun which names no thing; `$he`, `$his`, `$Name` stand for the hero. */
  readonly sentence?: string;
}

/** A table's line: nouns of one kind, parted by commas. */
export function nouns(kind: NounKind, list: string, number: Noun['number'] = 'singular'): Noun[] {
  return list.split(',').map((item) => {
    const base = item.trim();
    return { base, plural: number === 'singular' ? pluralOf(base) : base, kind, number };
  });
}
