// One sentence that brings a noun into a story, by what kind of thing it is.
import { withArticle } from '../language/inflection';
import type { Thing } from '../world/thing';
import { pronouns } from './pronouns';
import type { Teller } from './teller';

/** @param time when it is met with: "On the way" */
export function nounSentence(teller: Teller, thing: Thing, time = teller.time): string {
  const { hero, parent } = teller;
  const { he, his, him, name } = hero;
  const { a, full } = thing;
  const be = thing.noun.number === 'plural' ? 'were' : 'was';
  switch (thing.noun.kind) {
    case 'toy':
      return teller.pick(
        `${he} had ${a}.`,
        `On ${his} bed lay ${a}.`,
        `For ${his} birthday, ${he} had got ${a}.`,
      );
    case 'pet':
      return teller.pick(`${he} had ${a} at home.`, `${he} lived with ${his} family and ${a}.`);
    case 'farm':
      return time === 'On the way'
        ? `${time}, ${he} saw ${a}.`
        : teller.pick(`${time}, ${he} saw ${a}.`, `${his} uncle had ${a} on his farm.`);
    case 'wild':
      return teller.pick(
        `${he} had a book about ${a}.`,
        `${he} had once seen ${a} at the zoo.`,
        `On ${his} wall, there was a picture of ${a}.`,
      );
    case 'small':
    case 'plant':
    case 'vehicle':
      return `${time}, ${he} saw ${a}.`;
    case 'person':
      return teller.pick(`${time}, ${he} met ${a}.`, `${time}, ${a} waved to ${him}.`);
    case 'food':
      return teller.pick(
        `For breakfast, ${he} ate ${a}.`,
        `${parent.name} gave ${him} ${a} for lunch.`,
        `${he} had ${a} in ${his} lunch box.`,
      );
    case 'drink':
      return teller.pick(`For breakfast, ${he} drank ${a}.`, `${parent.name} gave ${him} ${a} to drink.`);
    case 'ingredient':
      return `There was ${a} on the kitchen table.`;
    case 'clothing':
      return teller.pick(`${he} wore ${a}.`, `${parent.name} gave ${him} ${a} to wear.`);
    case 'tool':
    case 'instrument':
      return teller.pick(`${parent.name} had ${a}.`, `${parent.name} showed ${him} how to use ${a}.`);
    case 'dish':
    case 'container':
      return teller.pick(`On the table ${be} ${a}.`, `${parent.name} had bought ${a}.`);
    case 'supply':
      return teller.pick(`${he} had ${a} in ${his} school bag.`, `On ${his} table lay ${a}.`);
    case 'furniture':
      return teller.pick(`In ${his} room, there was ${a}.`, `The family had ${a} in the living room.`);
    case 'fixture':
      return `In the house, there ${be} ${a}.`;
    case 'household':
      return teller.pick(
        `On the shelf, there ${be} ${a}.`,
        `In the closet, there ${be} ${a}.`,
        `${parent.name} had bought ${a} the day before.`,
      );
    case 'room':
      return teller.pick(
        `The house had ${a} that ${he} liked.`,
        `${his} favorite place in the house was the ${full}.`,
      );
    case 'outdoors':
    case 'building':
    case 'landscape':
      return time === 'On the way'
        ? `${time}, ${he} came past ${a}.`
        : teller.pick(`Near ${his} house, there was ${a}.`, `From ${his} window, ${he} could see ${a}.`);
    case 'find':
      return teller.pick(
        `${time}, ${he} found ${a} on the ground.`,
        `${time}, ${he} found ${a} and kept it.`,
      );
    case 'sky':
      return `From ${his} window, ${he} had once seen ${a}.`;
    case 'body':
      return teller.pick(
        `${parent.name} gave ${him} a kiss on the ${full}.`,
        `${he} had a spot of paint on ${his} ${full}.`,
      );
    case 'idea': {
      const sentence = `${pronouns(thing.noun.sentence!, teller)}.`;
      if (thing.adjective === undefined) return sentence;
      return `${time}, ${name} heard ${withArticle(full)}.`;
    }
  }
}
