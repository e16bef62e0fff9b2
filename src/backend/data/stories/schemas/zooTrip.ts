// A monkey at the zoo takes something.
import { argue, resolve } from '../teller/turns';
import type { Schema } from './schema';

const ZOO_ANIMALS = [
  'lion',
  'tiger',
  'elephant',
  'giraffe',
  'monkey',
  'zebra',
  'bear',
  'camel',
  'panda',
  'kangaroo',
  'penguin',
  'hippo',
];

export const zooTrip: Schema = {
  name: 'trip to the zoo',
  leavesHome: true,
  takes: ['wild'],
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const zoo = t.outdoors('zoo');
    const beast = t.thing('wild');
    const other = t.dice.pick(ZOO_ANIMALS.filter((name) => name !== beast.name));
    const owned = t.thing('clothing');
    t.open(
      `${t.oneDay}, ${parent.name} took ${hero.him} and ${hero.his} friend ${friend.name} ${zoo.to}.`,
      `${hero.name} wore ${owned.a}.`,
    );
    t.go(zoo, friend, parent);
    t.foreshadow(
      `A sign said that the monkeys liked to steal things.`,
      `${parent.name} told them to stay close.`,
    );
    t.paragraph();
    t.tell(t.pick(`first, they saw ${t.a(other)}.`, `behind the first fence stood ${t.a(other)}.`));
    t.says(
      friend,
      `Look how ${t.pick('big', 'funny', 'beautiful')} it is!`,
      `${friend.name} pointed at it and laughed.`,
    );
    argue(t, friend, `see the ${beast.name}`, `stay with the ${other}`);
    t.tell(
      t.pick(
        `then they went to see ${beast.a}.`,
        `next to it, there was ${beast.a}.`,
        `after that, they stopped in front of ${beast.a}.`,
      ),
    );
    t.tell(`suddenly, a monkey put its long arm through the fence and took ${hero.name}'s ${owned.name}.`);
    t.complain();
    t.paragraph();
    t.says(hero, `Give me back my ${owned.name}!`, `${hero.name} asked the monkey to give it back.`);
    t.tell(
      t.pick(
        `but the monkey climbed up a tree and put the ${owned.name} on its head.`,
        `but the monkey laughed, jumped up a tree and turned the ${owned.name} around and around.`,
      ),
    );
    resolve(t, {
      good() {
        const fruit = t.pick('a banana', 'an apple', 'an orange');
        t.tell(
          `${friend.name} had an idea and held up ${fruit}.`,
          `the monkey wanted ${fruit.replace(/^an? /, 'the ')} and let the ${owned.name} fall.`,
        );
      },
      bad() {
        t.tell(
          t.pick(
            `the monkey pulled and pulled until the ${owned.name} was torn.`,
            `the monkey threw the ${owned.name} into the water, and it sank.`,
          ),
        );
      },
      twist() {
        t.tell(
          `the monkey did a dance with the ${owned.name}, and all the people clapped.`,
          `then it gave the ${owned.name} back and took a bow.`,
        );
      },
      badTwist() {
        t.tell(`a second monkey came, and now ${friend.name}'s hat was gone too.`);
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [
            `They had to go home without it.`,
            `The rest of the day was no fun.`,
            `${hero.he} did not want to see any more animals that day.`,
          ]
        : [
            `They laughed about the monkey all the way home.`,
            `Before they went home, they waved to the monkey.`,
            `At home, ${hero.name} drew a picture of the monkey.`,
          ],
      moral: ['you should hold on to your things', 'a good idea is better than shouting'],
      summary: `${hero.name} and ${friend.name} go to the zoo, where a monkey takes ${hero.name}'s ${owned.name}${bad ? ' and does not give it back whole' : ', but they get it back'}.`,
    });
  },
};
