// The last paragraph: how the hero feels, what the schema ends with, and the moral.
import type { Character } from '../world/character';
import { phrase } from './phrase';
import { pronouns } from './pronouns';
import type { Teller } from './teller';

export interface Ending {
  /** The last sentence of the plot: one of these. */
  readonly last: readonly string[];
  /** What is learned, as the words after "learned that". */
  readonly moral: readonly string[];
  /** Who is there at the end, beside the hero. */
  readonly company?: Character;
  readonly summary: string;
}

export function closingSentences(teller: Teller, { last, moral, company }: Ending): string[] {
  const { hero, dice, bad, required, pending } = teller;
  const sentences: string[] = [];
  const { verb, adjective } = required;
  if (bad) {
    sentences.push(
      `${hero.name} ${dice.pick(['was sad', 'felt very sad', 'was unhappy', 'was disappointed', `had tears in ${hero.his} eyes`, 'did not smile any more'])}.`,
    );
  } else {
    if (pending.has('verb') && verb.frame === 'care') {
      pending.delete('verb');
      sentences.push(
        `${hero.name} ${phrase(`${verb.past} ${(company ?? teller.parent).name}`, verb.complement)}.`,
      );
    }
    const joyful = pending.has('verb') && verb.frame === 'joy';
    if (joyful) {
      pending.delete('verb');
      sentences.push(pronouns(`$Name ${phrase(verb.past, verb.complement)}.`, teller));
    }
    if (pending.has('adjective') && adjective.frame === 'glad') {
      pending.delete('adjective');
      sentences.push(`${joyful ? hero.he : hero.name} felt ${adjective.base}.`);
    } else if (!joyful && dice.chance(0.6)) {
      sentences.push(
        `${hero.name} ${dice.pick(['was very happy', 'smiled a big smile', 'was so happy', 'was glad', 'was proud', 'laughed', 'felt good', 'was full of joy', 'could not stop smiling'])}.`,
      );
    }
  }
  sentences.push(dice.pick(last));
  if (teller.has('moral')) {
    sentences.push(
      dice.pick([
        `That day, ${hero.name} learned that ${dice.pick(moral)}.`,
        `${hero.name} had learned that ${dice.pick(moral)}.`,
        `The moral of the story is that ${dice.pick(moral)}.`,
      ]),
    );
  } else if (!bad && dice.chance(0.35)) {
    sentences.push(
      dice.pick([
        `When night came, ${hero.name} was so tired that ${hero.he} went to bed early.`,
        `That night, ${hero.name} was tired, so ${hero.he} went to bed and fell asleep at once.`,
        `${hero.name} never forgot that day.`,
        'It was a good day.',
        `In the evening, ${hero.name} told ${teller.grandparent.name} all about it.`,
        `${hero.name} fell asleep with a smile that night.`,
      ]),
    );
  }
  return sentences;
}
