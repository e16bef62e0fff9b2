// A toy breaks while two children play with it.
import { argue, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const brokenToy: Schema = {
  name: 'broken toy',
  takes: ['toy', 'tool'],
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const toy = t.thing('toy').heldBy(hero);
    t.open(
      `${hero.he} loved to play with ${toy.a}.`,
      `${t.oneDay}, ${hero.his} friend ${friend.name} came to visit, and they played together.`,
    );
    t.meet(friend);
    t.foreshadow(
      `There was already a small crack in ${toy.the}.`,
      `${parent.name} had told ${hero.him} not to throw ${toy.the}.`,
    );
    t.paragraph();
    argue(
      t,
      friend,
      `play with the ${toy.name} in the kitchen`,
      `play with it outside`,
      `While they were pulling at it, ${toy.the} fell down.`,
    );
    t.tell(
      t.pick(`${friend.name} dropped ${toy.the}, and it broke.`, `${toy.the} hit the wall and broke in two.`),
    );
    t.complain();
    t.says(
      friend,
      'I am so sorry! I did not mean to do it.',
      `${friend.name} said that ${friend.he} was very sorry.`,
    );
    t.says(
      hero,
      t.pick('It is all right. Let us try to fix it.', `Let us ask my ${parent.kind} for help.`),
      `${hero.name} was not angry and wanted to fix it.`,
    );
    t.paragraph();
    const tape = t.pick('tape', 'string', 'glue');
    t.tell(
      t.pick(
        `first, they tried to fix ${toy.the} with some ${tape}, but it broke again.`,
        `they took some ${tape}, but it did not hold.`,
        `${friend.name} had some ${tape}, but it was not strong enough.`,
      ),
      t.pick(
        `then they asked ${parent.name} for help.`,
        `so they went to ${parent.name} and asked for help.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${parent.name} got a box of tools and showed them what to do.`,
            `${parent.name} looked at it and found the part that was missing.`,
            `${parent.name} sat down with them at the table.`,
          ),
          `they worked together, and soon ${toy.the} was as good as new.`,
        );
      },
      bad() {
        t.tell(
          t.pick(
            `${parent.name} tried everything, but ${toy.the} could not be fixed.`,
            `${parent.name} worked all evening, but it was too late for ${toy.the}.`,
          ),
        );
      },
      twist() {
        t.tell(
          `when ${parent.name} opened ${toy.the}, there was a shiny coin inside!`,
          `after that, it was easy to fix.`,
        );
      },
      badTwist() {
        t.tell(
          `${parent.name} found out that ${toy.the} had been broken for a long time, and nobody could fix it.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `${hero.he} put the parts of ${toy.the} into a box and closed it.`,
            `There was nothing left to do, and ${toy.the} had to be thrown away.`,
          ]
        : [
            `${hero.name} and ${friend.name} played with ${toy.the} again, but more carefully.`,
            `They were careful with ${toy.the} from that day on.`,
          ],
      moral: [
        'friends are more important than toys',
        'you should be careful with your toys',
        'it is good to ask for help',
      ],
      summary: `${hero.name}'s ${toy.name} breaks while ${hero.he} plays with ${friend.name}, and ${parent.name} ${bad ? 'cannot fix it' : 'helps to fix it'}.`,
    });
  },
};
