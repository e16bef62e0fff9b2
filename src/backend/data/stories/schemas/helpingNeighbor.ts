// Something heavy is carried together.
import { argue, meanwhile, resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const helpingNeighbor: Schema = {
  name: 'helping a neighbor',
  takes: ['container'],
  heroes: 'any',
  tell(t) {
    const { hero, friend, bad, parent } = t;
    const load = t.thing('container');
    const woman = t.chance(0.5);
    const neighbor = new Character(woman ? 'the old woman' : 'the old man', woman ? 'she' : 'he', 'neighbor');
    const treat = t.pick('a piece of cake', 'a warm bun', 'a glass of juice', 'a sweet apple');
    t.open(
      `${t.oneDay}, ${hero.he} and ${hero.his} friend ${friend.name} were playing in front of the house.`,
    );
    t.meet(friend);
    t.foreshadow(
      `A good smell came from the house next door.`,
      `There was ice on the steps of the house next door.`,
    );
    t.paragraph().meet(neighbor);
    t.tell(
      `they saw ${t.a(neighbor.name.slice(4))} with ${load.a} that was much too heavy.`,
      t.pick(`every few steps, ${neighbor.he} had to stop.`, `${neighbor.name} could hardly carry it.`),
    );
    t.complain();
    argue(t, friend, 'help', 'go on with the game', 'In the end, they left the game and went over.');
    t.says(hero, 'May we help you?', `${hero.name} asked if they could help.`);
    t.says(neighbor, 'Thank you. That is very kind of you.', `${neighbor.name} thanked them.`);
    t.tell(
      t.pick(
        `${hero.name} took one side, and ${friend.name} took the other side.`,
        `${hero.name} and ${friend.name} lifted it up together.`,
      ),
    );
    t.paragraph();
    t.tell(
      t.pick(
        'first, it was easy, but then it got heavier and heavier.',
        `they carried the ${load.name} up the hill and had to rest three times.`,
      ),
    );
    meanwhile(t);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `at last, they were at the door, and ${neighbor.name} gave each of them ${treat}.`,
            `when they were done, ${neighbor.name} asked them in and gave each of them ${treat}.`,
          ),
        );
      },
      bad() {
        t.tell(`on the steps, ${friend.name} slipped, and the ${load.name} fell down and broke.`);
      },
      twist() {
        t.tell(
          `when they put it down, it was full of gifts for all the children in the street, and the first two were for them!`,
        );
      },
      badTwist() {
        t.tell(
          `at the door, they found out that it was the wrong house.`,
          `they had to carry it all the way back, and it began to rain.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `${neighbor.name} said that it was all right, but ${neighbor.he} did not smile.`,
            `They wanted to help, but it went wrong.`,
          ]
        : [`From then on, they helped ${neighbor.name} every week.`, `${parent.name} was proud of them.`],
      moral: ['helping others makes you happy', 'many hands make a heavy thing light'],
      summary: `${hero.name} and ${friend.name} help ${t.a(neighbor.name.slice(4))} to carry a heavy ${load.name}${bad ? ', but it goes wrong' : ' and are glad that they did'}.`,
    });
  },
};
