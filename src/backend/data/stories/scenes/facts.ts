// Scenes about what everybody knows: what animals eat, that a ball falls down, that winter is cold.
import { pluralOf, withArticle } from '../language/inflection';
import type { Scene } from './scene';

const FOOD_OF_ANIMALS: readonly [string, string][] = [
  ['birds', 'seeds and worms'],
  ['cows', 'grass'],
  ['rabbits', 'carrots and grass'],
  ['cats', 'fish and meat'],
  ['monkeys', 'bananas'],
  ['horses', 'hay and apples'],
  ['mice', 'cheese and corn'],
  ['squirrels', 'nuts'],
  ['bears', 'honey and berries'],
  ['ducks', 'seeds and bugs'],
  ['dogs', 'meat and bones'],
];

const food: Scene = (t) => {
  const [animals, meal] = t.dice.pick(FOOD_OF_ANIMALS);
  const question = `What do ${animals} like to eat?`;
  if (t.has('dialogue')) {
    t.tell(
      t.pick(
        `"${question}" ${t.hero.name} asked ${t.parent.name}.`,
        `"${question}" ${t.hero.name} asked ${t.parent.name} one day.`,
      ),
    ).tell(`"They like to eat ${meal}," said ${t.parent.name}.`);
  } else {
    t.tell(
      `${t.hero.name} asked ${t.parent.name} what ${animals} like to eat.`,
      `${t.parent.name} said that ${animals} like to eat ${meal}.`,
    );
  }
};

const FLYERS = ['birds', 'bees', 'owls', 'ducks', 'butterflies', 'bats'];
const WALKERS = ['cows', 'dogs', 'pigs', 'horses', 'fish', 'frogs', 'cats', 'sheep', 'elephants'];
const SWIMMERS = ['fish', 'whales', 'ducks', 'frogs', 'sharks'];

const canTheyFly: Scene = (t) => {
  const flies = t.chance(0.4);
  const animals = t.dice.pick(flies ? FLYERS : WALKERS);
  const other = t.dice.pick(FLYERS);
  if (t.has('dialogue')) {
    t.tell(`"Can ${animals} fly?" ${t.hero.name} asked ${t.parent.name}.`);
    t.tell(
      flies
        ? `"Yes, ${animals} can fly," said ${t.parent.name}.`
        : `"No, ${animals} cannot fly, but ${other} can," said ${t.parent.name}.`,
    );
  } else {
    t.tell(`${t.hero.name} asked ${t.parent.name} if ${animals} can fly.`);
    t.tell(
      flies
        ? `${t.parent.name} said yes, because ${animals} have wings.`
        : `${t.parent.name} said no, because ${animals} have no wings.`,
    );
  }
};

const canTheySwim: Scene = (t) => {
  const swims = t.chance(0.6);
  const animals = t.dice.pick(swims ? SWIMMERS : ['cats', 'hens', 'bees', 'butterflies']);
  t.says(t.hero, `Do ${animals} like the water?`, `${t.hero.name} asked if ${animals} like the water.`);
  t.says(
    t.parent,
    swims ? `Yes, ${animals} like to swim.` : `No, ${animals} do not like the water.`,
    `${t.parent.name} said ${swims ? `that ${animals} like to swim` : `that ${animals} do not like the water`}.`,
  );
};

const weather: Scene = (t) => {
  const [begin, wear, thing] = t.dice.pick([
    [`It was winter, and it was very cold outside`, 'wear a warm coat', 'a warm coat'],
    [`It was raining outside`, 'take an umbrella', 'an umbrella'],
    [`There was snow on the street`, 'wear warm boots', 'warm boots'],
    [`It was summer, and the sun was very hot`, 'wear a hat', 'a hat'],
    [`It was windy and cold outside`, 'wear a scarf', 'a scarf'],
  ] as const);
  t.tell(
    t.pick(
      `One day, ${begin.charAt(0).toLowerCase()}${begin.slice(1)}, and ${t.hero.name} wanted to go out.`,
      `${begin}, and ${t.hero.name} wanted to go out.`,
    ),
  );
  t.says(t.parent, `You should ${wear}.`, `${t.parent.name} told ${t.hero.name} to ${wear}.`);
  t.tell(
    `so ${t.hero.name} took ${thing}, and ${t.hero.he} was ${wear.includes('hat') ? 'not too hot' : wear.includes('umbrella') ? 'dry' : 'warm'}.`,
  );
};

