// A toy is shared, or not.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

export const sharing: Schema = {
  name: 'sharing',
  takes: ['toy'],
  heroes: 'any',
  withoutScene: true,
  tell(t) {
    const { hero, friend, bad } = t;
    const toy = t.thing('toy').heldBy(hero);
    const place = t.outdoors('park', 'garden', 'playground', 'yard');
    t.open(`${t.oneDay}, ${hero.he} was playing with ${toy.a} ${place.at}.`);
    t.go(place).meet(friend);
    t.foreshadow(
      `${hero.he} did not know yet that a toy is more fun with a friend.`,
      `${toy.the} was not very strong.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `${t.a(friend.kind)} named ${friend.name} came and watched.`,
        `${t.a(friend.kind)} named ${friend.name} came closer and looked at ${toy.the}.`,
      ),
    );
    t.says(
      friend,
      `Can I play with your ${toy.name}, please?`,
      `${friend.name} asked to play with ${toy.the}.`,
    );
    t.says(
      hero,
      t.pick(`No, it is mine.`, `No, this is my ${toy.name}.`),
      `${hero.name} did not want to share, so ${hero.he} said no.`,
    );
    if (t.has('conflict')) {
      t.tell(
        `${friend.name} got angry and pulled at ${toy.the}.`,
        `${hero.name} pulled too, and they shouted at each other.`,
      );
    } else {
      t.tell(
        t.pick(
          `${friend.name} was sad and sat down all alone.`,
          `${friend.name} looked at the ground and went to sit on a bench.`,
        ),
      );
    }
    t.paragraph();
    t.tell(
      t.pick(
        `${hero.name} went on playing, but it was no fun alone.`,
        `${hero.name} had ${toy.the}, but nobody to laugh with.`,
        `after some time, ${hero.name} was bored of playing alone.`,
      ),
    );
    t.complain();
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${hero.he} went to ${friend.name} and gave ${friend.him} ${toy.the}.`,
            `${hero.he} thought about it, went to ${friend.name} and gave ${friend.him} ${toy.the}.`,
          ),
        );
        toy.give(hero, friend);
        t.says(hero, 'I am sorry. You can have a turn.', `${hero.name} said sorry.`);
        t.says(
          friend,
          'Thank you! Now we can play together.',
          `${friend.name} thanked ${hero.him} and smiled.`,
        );
      },
      bad() {
        t.tell(
          `then ${toy.the} fell on the ground and broke.`,
          `when ${hero.he} looked for ${friend.name}, ${friend.he} had gone home.`,
        );
      },
      twist() {
        t.tell(
          `${friend.name} took a bag of sweet cookies out of ${friend.his} pocket and gave half of them to ${hero.name}.`,
        );
        t.says(friend, 'I like to share.', `${friend.name} liked to share.`);
        t.tell(`${hero.name} was ashamed, and so ${hero.he} gave ${toy.the} to ${friend.name}.`);
        toy.give(hero, friend);
      },
      badTwist() {
        t.tell(
          `${friend.name} had brought a present for ${hero.name}, but now ${friend.he} took it home again.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `${hero.name} had nobody to play with that day.`,
            `The place next to ${hero.him} was empty.`,
            `${hero.he} wished that ${hero.he} had shared.`,
          ]
        : [
            `They took turns with ${toy.the} and became good friends.`,
            `When it was time to go home, they did not want to stop.`,
            `${hero.name} and ${friend.name} played with ${toy.the} all day long.`,
          ],
      moral: [
        'sharing is more fun than playing alone',
        'it is good to share',
        'a friend is better than a toy',
      ],
      summary: `${hero.name} does not want to share ${hero.his} ${toy.name} with ${friend.name}${bad ? ' and ends up alone' : ', but then they take turns and become friends'}.`,
    });
  },
};
