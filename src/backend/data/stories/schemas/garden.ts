// A seed needs water, sun and time.
import { argue, resolve } from '../teller/turns';
import type { Schema } from './schema';

const CROPS: readonly [string, string][] = [
  ['sunflower', 'seed'],
  ['pumpkin', 'seed'],
  ['tomato', 'seed'],
  ['rose', 'seed'],
  ['tulip', 'bulb'],
  ['bean', 'seed'],
  ['carrot', 'seed'],
  ['melon', 'seed'],
  ['strawberry', 'seed'],
  ['tree', 'nut'],
];

export const garden: Schema = {
  name: 'garden',
  takes: ['tool', 'plant'],
  heroes: 'any',
  tell(t) {
    const { hero, friend, parent, grandparent, bad } = t;
    const [crop, seed] = t.dice.pick(CROPS);
    t.open(
      `${t.oneDay}, ${grandparent.name} gave ${hero.him} a ${crop} ${seed}.`.replace(`a ${crop}`, t.a(crop)),
    );
    t.foreshadow(
      `Under the old leaves, a hungry snail was waiting.`,
      `${grandparent.name} said that there was something special about it.`,
    );
    t.paragraph();
    const digger = t.thing('tool');
    t.says(
      parent,
      'Put it into the earth and give it water every day.',
      `${parent.name} told ${hero.him} to put it into the earth and give it water every day.`,
    );
    t.tell(
      t.pick(
        `${hero.name} dug a hole in the garden, put the ${seed} in and covered it with earth.`,
        `so ${hero.name} made a little hole, laid the ${seed} in it and covered it up.`,
      ),
      `next to it lay ${digger.a}.`,
    );
    t.tell(
      t.pick(
        `${hero.he} waited for one day, for two days and for three days, but nothing happened.`,
        `every morning, ${hero.he} ran to look, but there was only earth.`,
      ),
    );
    t.complain();
    t.meet(friend).tell(
      t.pick(
        `then ${hero.his} friend ${friend.name} came by.`,
        `${hero.his} friend ${friend.name} looked over the fence.`,
      ),
    );
    t.says(
      friend,
      t.pick('Be patient. Plants need time.', 'You have to wait. It will grow.'),
      `${friend.name} told ${hero.him} that plants need time.`,
    );
    argue(
      t,
      friend,
      `dig up the ${seed}`,
      `wait a little longer`,
      `In the end, they waited and did not dig it up.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `so ${hero.name} gave it water every day, and the sun gave it light.`,
        `so ${hero.name} waited, and rain and sun did their work.`,
      ),
      t.pick(
        `one morning, there was a small green leaf, and it grew and grew.`,
        `then, at last, something green looked out of the earth, and it got bigger every day.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `by the end of summer, there was a big and beautiful ${crop} in the garden.`,
            `when summer came, the ${crop} was as big as ${hero.name}.`,
          ),
        );
      },
      bad() {
        t.tell(`but then ${hero.name} forgot to water it for a week, and the plant turned brown and died.`);
      },
      twist() {
        t.tell(
          `it was not ${t.a(crop)} at all, but ${t.pick('a giant mushroom', 'a tree with golden apples', 'a bush full of sweet berries')}!`,
          `nobody knew how that had happened.`,
        );
      },
      badTwist() {
        t.tell(
          `one night, a family of snails came and ate every leaf of it.`,
          `only the ${digger.name} was left next to the hole.`,
        );
      },
    });
    t.close({
      company: grandparent,
      last: bad
        ? [`There was nothing left in the garden but earth.`, `${hero.he} had no ${seed} left to try again.`]
        : [
            `${hero.he} showed it to ${grandparent.name}, who was very proud.`,
            `${hero.name} and ${friend.name} sat next to it and looked at it for a long time.`,
          ],
      moral: ['plants need water, sun and time', 'good things need time', 'you should be patient'],
      summary: `${hero.name} plants ${t.a(crop)} ${seed} and waits for it to grow, ${bad ? 'but in the end the plant is lost' : 'and in the end there is something wonderful'}.`,
    });
  },
};
