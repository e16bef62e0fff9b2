// Who is in a story. Hero and friend are of different gender, so that "he" and "she" always point at one of them.
import type { Dice } from '../dice';
import { ANIMAL_BOYS, ANIMAL_GIRLS, ANIMAL_HEROES, BOYS, GIRLS } from '../words/names';
import { Character } from '../world/character';
import { HOME } from '../world/place';

export interface Cast {
  readonly hero: Character;
  readonly friend: Character;
  /** The parent who is at home: "her mom". */
  readonly parent: Character;
  /** The other one. */
  readonly otherParent: Character;
  readonly grandparent: Character;
}

function relative(hero: Character, kind: string, he: 'she' | 'he', call: string): Character {
  const character = new Character(`${hero.his} ${kind}`, he, kind, call);
  character.place = HOME;
  return character;
}

export function drawCast(dice: Dice, heroes: 'child' | 'animal'): Cast {
  const girl = dice.chance(0.5);
  const [girls, boys] = heroes === 'child' ? [GIRLS, BOYS] : [ANIMAL_GIRLS, ANIMAL_BOYS];
  const kinds = heroes === 'child' ? [girl ? 'girl' : 'boy', girl ? 'boy' : 'girl'] : dice.two(ANIMAL_HEROES);
  const hero = new Character(dice.pick(girl ? girls : boys), girl ? 'she' : 'he', kinds[0]);
  const friend = new Character(dice.pick(girl ? boys : girls), girl ? 'he' : 'she', kinds[1]);
  hero.place = HOME;
  const [mother, father, grandmother, grandfather] = dice.chance(0.75)
    ? (['mom', 'dad', 'grandma', 'grandpa'] as const)
    : (['mother', 'father', 'grandmother', 'grandfather'] as const);
  const parents = dice.shuffled([relative(hero, mother, 'she', 'Mom'), relative(hero, father, 'he', 'Dad')]);
  return {
    hero,
    friend,
    parent: parents[0],
    otherParent: parents[1],
    grandparent: dice.chance(0.5)
      ? relative(hero, grandmother, 'she', 'Grandma')
      : relative(hero, grandfather, 'he', 'Grandpa'),
  };
}
