// Scenes in which one thing follows from another: the second wish after the first is refused, a trade, two opinions.
import { pluralOf, withArticle } from '../language/inflection';
import type { Scene } from './scene';

const WISHES = [
  ['dog', 'cat'],
  ['apple', 'banana'],
  ['bike', 'scooter'],
  ['drum', 'guitar'],
  ['rabbit', 'hamster'],
  ['doll', 'ball'],
  ['cookie', 'pear'],
  ['hat', 'scarf'],
  ['balloon', 'kite'],
  ['pony', 'puppy'],
] as const;

const instead: Scene = (t) => {
  const { hero, parent } = t;
  const pair = t.dice.pick(WISHES);
  const [first, second] = t.dice.shuffled(pair) as [string, string];
  t.tell(`${hero.name} liked ${pluralOf(pair[0])} and ${pluralOf(pair[1])}.`);
  t.tell(
    `${hero.he} asked ${parent.name} for ${withArticle(first)}, but ${parent.name} said no.`,
    `so instead, ${hero.name} asked for ${withArticle(second)}, and ${parent.name} said yes.`,
  );
};

const TREATS = ['apple', 'banana', 'cookie', 'pear', 'orange', 'plum', 'peach', 'carrot'];

const trade: Scene = (t) => {
  const { hero, friend } = t;
  const [mine, yours] = t.dice.two(TREATS);
  t.meet(friend).tell(`${hero.name} had ${withArticle(mine)}, and ${friend.name} had ${withArticle(yours)}.`);
  t.says(
    hero,
    `If you give me your ${yours}, I will give you my ${mine}.`,
    `${hero.name} wanted the ${yours}, and ${friend.name} wanted the ${mine}.`,
  );
  t.tell(`${friend.name} gave ${hero.name} the ${yours}, so ${hero.name} gave ${friend.him} the ${mine}.`);
};

const OPINIONS = [
  ['cake', 'ice cream'],
  ['summer', 'winter'],
  ['milk', 'juice'],
  ['red', 'blue'],
  ['soup', 'pizza'],
  ['jam', 'honey'],
  ['cheese', 'chocolate'],
  ['running', 'swimming'],
  ['rain', 'snow'],
  ['singing', 'dancing'],
] as const;

const better: Scene = (t) => {
  const { hero, friend } = t;
  const [mine, yours] = t.dice.shuffled(t.dice.pick(OPINIONS)) as [string, string];
  t.tell(
    `${hero.name} and ${friend.name} had an argument.`,
    `${friend.name} said that ${mine} is better than ${yours}, and ${hero.name} said that ${yours} is better than ${mine}.`,
  );
  t.tell(
    t.pick('then they laughed, because both were good.', 'in the end, they agreed that both were good.'),
  );
};

const PLACES = ['park', 'beach', 'zoo', 'pool', 'lake', 'forest', 'playground', 'farm', 'library'];

const whereToGo: Scene = (t) => {
  const { hero, friend } = t;
  const [mine, yours] = t.dice.two(PLACES);
  t.meet(friend).tell(
    t.pick(
      `${hero.name} and ${friend.name} could not decide between the ${mine} and the ${yours}.`,
      `${hero.name} and ${friend.name} had an argument about the ${mine} and the ${yours}.`,
    ),
  );
  t.says(friend, `I want to go to the ${mine}.`, `${friend.name} wanted to go to the ${mine}.`).says(
    hero,
    `I want to go to the ${yours}.`,
    `${hero.name} wanted to go to the ${yours}.`,
  );
  t.tell(`in the end, they went to the ${mine} first and to the ${yours} the next day.`);
};

const whoIsHome: Scene = (t) => {
  const { hero, parent, otherParent } = t;
  const swap = t.chance(0.5);
  t.tell(
    swap
      ? `${hero.name}'s ${parent.kind} was at home, and ${hero.his} ${otherParent.kind} was not at home.`
      : `${hero.name}'s ${otherParent.kind} was not at home, and ${hero.his} ${parent.kind} was at home.`,
    `when ${hero.name} came home from school, ${hero.he} said hello to ${parent.name}.`,
  );
};

const weekdays: Scene = (t) => {
  const { hero, grandparent } = t;
  const weekend = t.chance(0.5);
  t.tell(
    `on weekdays, ${hero.name} went to school, and on weekends ${hero.he} went to see ${grandparent.name}.`,
  );
  t.tell(
    weekend
      ? `it was the weekend, so ${hero.he} went to see ${grandparent.name}.`
      : `it was Monday, so ${hero.he} went to school.`,
  );
};

const lastPiece: Scene = (t) => {
  const { hero, friend, parent } = t;
  const treat = t.pick('cake', 'pie', 'pizza', 'chocolate', 'bread');
  t.tell(
    `both ${hero.name} and ${friend.name} wanted some ${treat}.`,
    `but ${parent.name} said that there was only one piece of ${treat} left.`,
    t.pick(`so they cut it in two and shared it.`, `so they shared it, and each of them got half.`),
  );
};

const dislike: Scene = (t) => {
  const { hero, parent } = t;
  const [activity, invitation] = t.dice.pick([
    ['swimming', 'go to the pool'],
    ['the cold', 'play in the snow'],
    ['singing', 'sing a song'],
    ['dogs', 'pet the dog'],
    ['soup', 'eat some soup'],
    ['loud noises', 'play the drum'],
  ] as const);
  const likes = t.chance(0.4);
  t.tell(`${hero.name} ${likes ? 'liked' : 'did not like'} ${activity}.`);
  t.says(
    parent,
    `Do you want to ${invitation}?`,
    `${parent.name} asked if ${hero.he} wanted to ${invitation}.`,
  );
  t.says(
    hero,
    likes ? `Yes, I want to!` : `No, I do not want to.`,
    likes
      ? `${hero.name} said yes, because ${hero.he} liked ${activity}.`
      : `${hero.name} said no, because ${hero.he} did not like ${activity}.`,
  );
};

const nobodyHome: Scene = (t) => {
  const { hero, friend } = t;
  t.tell(
    `${hero.name} went to visit ${friend.name}, but ${friend.name} was not at home.`,
    `${hero.he} knocked on the door, but no one answered.`,
    `so ${hero.name} went home again.`,
  );
};

const bigger: Scene = (t) => {
  const { hero, friend } = t;
  const [first, middle, last] = t.dice.pick([
    ['dog', 'horse', 'elephant'],
    ['mouse', 'cat', 'cow'],
    ['ant', 'frog', 'bear'],
    ['bee', 'duck', 'whale'],
  ] as const);
  t.tell(
    `${friend.name} said that ${withArticle(middle)} is bigger than ${withArticle(first)}.`,
    `${hero.name} said that ${withArticle(last)} is bigger than ${withArticle(middle)}.`,
    `so the ${last} is the biggest of the three, and the ${first} is the smallest.`,
  );
};

export const REASONING: readonly Scene[] = [
  instead,
  instead,
  trade,
  better,
  whereToGo,
  whoIsHome,
  whoIsHome,
  weekdays,
  lastPiece,
  dislike,
  nobodyHome,
  bigger,
];
