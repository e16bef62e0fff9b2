// A wave takes a castle of sand.
import { argue, meanwhile, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const sandcastle: Schema = {
  name: 'sandcastle',
  leavesHome: true,
  takes: ['find', 'tool'],
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const beach = t.outdoors('beach');
    const found = t.thing('find');
    t.open(`${t.oneDay}, ${parent.name} took ${hero.him} and ${hero.his} friend ${friend.name} ${beach.to}.`);
    t.go(beach, friend, parent);
    t.foreshadow('Slowly, the water came nearer and nearer.', 'The waves were big that day.');
    t.paragraph();
    t.says(hero, `Let us build a castle!`, `${hero.name} wanted to build a castle.`);
    argue(
      t,
      friend,
      'build it close to the water',
      'build it near the rocks',
      `In the end, they built it close to the water.`,
    );
    t.tell(
      `they filled a bucket with wet sand and made ${t.pick('two', 'three', 'four')} towers.`,
      `on the highest tower, ${hero.name} put ${found.a}.`,
    );
    t.tell(
      t.pick(
        `then a big wave came and washed the castle away.`,
        `but a wave came, and then there was only flat sand.`,
      ),
    );
    t.complain();
    t.paragraph();
    t.says(
      parent,
      'Try again, but not so close to the water.',
      `${parent.name} told them to try again, but not so close to the water.`,
    );
    t.says(friend, 'Yes, we can make a bigger one!', `${friend.name} wanted to make a bigger one.`);
    t.tell(
      t.pick(`so they started again near the rocks.`, `this time, they chose a dry spot near the rocks.`),
    );
    meanwhile(t);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `this time, the waves could not reach it, and the castle stood until the evening.`,
            `the new castle had a wall all around, and no wave could break it.`,
          ),
        );
      },
      bad() {
        t.tell(
          `but then a boy ran by and stepped on the castle, and it was broken again.`,
          `now it was too late to build a new one.`,
        );
      },
      twist() {
        t.tell(
          `a little crab came out of the sand and went into the castle through the gate.`,
          `now the castle had a king!`,
        );
      },
      badTwist() {
        t.tell(
          `a crab came out of the sand and bit ${hero.name} in the toe.`,
          `they had to stop and go home.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`${hero.he} looked back at the sea and did not wave.`, `It was a sad way home.`]
        : [
            `${hero.name} and ${friend.name} took the ${found.name} home to remember the day.`,
            `When the sun went down, they said goodbye to the castle.`,
            `All the people at the beach came to look at it.`,
          ],
      moral: ['you should not give up', 'it is wise to try in a different way'],
      summary: `${hero.name} and ${friend.name} build a castle out of sand, and a wave takes it. They build a new one, ${bad ? 'but that does not end well' : 'and it is even better'}.`,
    });
  },
};
