// A map shows the way to a treasure.
import { argue, meanwhile, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const treasureMap: Schema = {
  name: 'treasure map',
  takes: ['container', 'plant'],
  heroes: 'any',
  leavesHome: true,
  tell(t) {
    const { hero, friend, grandparent, bad } = t;
    const mark = t.oneOf('tree', 'bush', 'oak', 'log', 'rose', 'flower', 'cactus', 'nest');
    const chest = t.thing('container');
    const place = t.outdoors();
    t.open(
      `${t.oneDay}, ${hero.he} found an old map in the attic.`,
      `it showed the way to a treasure ${place.at}.`,
    );
    t.foreshadow(
      `In one corner of the map, there were the letters of a name.`,
      `The map had a hole right in the middle.`,
    );
    t.tell(`${hero.name} ran to ${hero.his} friend ${friend.name}, and they went ${place.to} with a shovel.`);
    t.go(place, friend).paragraph();
    t.tell(
      t.pick(
        `the map said to go ten steps from ${mark.a}.`,
        `on the map, there was a red cross, ten steps away from ${mark.a}.`,
      ),
    );
    const [left, right] = t.chance(0.5) ? ['left', 'right'] : ['right', 'left'];
    argue(t, friend, `go to the ${left}`, `go to the ${right}`);
    t.tell(`first, they went ten steps to the ${left} and dug a hole, but there was nothing.`);
    t.complain();
    meanwhile(t);
    t.says(friend, `Let us try the other side.`, `${friend.name} wanted to try the other side.`);
    t.tell(
      `so they went ten steps to the ${right} and dug again.`,
      t.pick(
        `then the shovel hit something hard, and it was ${chest.a}.`,
        `deep in the hole, there was ${chest.a}.`,
      ),
    );
    t.paragraph();
    t.says(hero, 'We found the treasure!', `They had found the treasure.`);
    resolve(t, {
      good() {
        t.tell(
          `they opened the ${chest.name}, and it was full of old coins and ${t.pick('shells', 'stones', 'buttons')} of all colors.`,
        );
      },
      bad() {
        t.tell(
          t.pick(
            `they opened the ${chest.name}, but there was nothing in it but earth and worms.`,
            `but the ${chest.name} was empty, and somebody had been there first.`,
          ),
        );
      },
      twist() {
        t.tell(
          `in the ${chest.name} was a picture of ${grandparent.name} as a child and a letter.`,
          `${grandparent.name} had hidden the treasure many years ago!`,
        );
      },
      badTwist() {
        t.tell(`in the ${chest.name} was only a note, and on it stood that somebody had been there first.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `All the digging had been for nothing.`,
            `They threw the map away.`,
            `They went home with dirty hands and nothing else.`,
          ]
        : [
            `They shared the treasure, and each of them got half.`,
            `${hero.name} and ${friend.name} felt like real pirates.`,
          ],
      moral: ['the best treasure is a day with a friend', 'you should not give up after the first hole'],
      summary: `${hero.name} finds a map and looks for a treasure ${place.at} with ${friend.name}. ${bad ? 'They do not find anything good.' : 'They find it.'}`,
    });
  },
};
