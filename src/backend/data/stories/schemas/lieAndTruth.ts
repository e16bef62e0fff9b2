// Something breaks, and a child lies about it.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

export const lieAndTruth: Schema = {
  name: 'lie and truth',
  takes: ['dish', 'household'],
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const thing = t.oneOf(
      'vase',
      'cup',
      'plate',
      'bowl',
      'teapot',
      'mirror',
      'clock',
      'lamp',
      'glass',
      'jug',
      'mug',
    );
    t.open(
      `${parent.name} had ${thing.a} and loved ${thing.it} very much.`,
      `${t.oneDay}, ${hero.name} was playing with a ball in the house.`,
    );
    t.foreshadow(
      `${parent.name} had told ${hero.him} not to play with a ball inside.`,
      `The dog lay on the floor and watched it all.`,
    );
    t.paragraph();
    t.tell(
      `${hero.he} threw the ball up, and it came down on the ${thing.name}.`,
      `the ${thing.name} fell on the floor and broke.`,
    );
    t.complain();
    parent.place = t.home;
    t.tell(
      t.pick(`soon, ${parent.name} came into the room.`, `${parent.name} heard the noise and came to look.`),
    );
    t.says(parent, 'Who did this?', `${parent.name} asked who had done it.`);
    t.says(
      hero,
      t.pick('It was the dog.', 'It was not me.', 'I do not know.'),
      `${hero.name} did not tell the truth and said that it was the dog.`,
    );
    if (t.has('conflict')) {
      t.meet(friend);
      t.tell(`${hero.his} friend ${friend.name} had seen it all and came in.`);
      t.says(friend, 'That is not true! You did it!', `${friend.name} said that it was not true.`);
      t.tell(`${hero.name} and ${friend.name} argued and shouted at each other.`);
    }
    t.paragraph();
    t.tell(
      t.pick(
        `that night, ${hero.name} could not sleep, because ${hero.his} tummy felt funny.`,
        `all day, ${hero.name} thought about it and could not eat.`,
        `in the evening, ${hero.name} lay in bed and had a bad feeling.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `so ${hero.he} got up, went to ${parent.name} and told the truth.`,
            `at last, ${hero.he} could not keep it in any more and told ${parent.name} everything.`,
          ),
        );
        t.says(
          parent,
          'Thank you for telling me the truth.',
          `${parent.name} was not angry and thanked ${hero.him} for the truth.`,
        );
        t.tell(`the next day, they glued the ${thing.name} together.`);
      },
      bad() {
        t.tell(
          `but ${hero.he} did not say a word.`,
          `the next day, ${parent.name} found out, and ${hero.name} was not allowed to play for a week.`,
        );
      },
      twist() {
        t.tell(
          `when ${hero.he} wanted to tell the truth, ${parent.name} laughed and said that the ${thing.name} had been broken before.`,
          `but ${parent.name} was glad to hear the truth.`,
        );
      },
      badTwist() {
        t.tell(`the next day, the dog was gone.`, `${parent.name} had given it away because of the lie.`);
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [`${hero.he} wished that ${hero.he} had told the truth.`, `The lie had made everything worse.`]
        : [`Then ${hero.name} slept very well.`, `${hero.name} never told a lie again.`],
      moral: ['it is always better to tell the truth', 'a lie makes everything worse'],
      summary: `${hero.name} breaks the ${thing.name} of ${parent.name} and tells a lie. ${bad ? 'It ends badly.' : `Then ${hero.he} tells the truth and feels better.`}`,
    });
  },
};
