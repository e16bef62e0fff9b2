// Something is learned by practice.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

/** What is learned: to …, how the first try fails, how the second one fails, and how it looks when it works. */

const SKILLS: readonly [string, string, string, string][] = [
  ['ride a bike', 'fell into the grass', 'rode into a bush', 'rode all the way down the street'],
  ['swim', 'swallowed a lot of water', 'sank like a stone', 'swam from one side to the other'],
  ['tie shoes', 'made a big knot', 'pulled the lace out', 'made a perfect bow'],
  ['whistle', 'only blew air', 'made a sound like a mouse', 'whistled a whole song'],
  ['skate', 'sat down hard on the ice', 'slid into the snow', 'made a big circle on the ice'],
  ['catch a ball', 'closed both eyes', 'let the ball fall down', 'caught the ball with both hands'],
  ['skip rope', 'stepped on the rope', 'got the rope around one foot', 'jumped ten times in a row'],
  ['play the drum', 'hit the wrong side', 'lost the sticks', 'played a whole song'],
  ['stand on one leg', 'fell over to the left', 'fell over to the right', 'stood on one leg like a stork'],
  [
    'write a long word',
    'wrote the letters the wrong way',
    'broke the pencil',
    'wrote the word without a mistake',
  ],
];

export const newSkill: Schema = {
  name: 'learning a skill',
  takes: [],
  heroes: 'child',
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const [skill, first, second, success] = t.dice.pick(SKILLS);
    t.open(`${hero.he} wanted to learn to ${skill}, because ${hero.his} friend ${friend.name} could do it.`);
    t.foreshadow(
      `${parent.name} knew that it would take a long time.`,
      `${hero.he} had never been good at waiting.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `${t.oneDay}, ${hero.name} tried it for the first time, but ${hero.he} ${first}.`,
        `${t.oneDay}, ${hero.he} thought that it would be easy, but ${hero.he} ${first}.`,
      ),
      `${hero.he} tried again and ${second}.`,
    );
    t.complain();
    t.says(
      hero,
      t.pick('I cannot do it! It is too hard!', 'I will never learn it!'),
      `${hero.name} said that it was too hard.`,
    );
    t.says(
      parent,
      t.pick('Nobody can do it the first time. Try again.', 'You can do it. You just have to practice.'),
      `${parent.name} told ${hero.him} to practice.`,
    );
    if (t.has('conflict')) {
      t.meet(friend);
      t.says(
        friend,
        'You are too little to do it!',
        `${friend.name} came by and said that ${hero.name} was too little to do it.`,
      );
      t.tell(`that made ${hero.name} angry, and they argued about it.`);
    }
    t.paragraph();
    t.tell(
      `so ${hero.name} practiced ${t.pick('on Monday, on Tuesday and on Wednesday', 'every day after lunch', 'every morning and every evening')}.`,
      t.pick(`it got a little better every time.`, `some days were good, and some days were bad.`),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `then, one day, ${hero.he} ${success}.`,
            `on the last day of the week, ${hero.he} ${success}!`,
          ),
        );
        t.says(hero, 'Look! I can do it!', `${hero.name} shouted with joy.`);
      },
      bad() {
        t.tell(`but then ${hero.he} hurt ${hero.his} foot and had to stop for a long time.`);
      },
      twist() {
        t.tell(
          `it turned out that ${friend.name} could not do it at all and had only said so!`,
          `but ${hero.name} ${success}, and now ${hero.he} could teach ${friend.name}.`,
        );
      },
      badTwist() {
        t.tell(
          `${friend.name} could not do it either and had only said so.`,
          `so ${hero.name} had nobody to learn from and gave up.`,
        );
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [
            `${hero.he} did not want to hear about it any more.`,
            `${hero.he} still did not know how to ${skill}.`,
          ]
        : [
            `Now ${hero.name} could ${skill} as well as ${friend.name}.`,
            `${parent.name} was very proud of ${hero.him}.`,
            `${hero.name} showed it to everyone in the street.`,
          ],
      moral: bad
        ? ['you should not give up too soon']
        : [
            'you can learn anything if you practice',
            'you should not give up too soon',
            'everything is hard before it is easy',
          ],
      summary: `${hero.name} wants to learn to ${skill} and practices a lot. ${bad ? 'In the end, it does not work.' : 'In the end, it works.'}`,
    });
  },
};
