// Two friends trade what they have to eat.
import { resolve } from '../teller/turns';
import { nounCalled } from '../words/nouns';
import { Thing } from '../world/thing';
import type { Schema } from './schema';

const SWAPS = [
  'apple',
  'banana',
  'cookie',
  'pear',
  'orange',
  'muffin',
  'peach',
  'carrot',
  'sandwich',
  'plum',
];

export const trade: Schema = {
  name: 'trade',
  leavesHome: true,
  takes: ['food'],
  heroes: 'any',
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const mine = t.thing('food').heldBy(hero);
    const yours = new Thing(nounCalled(t.dice.pick(SWAPS.filter((name) => name !== mine.name)))).heldBy(
      friend,
    );
    const place = t.outdoors('park', 'meadow', 'playground', 'lake');
    t.open(`${t.oneDay}, ${parent.name} gave ${hero.him} ${mine.a} to take ${place.to}.`);
    t.go(place);
    t.foreshadow(
      `But ${hero.name} did not really like the taste of ${mine.noun.plural}.`,
      `${hero.name} looked into the bag only once.`,
    );
    t.meet(friend).paragraph();
    t.tell(`${place.at}, ${hero.he} met ${hero.his} friend ${friend.name}, who had ${yours.a}.`);
    t.tell(
      t.pick(
        `${hero.name} would rather have had the ${yours.name}.`,
        `${hero.name} looked at the ${yours.name} and wanted to have it.`,
      ),
    );
    t.complain();
    t.says(
      hero,
      `If you give me your ${yours.name}, I will give you my ${mine.name}.`,
      `${hero.name} wanted to trade the ${mine.name} for the ${yours.name}.`,
    );
    if (t.has('conflict')) {
      t.says(
        friend,
        `No, my ${yours.name} is better!`,
        `${friend.name} said that the ${yours.name} was better.`,
      );
      t.tell(
        `they argued about which one was better.`,
        `${hero.name} said that the ${mine.name} was better, and ${friend.name} said that the ${yours.name} was better.`,
      );
      t.tell(`then ${friend.name} laughed and gave in.`);
    } else {
      t.says(
        friend,
        t.pick('That is a good idea.', 'Yes, let us trade.'),
        `${friend.name} thought that it was a good idea.`,
      );
    }
    t.paragraph();
    t.tell(
      `${friend.name} gave ${hero.name} the ${yours.name}, so ${hero.name} gave ${friend.him} the ${mine.name}.`,
    );
    yours.give(friend, hero);
    mine.give(hero, friend);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `the ${yours.name} tasted very good, and ${friend.name} liked the ${mine.name} too.`,
            `both of them took a big bite and were happy.`,
            `the ${yours.name} was as sweet as honey, and there was nothing left of the ${mine.name}.`,
          ),
        );
      },
      bad() {
        t.tell(
          t.pick(
            `but then the ${yours.name} fell into the mud, and ${friend.name} had already eaten the ${mine.name}.`,
            `but the ${yours.name} tasted bad, and ${friend.name} had already eaten the ${mine.name}.`,
          ),
        );
      },
      twist() {
        t.tell(
          `${friend.name} had one more ${yours.name} in ${friend.his} bag, and ${hero.name} had one more ${mine.name}.`,
          `now both of them had two things to eat.`,
        );
      },
      badTwist() {
        t.tell(
          `there was a worm in the ${yours.name}, and ${hero.name} had to throw it away.`,
          `${friend.name} had known it all the time and ran off with the ${mine.name}.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`${hero.he} went home hungry.`, `${hero.he} had nothing to eat, and ${hero.his} tummy hurt.`]
        : [
            `They sat in the grass and ate together.`,
            `The next day, they traded again.`,
            `After that, they often shared their lunch.`,
          ],
      moral: bad
        ? ['you should think before you trade']
        : ['a fair trade makes both friends happy', 'it is nice to share with a friend'],
      summary: `${hero.name} and ${friend.name} trade ${mine.a} for ${yours.a}${bad ? `, but ${hero.name} ends up hungry` : ', and both are happy'}.`,
    });
  },
};
