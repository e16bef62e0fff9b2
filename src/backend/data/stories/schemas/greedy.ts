// Too much of a good thing is eaten.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

const SWEETS = [
  'cookie',
  'muffin',
  'pancake',
  'cupcake',
  'donut',
  'cherry',
  'plum',
  'strawberry',
  'grape',
  'bun',
  'peach',
  'cake',
];

export const greedy: Schema = {
  name: 'too much',
  takes: ['food'],
  heroes: 'any',
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const food = t.oneOf(...SWEETS);
    const many = food.noun.plural;
    t.open(
      `${hero.he} loved ${many} more than anything.`,
      `${t.oneDay}, ${parent.name} made a big plate of ${food.many} for ${hero.name} and ${hero.his} friend ${friend.name}.`,
    );
    t.foreshadow(
      `A big tummy is not always a happy tummy.`,
      `${parent.name} put a second plate into the cupboard.`,
    );
    t.paragraph();
    t.says(
      parent,
      t.pick('You may have two, and no more.', 'Wait for your friend before you eat.'),
      `${parent.name} told ${hero.him} to wait and not to eat too many.`,
    );
    t.tell(
      t.pick(
        `but when ${parent.name} was gone, ${hero.name} ate one, and then one more, and then one more.`,
        `but they smelled so good that one after the other went into ${hero.name}'s mouth.`,
      ),
      t.pick(
        `soon there was only one left.`,
        `when ${hero.he} looked at the plate again, there was only one left.`,
      ),
    );
    t.meet(friend).tell(
      t.pick(
        `then ${friend.name} came, and ${friend.he} was hungry.`,
        `at noon, ${friend.name} came with an empty tummy.`,
      ),
    );
    if (t.has('conflict')) {
      t.says(friend, 'You ate all of them! That is not fair!', `${friend.name} said that it was not fair.`);
      t.tell(`both of them wanted the last one, and they had an argument about it.`);
    } else {
      t.says(friend, `Where are all the ${many}?`, `${friend.name} asked where all the ${many} were.`);
    }
    t.tell(t.pick(`now ${hero.name}'s tummy hurt.`, `by now, ${hero.name}'s tummy was as hard as a stone.`));
    t.complain();
    t.paragraph();
    resolve(t, {
      good() {
        t.says(
          hero,
          'I am sorry. You can have the last one.',
          `${hero.name} said sorry and gave ${friend.name} the last one.`,
        );
        t.tell(
          t.pick(
            `${friend.name} cut it in two, and they shared it.`,
            `${friend.name} was not angry any more and gave ${hero.him} half of it.`,
          ),
        );
      },
      bad() {
        t.tell(`${friend.name} went home, and ${hero.name} had to lie in bed all day.`);
      },
      twist() {
        t.tell(
          `${parent.name} came back with a second plate that was for ${friend.name} alone.`,
          `${friend.name} was kind and shared, but ${hero.name} was too full to eat.`,
        );
      },
      badTwist() {
        t.tell(
          `the ${many} had been for the birthday of ${hero.his} grandma, and now there was nothing to give to her.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`${hero.he} felt bad for a long time.`, `${hero.he} did not eat anything until the next day.`]
        : [`After that, ${hero.name} always shared.`, `From then on, ${hero.name} ate only two at a time.`],
      moral: ['too much of a good thing is not good', 'you should leave some for others'],
      summary: `${hero.name} eats too many ${many} and leaves only one for ${friend.name}. ${bad ? 'It ends badly.' : 'Then they are friends again.'}`,
    });
  },
};
