// Two want to be first on the only swing.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

export const oneSwing: Schema = {
  name: 'one for two',
  takes: [],
  leavesHome: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const [wanted, where] = t.dice.pick([
      ['swing', 'park'],
      ['swing', 'playground'],
      ['slide', 'playground'],
      ['boat', 'lake'],
      ['raft', 'beach'],
      ['pony', 'farm'],
      ['sled', 'hill'],
    ] as const);
    const place = t.outdoors(where);
    t.open(
      `${t.oneDay}, ${hero.he} and ${hero.his} friend ${friend.name} went ${place.to} with ${parent.name}.`,
    );
    t.go(place, friend, parent);
    t.foreshadow(
      `There was only one ${wanted} for all the children.`,
      `The sky was blue, but in the west there was a cloud.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `both ${hero.name} and ${friend.name} wanted to be first on the ${wanted}.`,
        `there was one ${wanted}, and both ${hero.name} and ${friend.name} ran to it.`,
      ),
    );
    t.says(hero, 'I saw it first!', `${hero.name} said that ${hero.he} had seen it first.`);
    t.says(friend, 'But I ran faster!', `${friend.name} said that ${friend.he} had run faster.`);
    if (t.has('conflict'))
      t.tell(`they had an argument, and ${friend.name} pushed ${hero.name} into the sand.`);
    t.complain();
    t.says(
      parent,
      t.pick('You can take turns.', 'There is only one. What can you do?'),
      `${parent.name} told them to take turns.`,
    );
    t.paragraph();
    resolve(t, {
      good() {
        t.tell(
          `so they took turns, and each of them counted to twenty.`,
          `when ${hero.name} was on the ${wanted}, ${friend.name} waited, and when ${friend.name} was on it, ${hero.name} waited.`,
        );
      },
      bad() {
        t.tell(
          t.pick(
            `but nobody wanted to wait, so they both got on it, and it broke.`,
            `but they did not listen, and while they shouted, other children took the ${wanted}.`,
          ),
        );
      },
      twist() {
        t.tell(
          `while they were talking, a little child had got on the ${wanted} and had fallen asleep.`,
          `they laughed and let it sleep, and they played a game in the grass.`,
        );
      },
      badTwist() {
        t.tell(
          `while they were talking, it began to rain, and all the children had to go home.`,
          `nobody had been on the ${wanted}.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `On the way home, ${hero.name} walked on the left side and ${friend.name} on the right side.`,
            `It was a day without any fun.`,
          ]
        : [
            `They stayed until the sun went down.`,
            `Waiting was not so bad after all.`,
            `After that, they never argued about a ${wanted} again.`,
          ],
      moral: ['taking turns is fair', 'it is better to wait than to fight'],
      summary: `${hero.name} and ${friend.name} both want to be first on the ${wanted} ${place.at}. ${bad ? 'In the end, nobody has any fun.' : 'In the end, they are friends again.'}`,
    });
  },
};
