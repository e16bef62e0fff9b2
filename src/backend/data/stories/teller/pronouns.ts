// Pronouns: the words in tables that stand for the hero, and names where a pronoun would not be clear.
import { capitalised } from '../language/sentence';
import type { Character } from '../world/character';
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
 * "She ran." with the hero's name, unless the sentence before is about the hero and nobody else whom "she" could mean.
 * Sentences that begin with a pronoun always mean the hero or somebody of the other gender.
 * @param before the sentence before in the same paragraph
 */
export function clearSubject(
  sentence: string,
  before: string | undefined,
  { hero, parent, otherParent }: Teller,
): string {
  const pronoun = capitalised(hero.he);
  if (!sentence.startsWith(`${pronoun} `)) return sentence;
  if (before !== undefined && speaksOf(before, hero)) {
    const rivals = [parent, otherParent].filter(({ he }) => he === hero.he);
    if (!rivals.some(({ call }) => before.toLowerCase().includes(` ${call.toLowerCase()}`))) return sentence;
  }
  return hero.name + sentence.slice(pronoun.length);
}

function speaksOf(sentence: string, { name, he, his, him }: Character): boolean {
  if (sentence.includes(name)) return true;
  const words = sentence.toLowerCase().split(/[^a-z]+/);
  return words.includes(he) || words.includes(his) || words.includes(him);
}
