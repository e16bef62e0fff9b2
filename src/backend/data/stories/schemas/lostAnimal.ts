// A young animal has lost its mother.
import { argue, meanwhile, resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

/** Small animals that can be carried home. */

const YOUNG = ['kitten', 'puppy', 'duckling', 'lamb', 'chick', 'rabbit', 'hedgehog'];

export const lostAnimal: Schema = {
  name: 'lost animal',
  leavesHome: true,
  takes: [],
  tell(t) {
    const { hero, friend, bad } = t;
    const young = t.oneOf(...YOUNG);
    const kind = young.name;
    const animal = new Character(`the ${kind}`, 'it', kind, `little ${kind}`);
    const place = t.outdoors();
    t.open(`${t.oneDay}, ${hero.he} went for a walk ${place.at} with ${hero.his} friend ${friend.name}.`);
    t.go(place, friend);
    t.foreshadow(
      'From far away came a soft and sad sound.',
      'They did not know that somebody needed help that day.',
    );
    t.meet(animal).paragraph();
    t.tell(
      t.pick(
        `under a bush, they found ${young.a}.`,
        `behind a big stone sat ${young.a}.`,
        `next to the path, they saw ${young.a}.`,
      ),
      `it was all alone, and it was ${t.pick('cold', 'hungry', 'shaking')}.`,
    );
    t.says(hero, `Hello, ${animal.call}. Are you lost?`, `${hero.name} asked if it was lost.`);
    t.one(`${animal.name} looked at them with big eyes.`, `${animal.name} made a small sound.`);
    t.complain();
    argue(t, friend, 'take it home', 'look for its mother', `In the end, ${friend.name} won.`);
    t.paragraph();
    t.says(
      friend,
      t.pick('Let us find its mother.', 'Its mother must be near.'),
      `${friend.name} wanted to find its mother.`,
    );
    t.tell(
      `${hero.name} picked it up, and they walked ${t.pick('from tree to tree', 'along the path', 'all the way around')}.`,
      `they asked ${t.pick('an old man', 'a farmer', 'a woman with a basket')}, but nobody had seen its mother.`,
    );
    meanwhile(t);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `at last, they heard a call from behind a ${t.pick('fence', 'hill', 'wall')}.`,
            `then, from far away, they heard somebody call.`,
          ),
          `it was the mother, and ${animal.name} ran to her.`,
        );
      },
      bad() {
        t.tell(
          t.pick(
            `suddenly, ${animal.name} jumped down and ran away into the dark bushes.`,
            `then a loud noise made ${animal.name} jump, and it ran away into the dark.`,
          ),
          `they called and called, but it did not come back.`,
        );
      },
      twist() {
        t.tell(
          `the mother had been walking behind them all the time!`,
          `she had only waited until she knew that they were kind.`,
        );
      },
      badTwist() {
        t.tell(
          `the mother came, but she thought that they were bad and chased them away.`,
          `they could not even say goodbye.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`They went home without a word.`, `${hero.name} thought of ${animal.name} for a long time.`]
        : [
            `${animal.name} and its mother went home, and so did ${hero.name} and ${friend.name}.`,
            `They waved goodbye to ${animal.name}.`,
            `${hero.name} looked back three times and waved.`,
          ],
      moral: bad
        ? ['even good friends cannot help every time']
        : ['it feels good to help', 'you should help those who are smaller than you'],
      summary: `${hero.name} and ${friend.name} find a lost ${kind} and ${bad ? 'try to help it, but it does not end well' : 'bring it back to its mother'}.`,
    });
  },
};
