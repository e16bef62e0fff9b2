// Required words that are met with on the way, in stories that go somewhere.
import type { NounKind } from '../words/noun';
import { phrase } from './phrase';
import { nounSentence } from './nounSentence';
import { pronouns } from './pronouns';
import type { Teller } from './teller';

const MET_OUT_OF_DOORS = new Set<NounKind>([
  'small',
  'farm',
  'find',
  'plant',
  'vehicle',
  'person',
  'building',
]);

/** Whether the opening leaves the word for the way. */
export function comesByTheWay({ leavesHome, required }: Teller, word: 'verb' | 'noun'): boolean {
  if (!leavesHome) return false;
  if (word === 'noun') return MET_OUT_OF_DOORS.has(required.noun.kind);
  return required.verb.frame === 'mishap' || required.verb.frame === 'move';
}

/** Sentences for the words that were left for the way. */
export function onTheWay(teller: Teller): string[] {
  const { hero, required, pending } = teller;
  const sentences: string[] = [];
  const { verb, noun } = required;
  if (pending.has('noun')) {
    pending.delete('noun');
    sentences.push(nounSentence(teller, teller.described(noun), 'On the way'));
  }
  if (pending.has('verb') && (verb.frame === 'mishap' || verb.frame === 'move')) {
    pending.delete('verb');
    const did = pronouns(phrase(verb.past, verb.complement), teller);
    const harmless = verb.frame === 'mishap' ? `, but ${hero.he} did not mind` : '';
    sentences.push(`${sentences.length > 0 ? 'Then' : 'On the way,'} ${hero.he} ${did}${harmless}.`);
  }
  return sentences;
}
