// A kite gets stuck in a tree.
import { argue, meanwhile, resolve } from '../teller/turns';
import { nounCalled } from '../words/nouns';
import { Thing } from '../world/thing';
import type { Schema } from './schema';

export const kite: Schema = {
  name: 'kite',
  leavesHome: true,
  takes: ['outdoors'],
  ownWeather: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const place = t.outdoors();
    const color = t.pick('red', 'blue', 'yellow', 'green', 'purple');
    const kiteThing = new Thing(nounCalled('kite'), color).heldBy(hero);
    t.open(
      `${parent.name} had made ${kiteThing.a} for ${hero.him}.`,
      `On a windy day, ${hero.he} and ${hero.his} friend ${friend.name} took it ${place.to}.`,
    );
    t.go(place, friend);
    t.foreshadow('There was one very tall tree.', 'The string was thin and old.');
    t.paragraph();
    t.tell(
      t.pick(
        `${hero.name} held the string and ran as fast as ${hero.he} could.`,
        `${friend.name} held the kite up, and ${hero.name} ran with the string.`,
      ),
      t.pick(
        `the kite went up and up, high above the trees.`,
        `soon the kite was as small as a bird in the sky.`,
      ),
    );
    t.says(
      friend,
      'It flies like a bird! May I hold the string?',
      `${friend.name} asked if ${friend.he} could hold the string.`,
    );
    argue(
      t,
      friend,
      'hold the string',
      'fly the kite alone',
      `They both pulled at the string, and that was not good.`,
    );
    t.tell(
      t.pick(
        'then the wind got stronger, and the kite got stuck in a tree.',
        'suddenly, the kite came down and got stuck in a tree.',
      ),
    );
    kiteThing.heldBy(undefined);
    t.complain();
    t.paragraph();
    t.tell(
      t.pick(
        `${friend.name} shook the tree, but the kite did not come down.`,
        `${friend.name} threw a ball at it, but the ball fell down and the kite did not.`,
      ),
    );
    t.says(
      hero,
      t.pick('What goes up must come down. We will wait.', 'We need a long stick.'),
      `${hero.name} tried to think of something.`,
    );
    meanwhile(t);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `then ${hero.name} found a long stick and pushed the kite out of the tree.`,
            `then a tall man came by, and he reached up and took the kite down.`,
          ),
        );
        kiteThing.heldBy(hero);
      },
      bad() {
        t.tell(`they pulled at the string, and the kite was torn in two.`);
      },
      twist() {
        t.tell(
          `a bird picked at the string until the kite was free, and it fell right into ${hero.name}'s arms.`,
        );
        kiteThing.heldBy(hero);
      },
      badTwist() {
        t.tell(`the wind took the kite out of the tree and carried it far away over the hills.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `They walked home with nothing but a piece of string.`,
            `${hero.he} told ${parent.name} that the kite was gone.`,
          ]
        : [
            `They flew the kite again, far away from the trees.`,
            `They took the kite home and mended the string.`,
            `After that, they took turns, and the kite flew until the evening.`,
          ],
      moral: ['it is better to think than to pull', 'you should look where you play'],
      summary: `${hero.name} and ${friend.name} fly a ${color} kite and it gets stuck in a tree. ${bad ? 'They lose it.' : 'They get it back.'}`,
    });
  },
};
