// What two children build falls down, and they build it again.
import { argue, meanwhile, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const building: Schema = {
  name: 'building something',
  takes: ['tool', 'container', 'supply'],
  heroes: 'any',
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const [work, purpose] = t.dice.pick([
      ['treehouse', 'sit high above the garden'],
      ['boat', 'sail on the pond'],
      ['tower', 'see over the fence'],
      ['fort', 'hide from dragons'],
      ['bridge', 'walk over the stream'],
      ['bird house', 'give the birds a home'],
      ['wagon', 'ride down the hill'],
    ] as const);
    const tool = t.thing('tool', 'container', 'supply');
    t.open(`${t.oneDay}, ${hero.he} wanted to build a ${work} to ${purpose}.`);
    t.foreshadow(
      'The wood was old and weak.',
      `${parent.name} looked at the work and smiled about something.`,
    );
    t.paragraph().meet(friend);
    t.tell(`${hero.his} friend ${friend.name} came to help and brought ${tool.a}.`);
    argue(t, friend, 'make it big', 'make it small');
    t.tell(
      t.pick(
        `they worked all morning, and the ${work} got bigger and bigger.`,
        `they carried ${t.pick('wood', 'boxes', 'stones', 'branches')} and ${t.pick('nails', 'ropes', 'old boards', 'paint')} until the ${work} was half done.`,
      ),
      t.pick(
        'but then it made a loud noise and fell down.',
        'but when they were almost done, it broke in the middle.',
      ),
    );
    t.complain();
    t.says(
      friend,
      t.pick('Let us start again.', 'We can make it better.'),
      `${friend.name} wanted to start again.`,
    );
    t.says(
      parent,
      'You need a strong bottom. Put the big pieces down first.',
      `${parent.name} told them to put the big pieces at the bottom.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `so they put the big pieces at the bottom and the small ones on top.`,
        `so they began again, and this time the big pieces came first.`,
      ),
    );
    meanwhile(t);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `this time, the ${work} was strong, and nothing fell down.`,
            `in the evening, the ${work} was done, and it did not even shake.`,
          ),
        );
        t.says(hero, `Now we can ${purpose}!`, `Now they could ${purpose}.`);
      },
      bad() {
        t.tell(`but a storm came in the night, and in the morning the ${work} was gone.`);
      },
      twist() {
        t.tell(
          `when it was done, two birds came and made their nest in it!`,
          `so ${hero.name} and ${friend.name} gave it to the birds and built a new one.`,
        );
      },
      badTwist() {
        t.tell(`the wood was not theirs, and an angry neighbor came and took it all away.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`All the work had been for nothing.`, `Only the ${tool.name} was left.`]
        : [
            `${hero.name} and ${friend.name} played with it every day.`,
            `They were proud of their work.`,
            `They wrote their names on it.`,
          ],
      moral: [
        'you should try again when something falls down',
        'two can do more than one',
        'good work needs a strong beginning',
      ],
      summary: `${hero.name} and ${friend.name} build a ${work}, and it breaks. They try again, ${bad ? 'but they lose it' : 'and it goes well'}.`,
    });
  },
};
