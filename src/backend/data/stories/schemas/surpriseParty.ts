// A birthday gift is made for a parent.
import { argue, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const surpriseParty: Schema = {
  name: 'surprise',
  takes: ['dish', 'container'],
  tell(t) {
    const { hero, parent, otherParent, friend, bad } = t;
    const gift = t
      .oneOf(
        'lamp',
        'clock',
        'mirror',
        'vase',
        'box',
        'basket',
        'mug',
        'bowl',
        'picture',
        'jar',
        'bell',
        'chair',
      )
      .heldBy(hero);
    t.open(`${t.oneDay}, ${hero.he} remembered that the next day was the birthday of ${parent.name}.`);
    t.foreshadow(
      `${parent.name} smiled and closed the door of the kitchen.`,
      `${hero.name} was not the only one with a secret.`,
    );
    t.paragraph();
    t.tell(
      `${parent.name} was not at home, but ${otherParent.name} was, so ${hero.name} said hello to ${otherParent.name} and asked for help.`,
    );
    parent.place = undefined;
    t.says(
      hero,
      `I want to make a surprise for ${parent.call}, but I have no money.`,
      `${hero.name} had no money for a gift.`,
    );
    t.complain();
    t.says(
      otherParent,
      `You can make something with your own hands.`,
      `${otherParent.name} said that ${hero.he} could make something.`,
    );
    t.meet(friend);
    t.tell(`${hero.name} called ${hero.his} friend ${friend.name}, and they found ${gift.a} in the attic.`);
    argue(t, friend, `paint it red`, `paint it blue`, `In the end, they used both colors.`);
    t.tell(
      t.pick(
        `they cleaned it and painted it until it looked like new.`,
        `they worked on it all afternoon, and in the end it looked very pretty.`,
      ),
    );
    t.paragraph();
    parent.place = t.home;
    t.tell(
      t.pick(
        `the next morning, ${parent.name} came into the kitchen.`,
        `when the sun rose the next day, ${parent.name} came to breakfast.`,
      ),
    );
    t.says(hero, `Happy birthday, ${parent.call}!`, `${hero.name} sang a birthday song.`);
    gift.give(hero, parent);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${parent.name} looked at the ${gift.name} and had happy tears.`,
            `${parent.name} opened the paper slowly and saw the ${gift.name}.`,
          ),
        );
        t.says(
          parent,
          'This is the best gift of all!',
          `${parent.name} said that it was the best gift of all.`,
        );
      },
      bad() {
        t.tell(
          `but when ${parent.name} took the ${gift.name}, it broke into pieces.`,
          `nobody knew what to say.`,
        );
      },
      twist() {
        t.tell(`${parent.name} had a surprise too, and it was a big cake for ${hero.name}!`);
      },
      badTwist() {
        t.tell(
          `${parent.name} said that the birthday was not today, but had been last week.`,
          `${hero.name} had missed it.`,
        );
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [`${hero.he} ran out of the kitchen.`, `There was no party that day.`]
        : [
            `They all ate cake for breakfast.`,
            `Then they all danced in the kitchen.`,
            `The ${gift.name} got the best place in the house.`,
          ],
      moral: ['a gift from the heart is the best gift', 'you do not need money to make someone happy'],
      summary: `${hero.name} and ${friend.name} make a birthday gift for ${parent.name} out of ${gift.a}. ${bad ? 'It goes wrong.' : 'It is a very happy morning.'}`,
    });
  },
};
