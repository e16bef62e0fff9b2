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