const ball: Scene = (t) => {
  const thing = t.pick('ball', 'stone', 'feather', 'coin');
  t.tell(
    `${t.hero.name} threw ${withArticle(thing)} up into the air, and it came down again.`,
    `${t.hero.he} threw it up once more, and again it fell down.`,
  );
  t.says(
    t.hero,
    `Why does the ${thing} fall down?`,
    `${t.hero.name} asked ${t.parent.name} why it always fell down.`,
  );
  t.says(
    t.parent,
    `Everything that you throw up will come down.`,
    `${t.parent.name} said that everything that goes up will come down.`,
  );
};

const rainbow: Scene = (t) => {
  t.meet(t.friend).tell(
    `${t.hero.name} and ${t.friend.name} saw a rainbow after the rain.`,
    t.pick('they were amazed by it.', 'it went from one hill to the other.'),
  );
  t.says(
    t.friend,
    `Look! A rainbow has many colors: red, orange, yellow, green, blue and purple.`,
    `they saw its many colors: red, orange, yellow, green, blue and purple.`,
  );
};

const moon: Scene = (t) => {
  const small = t.chance(0.5);
  t.tell(`${t.hero.name} liked to watch the moon at night.`, `the moon changed its shape every night.`);
  t.tell(
    small
      ? `sometimes the moon was big and round, and sometimes it was small and thin.`
      : `sometimes the moon was small and thin, and sometimes it was big and round.`,
  );
};

const bedtime: Scene = (t) => {
  const who = t.hero;
  t.tell(
    t.pick(
      `${who.name} was so tired after a long day that ${who.he} went to bed.`,
      `${who.name} had played all day and was very tired, so ${who.he} went to bed.`,
    ),
    t.pick(
      `in the morning, ${who.he} woke up and was not tired any more.`,
      `${who.he} slept all night and woke up when the sun came up.`,
    ),
  );
};

const hungry: Scene = (t) => {
  const { hero, parent } = t;
  const thirsty = t.chance(0.5);
  t.tell(`${hero.name} was ${thirsty ? 'thirsty' : 'hungry'}, so ${hero.he} went to the kitchen.`);
  t.says(
    parent,
    thirsty ? 'Here is a glass of water for you to drink.' : 'Here is a sandwich for you to eat.',
    `${parent.name} gave ${hero.him} ${thirsty ? 'a glass of water to drink' : 'a sandwich to eat'}.`,
  );
  t.tell(`after that, ${hero.he} was not ${thirsty ? 'thirsty' : 'hungry'} any more.`);
};

const LANGUAGES: readonly [string, string][] = [
  ['France', 'French'],
  ['Spain', 'Spanish'],
  ['Germany', 'German'],
  ['England', 'English'],
  ['Italy', 'Italian'],
  ['China', 'Chinese'],
];

const language: Scene = (t) => {
  const [country, name] = t.dice.pick(LANGUAGES);
  t.says(
    t.hero,
    `What language do people speak in ${country}?`,
    `${t.hero.name} asked what language people speak in ${country}.`,
  );
  t.says(
    t.parent,
    `In ${country}, people speak ${name}.`,
    `${t.parent.name} said that people speak ${name} in ${country}.`,
  );
};

const ERRANDS: readonly [string, string][] = [
  ['read a book', 'to the library'],
  ['buy some bread', 'to the bakery'],
  ['see a lion', 'to the zoo'],
  ['swim', 'to the pool'],
  ['see the cows', 'to the farm'],
  ['play in the sand', 'to the beach'],
  ['ride on the swing', 'to the playground'],
  ['take a bath', 'to the bathroom'],
  ['sleep', 'to bed'],
  ['learn to read', 'to school'],
];

const errand: Scene = (t) => {
  const { hero } = t;
  const [wish, where] = t.dice.pick(ERRANDS);
  t.tell(
    `${hero.name} wanted to ${wish}, so ${hero.he} went ${where}.`,
    'it was just the right place for it.',
  );
};

const babies: Scene = (t) => {
  const [old, young] = t.dice.pick([
    ['dog', 'puppy'],
    ['cat', 'kitten'],
    ['duck', 'duckling'],
    ['sheep', 'lamb'],
    ['cow', 'calf'],
    ['hen', 'chick'],
    ['pig', 'piglet'],
    ['horse', 'foal'],
  ] as const);
  t.says(
    t.hero,
    `What do you call the baby of a ${old}?`,
    `${t.hero.name} asked what the baby of a ${old} is called.`,
  );
  t.says(
    t.parent,
    `It is called a ${young}, and many of them are ${pluralOf(young)}.`,
    `${t.parent.name} said that the baby of a ${old} is a ${young}.`,
  );
};

export const FACTS: readonly Scene[] = [
  food,
  food,
  canTheyFly,
  canTheySwim,
  weather,
  weather,
  ball,
  rainbow,
  moon,
  bedtime,
  hungry,
  language,
  errand,
  babies,
];
