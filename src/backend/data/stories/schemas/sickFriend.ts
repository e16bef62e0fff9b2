// A friend who is sick gets a gift.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

const GIFTS = [
  'book',
  'card',
  'picture',
  'teddy bear',
  'balloon',
  'orange',
  'banana',
  'cupcake',
  'puzzle',
  'robot',
  'doll',
  'flower',
  'map',
  'hat',
  'scarf',
  'drum',
  'puppet',
  'shell',
  'feather',
];

export const sickFriend: Schema = {
  name: 'sick friend',
  takes: ['food', 'toy'],
  heroes: 'any',
  tell(t) {
    const { hero, parent, friend, otherParent, bad } = t;
    const gift = t.oneOf(...GIFTS).heldBy(hero);
    t.open(`${t.oneDay}, ${hero.he} went to visit ${hero.his} friend ${friend.name}.`);
    t.foreshadow(
      'The day before, they had played in the cold rain.',
      `${hero.name} had a funny feeling on the way.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `${hero.he} knocked on the door, but no one answered.`,
        `${hero.he} rang the bell, but no one came to the door.`,
      ),
      t.pick(
        `then a window opened, and ${friend.name} looked out with a red nose.`,
        `then ${hero.he} saw ${friend.name} behind the window with a red nose.`,
      ),
    ).meet(friend);
    t.says(
      friend,
      t.pick('I am sick, so I cannot come out to play.', 'I have to stay in bed.'),
      `${friend.name} was sick and could not come out to play.`,
    );
    t.complain();
    t.tell(
      t.pick(
        `${hero.name} went home and told ${parent.name} about it.`,
        `at home, ${hero.name} sat down next to ${parent.name} and told the whole story.`,
      ),
    );
    t.says(
      parent,
      'What would make your friend happy?',
      `${parent.name} asked what would make ${friend.name} happy.`,
    );
    if (t.has('conflict')) {
      t.says(hero, `I will give ${friend.him} my ${gift.name}.`, '');
      t.says(otherParent, 'No, that is too much.', '');
      t.tell(
        `${hero.name} had an argument with ${otherParent.name}, who did not want ${hero.him} to give so much away.`,
      );
    }
    t.paragraph();
    t.tell(`${hero.name} took ${gift.a}, put a ribbon around it and went back.`);
    t.says(
      hero,
      'This is for you. Get well soon!',
      `${hero.name} wished that ${friend.name} would get well soon.`,
    );
    gift.give(hero, friend);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${friend.name} sat up in bed and smiled.`,
            `it made ${friend.name} laugh, and that is good medicine.`,
          ),
          `a few days later, ${friend.he} was well again.`,
        );
      },
      bad() {
        t.tell(`but ${friend.name} was too weak to look at it and had to go to the hospital.`);
      },
      twist() {
        t.tell(
          `${friend.name} jumped out of bed and laughed, for ${friend.he} was well already.`,
          `${friend.he} had a gift for ${hero.name} too, and it was the same one!`,
        );
      },
      badTwist() {
        t.tell(`the next day, ${friend.name} was well, but now ${hero.name} was sick.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`${hero.he} had nobody to play with for a long time.`, `It was a long and lonely week.`]
        : [
            `Soon they played together again.`,
            `They shared it as soon as ${friend.name} was well.`,
            `${friend.name} never forgot the ${gift.name}.`,
          ],
      moral: ['a small gift can make a sick friend happy', 'friends take care of each other'],
      summary: `${hero.name} brings ${gift.a} to ${friend.name}, who is sick. ${bad ? 'It does not end well.' : 'It makes both of them happy.'}`,
    });
  },
};
