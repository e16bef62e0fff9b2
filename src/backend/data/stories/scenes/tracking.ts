// Scenes that ask to keep things in mind: what is in which pocket, who has which color, what is left in the bag.
import { withArticle } from '../language/inflection';
import type { Scene } from './scene';

const SMALL_THINGS = [
  'a piece of candy',
  'a piece of chocolate',
  'a coin',
  'a key',
  'a shell',
  'a button',
  'a nut',
  'a feather',
  'a marble',
  'a stone',
];

const pockets: Scene = (t) => {
  const { hero, parent } = t;
  const [left, right] = t.dice.two(SMALL_THINGS);
  const asksLeft = t.chance(0.5);
  t.tell(`${hero.name} had ${left} in ${hero.his} left pocket and ${right} in ${hero.his} right pocket.`);
  const side = asksLeft ? 'left' : 'right';
  const thing = asksLeft ? left : right;
  t.says(
    parent,
    `What do you have in your ${side} pocket?`,
    `${parent.name} asked what ${hero.he} had in ${hero.his} ${side} pocket.`,
  );
  t.says(hero, `I have ${thing} in my ${side} pocket.`, `${hero.name} said that it was ${thing}.`);
};

const COLORS = ['white', 'black', 'brown', 'gray'];

const twoAnimals: Scene = (t) => {
  const { hero, friend } = t;
  const animal = t.pick('dog', 'cat', 'rabbit', 'hamster');
  const [first, second] = t.dice.two(COLORS);
  const third = t.dice.pick(COLORS.filter((color) => color !== first && color !== second));
  t.meet(friend).tell(
    `${hero.name} had two ${animal}s.`,
    `one was ${first}, and the other was ${second}.`,
    `${friend.name} had ${withArticle(`${third} ${animal}`)}.`,
  );
  t.says(
    hero,
    `I see that you have a ${third} ${animal}. I have two ${animal}s, a ${first} one and a ${second} one.`,
    `so together, they had a ${first} ${animal}, a ${second} ${animal} and a ${third} ${animal}.`,
  );
};

const FRUIT = ['an apple', 'a carrot', 'a banana', 'a pear', 'a cookie', 'an orange', 'a bun', 'a plum'];

const bag: Scene = (t) => {
  const { hero, friend } = t;
  const [first, second] = t.dice.two(FRUIT);
  const [out, left] = t.dice.shuffled([first, second]).map((fruit) => fruit.replace(/^an? /, 'the ')) as [
    string,
    string,
  ];
  t.tell(
    `${hero.name} had ${first} and ${second} in ${hero.his} bag.`,
    `${hero.he} took ${out} out of the bag and gave it to ${friend.name}.`,
    `then ${hero.he} reached into the bag again and took out ${left}.`,
  );
};

const haveYouSeen: Scene = (t) => {
  const { hero, parent, friend } = t;
  t.says(
    hero,
    `Have you seen ${friend.name}? I cannot find ${friend.him} anywhere.`,
    `${hero.name} could not find ${friend.name} anywhere and asked ${parent.name} about ${friend.him}.`,
  );
  t.says(
    parent,
    t.pick(`No, I have not seen ${friend.name}.`, `Yes, I saw ${friend.name} in the garden.`),
    `${parent.name} said that ${friend.name} was in the garden.`,
  );
};

const names: Scene = (t) => {
  const { hero, friend } = t;
  const color = t.pick('red', 'blue', 'green', 'yellow', 'white');
  const stranger = t.pick('girl', 'boy', 'woman', 'man');
  t.meet(friend).tell(`${hero.name} and ${friend.name} met ${withArticle(stranger)} with a ${color} hat.`);
  if (t.has('dialogue')) {
    t.tell(`the ${stranger} asked, "What are your names?"`);
    t.tell(
      t.pick(
        `"I am ${hero.name}, and this is ${friend.name}," said ${hero.name}.`,
        `"We are ${hero.name} and ${friend.name}," they said.`,
      ),
    );
  } else {
    t.tell(
      `the ${stranger} asked for their names, and they said that they were ${hero.name} and ${friend.name}.`,
    );
  }
  t.tell(`the ${stranger} with the ${color} hat said hello and went on.`);
};

const boxes: Scene = (t) => {
  const { hero, friend } = t;
  const [first, second] = t.dice.two(['ball', 'doll', 'car', 'book', 'drum', 'kite']);
  const [here, there] = t.dice.two(['box', 'basket', 'closet', 'drawer', 'bag']);
  const asked = t.chance(0.5);
  t.meet(friend).tell(`${hero.name} put the ${first} into the ${here} and the ${second} into the ${there}.`);
  t.says(
    friend,
    `Where is the ${asked ? first : second}?`,
    `${friend.name} asked where the ${asked ? first : second} was.`,
  );
  t.says(
    hero,
    `It is in the ${asked ? here : there}.`,
    `${hero.name} said that it was in the ${asked ? here : there}.`,
  );
};

const whoHas: Scene = (t) => {
  const { hero, friend } = t;
  const thing = t.pick('ball', 'balloon', 'book', 'flower', 'cookie', 'kite');
  const back = t.chance(0.5);
  t.tell(
    `${hero.name} had a ${thing} and gave it to ${friend.name}.`,
    back
      ? `after a while, ${friend.name} gave it back, so now ${hero.name} had the ${thing} again.`
      : `now ${friend.name} had the ${thing}, and ${hero.name} had nothing.`,
  );
};

const colorsOfClothes: Scene = (t) => {
  const { hero, friend } = t;
  const [mine, yours] = t.dice.two(['red', 'blue', 'green', 'yellow', 'white', 'purple']);
  const wear = t.pick('hat', 'scarf', 'coat', 'shirt', 'cap');
  t.tell(
    `${hero.name} had a ${mine} ${wear}, and ${friend.name} had a ${yours} ${wear}.`,
    `one day, there was a ${yours} ${wear} on the floor.`,
    `it was the ${wear} of ${friend.name}.`,
  );
};

const counting: Scene = (t) => {
  const { hero, friend } = t;
  const thing = t.pick('apple', 'cookie', 'shell', 'ball', 'nut');
  const [start, given, left] = t.dice.pick([
    ['two', 'one', 'one'],
    ['three', 'one', 'two'],
    ['three', 'two', 'one'],
    ['four', 'two', 'two'],
    ['five', 'two', 'three'],
  ] as const);
  t.tell(
    `${hero.name} had ${start} ${thing}s.`,
    `${hero.he} gave ${given} of them to ${friend.name}, so ${hero.he} had ${left} left.`,
  );
};

export const TRACKING: readonly Scene[] = [
  pockets,
  pockets,
  twoAnimals,
  bag,
  haveYouSeen,
  names,
  boxes,
  whoHas,
  colorsOfClothes,
  counting,
];
