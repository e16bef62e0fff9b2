// Pronouns: the words in tables that stand for the hero, and names where a pronoun would not be clear.
import { capitalised } from '../language/sentence';
import type { Teller } from './teller';

/** Puts in $Name, $he, $his and $him; $mom is the parent. */
export function pronouns(text: string, { hero, parent }: Teller): string {
  if (!text.includes('$')) return text;
  return text.replace(/\$(Name|he|his|him|mom)\b/g, (_, word: string) => {
    if (word === 'Name') return hero.name;
    if (word === 'mom') return parent.name;
    return word === 'he' ? hero.he : word === 'his' ? hero.his : hero.him;
  });
}

/**
 * "She ran." with the hero's name, unless the sentence before is about the hero and nobody else whom "she" could mean;
 * and often even then, as people tell stories to small children. Sentences that begin with a pronoun always mean the hero or somebody of the other gender.
 * @param before the sentence before in the same paragraph
 */
export function clearSubject(
  sentence: string,
  before: string | undefined,
  { hero, parent, otherParent, grandparent, dice }: Teller,
): string {
  const pronoun = capitalised(hero.he);
  if (!sentence.startsWith(`${pronoun} `)) return sentence;
  if (before !== undefined) {
    const words = before.toLowerCase().split(/[^a-z]+/);
    const rivals = [parent, otherParent, grandparent].filter(({ he }) => he === hero.he);
    const named = [hero.name.toLowerCase(), hero.he, hero.him, hero.his].some((word) => words.includes(word));
    const clear = named && !rivals.some(({ kind }) => words.includes(kind));
    if (clear && dice.chance(0.5)) return sentence;
  }
  return hero.name + sentence.slice(pronoun.length);
}
