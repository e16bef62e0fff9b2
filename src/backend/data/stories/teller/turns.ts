// Turns of a plot that many schemas share: an argument, and how a problem is resolved.
import type { Character } from '../world/character';
import type { Teller } from './teller';

/** What announces a plot twist. */
export const TWISTS = [
  'But then something surprising happened.',
  'And then came a big surprise.',
  'Then there was a surprise for everyone.',
  'What came next was a surprise.',
];

/**
 * The conflict of a story, told only if it is to have one: the hero wants one thing, the other another.
 * @param mine what the hero wants to do: "look in the garden"
 * @param yours what the other wants to do: "look in the house"
 */
export function argue(teller: Teller, other: Character, mine: string, yours: string, end?: string): void {
  if (!teller.has('conflict')) return;
  const { hero } = teller;
  teller.says(hero, `I want to ${mine}!`, `${hero.name} wanted to ${mine}.`);
  teller.says(other, `No! I want to ${yours}!`, `But ${other.name} wanted to ${yours}.`);
  teller.one(
    `They had an argument, and both were angry.`,
    `They began to argue, and nobody wanted to give in.`,
    `So they got into a fight about it.`,
    'They shouted at each other until both were red in the face.',
    'Nobody wanted to listen to the other.',
    'They stood there and argued for a long time.',
  );
  teller.tell(
    end ??
      teller.pick(
        `In the end, they agreed to ${mine} first and to ${yours} after that.`,
        `At last, ${hero.name} said sorry, and they decided to ${yours} together.`,
        `At last, ${other.name} said sorry, and they decided to ${mine} together.`,
      ),
  );
}

/** How the problem ends; each tells its sentences. A twist is announced. */
export function resolve(
  teller: Teller,
  ends: { good: () => void; bad: () => void; twist: () => void; badTwist: () => void },
): void {
  if (!teller.has('plot twist')) {
    (teller.bad ? ends.bad : ends.good)();
    return;
  }
  teller.one(...TWISTS);
  (teller.bad ? ends.badTwist : ends.twist)();
}

const SNACKS = [
  'an apple',
  'a banana',
  'a cookie',
  'a pear',
  'a sandwich',
  'an orange',
  'a muffin',
  'some bread',
  'a bun',
  'some berries',
];
const SONGS = [
  'the moon',
  'a frog',
  'the sea',
  'a brave mouse',
  'the rain',
  'a lazy cat',
  'ten ducks',
  'a red bus',
];
const PASSERS = [
  'a butterfly',
  'a bee',
  'a cat',
  'a dog',
  'a bird',
  'a squirrel',
  'an old man',
  'a farmer',
  'a woman with a dog',
  'a boy on a bike',
];

/** Something small that happens to hero and friend while they are at work together; now and then. */
export function meanwhile(teller: Teller): void {
  const { hero, friend } = teller;
  if (teller.chance(0.4)) return;
  teller.one(
    `they were hungry, so they shared ${teller.pick(...SNACKS)}.`,
    `${hero.name} fell down, but ${friend.name} helped ${hero.him} up.`,
    `${friend.name} fell down, but ${hero.name} helped ${friend.him} up.`,
    `to feel better, they sang a song about ${teller.pick(...SONGS)}.`,
    `${teller.pick(...PASSERS)} came by and looked at them.`,
    `${friend.name} told a joke about ${teller.pick(...SONGS)}, and ${hero.name} had to laugh.`,
    `${hero.name} was tired, but ${friend.name} gave ${hero.him} ${teller.pick(...SNACKS)}.`,
    `their hands got dirty, but they did not stop.`,
  );
}
