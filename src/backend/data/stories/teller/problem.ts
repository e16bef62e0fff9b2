// How the hero takes a problem: the required feeling, thought or tears, or common ones.
import { phrase } from './phrase';
import { pronouns } from './pronouns';
import type { Teller } from './teller';

/** Feelings that any problem may bring; the others of the list only come when they are asked for. */
const COMMON =
  'sad, very sad, so sad, upset, worried, very worried, unhappy, angry, disappointed, confused, nervous, helpless, troubled'.split(
    ', ',
  );

const REACTIONS = [
  'sighed',
  'cried a little',
  'frowned',
  'did not know what to do',
  'thought about it for a while',
  'wondered what to do',
  'scratched $his head',
  'shook $his head',
  'took a deep breath',
  'looked around',
  'wished for some help',
  'hoped that all would be well',
  'bit $his lip',
  'sat down for a moment',
  'stood still',
  'closed $his eyes for a moment',
  'stopped to think',
  'looked down at $his feet',
];

export function adjectiveAtTheProblem({ hero, dice, required, pending }: Teller): string[] {
  const { adjective } = required;
  if (pending.has('adjective') && adjective.frame === 'sad') {
    pending.delete('adjective');
    return [`${hero.name} felt ${adjective.base}.`];
  }
  if (dice.chance(0.4)) return [];
  return [`${hero.name} ${dice.pick(['felt', 'was'])} ${dice.pick(COMMON)}.`];
}

export function verbAtTheProblem(teller: Teller): string[] {
  const { dice, required, pending } = teller;
  const { verb } = required;
  if (pending.has('verb') && (verb.frame === 'upset' || verb.frame === 'mind')) {
    pending.delete('verb');
    return [pronouns(`$he ${phrase(verb.past, verb.complement)}.`, teller)];
  }
  if (dice.chance(0.5)) return [];
  return [pronouns(`$he ${dice.pick(REACTIONS)}.`, teller)];
}
