// A child asks for a pet, is refused, and asks for another.
import { resolve } from '../teller/turns';
import { pluralOf } from '../language/inflection';
import type { Schema } from './schema';

const PETS: readonly [string, string][] = [
  ['dog', 'cat'],
  ['cat', 'dog'],
  ['pony', 'rabbit'],
  ['puppy', 'hamster'],
  ['dog', 'goldfish'],
  ['parrot', 'rabbit'],
  ['dog', 'turtle'],
  ['cat', 'hamster'],
];

export const wantsPet: Schema = {
  name: 'wants a pet',
  takes: ['household'],
  withoutScene: true,
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const [first, second] = t.dice.pick(PETS);
    t.open(
      `${hero.he} liked ${pluralOf(first)} and ${pluralOf(second)}.`,
      `${t.oneDay}, ${hero.he} asked ${parent.name} for a ${first}.`,
    );
    t.foreshadow(
      `In the house next door, there was a ${second} that nobody wanted.`,
      `${parent.name} had something on ${parent.his} mind that day.`,
    );
    t.paragraph();
    t.says(hero, `Can I have a ${first}, please?`, '');
    t.says(
      parent,
      t.pick(`No, a ${first} is too much work.`, `No, our house is too small for a ${first}.`),
      `${parent.name} said no, because a ${first} was too much work.`,
    );
    t.complain();
    t.tell(`so instead, ${hero.he} asked for a ${second}.`);
    t.says(hero, `Then can I have a ${second}?`, '');
    if (t.has('conflict')) {
      t.says(parent, `No means no!`, `${parent.name} said no again.`);
      t.tell(`they had an argument, and ${hero.name} shut the door with a bang.`);
    }
    t.says(
      parent,
      `You must show me that you can take care of a ${second}.`,
      `${parent.name} wanted to see if ${hero.he} could take care of a ${second}.`,
    );
    t.paragraph();
    t.tell(
      `so ${hero.name} ${t.pick('made the bed every morning', 'washed the dishes every day', 'cleaned the room every week', 'fed the hens every morning')}.`,
      t.pick(
        `${hero.he} also read a book about the ${second}.`,
        `${hero.he} also walked the dog of ${hero.his} friend ${friend.name}.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `after a month, ${parent.name} came home with a box, and in it was a little ${second}.`,
            `one morning, there was a little ${second} on ${hero.his} bed.`,
            `then ${parent.name} said yes, and they went out together to choose a little ${second}.`,
          ),
        );
      },
      bad() {
        t.tell(
          t.pick(
            `but after a week, ${hero.he} got lazy and forgot all about it.`,
            `but soon it was too much work for ${hero.him}, and ${hero.he} stopped.`,
          ),
          `so there was no ${second} for ${hero.him}.`,
        );
      },
      twist() {
        t.tell(`${parent.name} came home with a big box, and in it was not a ${second}, but a ${first}!`);
      },
      badTwist() {
        t.tell(
          `a ${second} came into the house, but it made ${parent.name} sneeze all day.`,
          `it had to go away again.`,
        );
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [
            `${hero.he} had no pet to play with.`,
            `${hero.he} looked at the picture of a ${second} and sighed.`,
          ]
        : [
            `${hero.name} took good care of it and gave it food every day.`,
            `The new pet slept next to ${hero.his} bed.`,
            `${hero.name} gave it a name and played with it every day.`,
          ],
      moral: ['a pet needs care every day', 'you have to work for what you want'],
      summary: `${hero.name} wants a pet. ${bad ? `In the end, ${hero.he} does not get one.` : `${hero.he === 'she' ? 'She' : 'He'} shows that ${hero.he} can take care of one and gets it.`}`,
    });
  },
};
