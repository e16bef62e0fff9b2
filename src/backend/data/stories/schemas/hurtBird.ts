// A bird with a hurt wing is cared for.
import { argue, resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const hurtBird: Schema = {
  name: 'hurt bird',
  takes: [],
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const kind = t.pick('bird', 'bird', 'owl', 'crow', 'duckling');
    const bird = new Character(`the ${kind}`, 'it', kind, `little ${kind}`);
    t.open(`${t.oneDay}, ${hero.he} saw something small in the garden.`);
    t.foreshadow(
      `The night before, there had been a big storm.`,
      `The cat from next door was in the garden too.`,
    );
    t.paragraph().meet(bird);
    t.tell(
      t.pick(
        `it was a little ${kind} with a hurt wing, and it could not fly.`,
        `a little ${kind} sat in the grass, and one wing hung down.`,
      ),
    );
    t.complain();
    t.says(hero, `${parent.call}, come and look! It is hurt!`, `${hero.name} called ${parent.name}.`);
    t.says(
      parent,
      t.pick('Let us put it into a box with soft grass.', 'We must keep it warm.'),
      `${parent.name} said that they had to keep it warm.`,
    );
    t.tell(`so they made a bed for ${bird.name} out of ${t.pick('an old box', 'an old hat', 'a basket')}.`);
    if (t.has('conflict')) {
      t.meet(friend);
      t.tell(`${hero.his} friend ${friend.name} came to see it.`);
      argue(
        t,
        friend,
        'let it rest',
        'play with it',
        `But ${bird.name} was afraid of the noise, so they stopped and let it rest.`,
      );
    }
    t.paragraph();
    t.says(
      hero,
      t.pick(`What do birds like to eat?`, `What does it eat, ${parent.call}?`),
      `${hero.name} asked what birds like to eat.`,
    );
    t.says(
      parent,
      t.pick('Birds like to eat seeds.', 'Birds eat seeds and worms.'),
      `${parent.name} told ${hero.him} that birds eat seeds.`,
    );
    t.tell(
      t.pick(
        `every day, ${hero.name} gave it seeds and water.`,
        `so ${hero.name} gave it seeds in the morning and water in the evening.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(`after a week, the wing was well again.`, `day by day, the wing got better.`),
          `${hero.name} opened ${hero.his} hands, and ${bird.name} flew up into the sky.`,
        );
      },
      bad() {
        t.tell(
          `but the wing did not get well, and one morning ${bird.name} did not wake up.`,
          `they buried it under the old tree.`,
        );
      },
      twist() {
        t.tell(
          `one morning, there were three little eggs in the box!`,
          `${bird.name} was a mother, and soon the wing was well too.`,
        );
      },
      badTwist() {
        t.tell(`one morning, the box was empty, and the cat from next door sat beside it.`);
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [
            `The garden was very quiet after that.`,
            `Nobody sang in the garden any more.`,
            `${hero.name} put a flower into the empty box.`,
          ]
        : [
            `Every morning after that, ${bird.name} came back and sang for ${hero.him}.`,
            `Sometimes ${bird.name} came to the window to say hello.`,
          ],
      moral: ['small animals need our care', 'you should be gentle with animals'],
      summary: `${hero.name} finds ${t.a(kind)} with a hurt wing and takes care of it${bad ? ', but cannot save it' : ' until it can fly again'}.`,
    });
  },
};
