// A child lets go of a hand in a crowd.
import { argue, resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const gettingLost: Schema = {
  name: 'getting lost',
  takes: ['building', 'person', 'toy'],
  leavesHome: true,
  tell(t) {
    const { hero, parent, bad, friend } = t;
    const place = t.outdoors('market', 'zoo', 'museum', 'store', 'station', 'town');
    const lure = t.thing('toy');
    const helper = new Character(`the ${t.pick('policeman', 'baker', 'farmer', 'mailman')}`, 'he', 'helper');
    t.open(`${t.oneDay}, ${hero.he} went ${place.to} with ${parent.name}.`);
    t.says(parent, 'Hold my hand, and do not run away.', `${parent.name} told ${hero.him} not to run away.`);
    t.go(place, parent);
    t.foreshadow(
      'There were more people than on any other day.',
      `${hero.name} did not listen, because there was so much to see.`,
    );
    t.paragraph();
    t.tell(
      `suddenly, ${hero.name} saw ${lure.a} in a window and let go of the hand.`,
      t.pick(
        `when ${hero.he} turned around, ${parent.name} was gone.`,
        `when ${hero.he} looked up again, there were only strangers.`,
      ),
    );
    parent.place = undefined;
    t.complain();
    if (t.has('conflict')) {
      t.meet(friend);
      t.tell(`${hero.his} friend ${friend.name} was there too.`);
      argue(t, friend, 'run around and look', 'stay and wait', `In the end, they stayed where they were.`);
    }
    t.meet(helper).tell(`then ${t.a(helper.name.slice(4))} came by and stopped.`);
    t.says(helper, 'Are you lost? What is your name?', `${helper.name} asked for ${hero.his} name.`);
    t.says(
      hero,
      `I am ${hero.name}, and I cannot find my ${parent.kind} anywhere.`,
      `${hero.name} said that ${parent.name} was nowhere to be found.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `${helper.name} took ${hero.name} by the hand, and they walked around and called.`,
        `${helper.name} lifted ${hero.name} up high, so that everyone could see ${hero.him}.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `at the gate, they saw ${parent.name}, who had been looking everywhere.`,
            `then they heard a voice that ${hero.name} knew, and it was ${parent.name}.`,
          ),
        );
        parent.place = hero.place;
        t.says(parent, `There you are! I was so worried.`, `${parent.name} had been so worried.`);
      },
      bad() {
        t.tell(
          `they looked for hours, and it got dark.`,
          `when they found ${parent.name} at last, both were crying, and the day was spoiled.`,
        );
      },
      twist() {
        t.tell(`${parent.name} had been standing right behind them all the time!`);
        parent.place = hero.place;
      },
      badTwist() {
        t.tell(
          `when they found ${parent.name}, ${parent.his} bag was gone, because a thief had taken it in the meantime.`,
        );
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [
            `Nobody spoke on the way home.`,
            `${hero.he} did not get anything from the ${place.name.slice(4)}.`,
          ]
        : [
            `${hero.name} held the hand very tight all the way home.`,
            `They thanked ${helper.name} and went home.`,
          ],
      moral: [
        'you should stay close to the people you are with',
        'it is good to ask for help when you are lost',
      ],
      summary: `${hero.name} gets lost ${place.at}, and a kind man helps to look for ${parent.name}. ${bad ? 'It is a bad day.' : 'They find each other.'}`,
    });
  },
};
