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

function parentOf(hero: Character, call: 'Mom' | 'Dad' | 'Grandma' | 'Grandpa'): Character {
  const female = call === 'Mom' || call === 'Grandma';
  const character = new Character(
    `${hero.his} ${call.toLowerCase()}`,
    female ? 'she' : 'he',
    call.toLowerCase(),
    call,
  );
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
  const mother = dice.chance(0.5);
  return {
    hero,
    friend,
    parent: parentOf(hero, mother ? 'Mom' : 'Dad'),
    otherParent: parentOf(hero, mother ? 'Dad' : 'Mom'),
    grandparent: parentOf(hero, dice.chance(0.5) ? 'Grandma' : 'Grandpa'),
  };
}
