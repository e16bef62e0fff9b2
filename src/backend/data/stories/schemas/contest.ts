// Two friends want the same prize.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

const CONTESTS: readonly [string, string, string][] = [
  ['a race', 'run faster than everyone', 'ran'],
  ['a drawing contest', 'draw the best picture', 'drew'],
  ['a singing contest', 'sing the best song', 'sang'],
  ['a baking contest', 'bake the best cake', 'baked'],
  ['a swimming contest', 'swim faster than everyone', 'swam'],
  ['a jumping contest', 'jump higher than everyone', 'jumped'],
  ['a dancing contest', 'dance better than everyone', 'danced'],
];

export const contest: Schema = {
  name: 'contest',
  takes: ['toy', 'instrument'],
  heroes: 'any',
  leavesHome: true,
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const [event, aim, did] = t.dice.pick(CONTESTS);
    const prize = t.thing('toy', 'instrument');
    const place = t.outdoors('park', 'school', 'meadow', 'field', 'playground');
    t.open(`${t.oneDay}, there was ${event} ${place.at}, and the prize was ${prize.a}.`);
    t.tell(`${hero.name} wanted to ${aim}.`);
    t.foreshadow(
      `${hero.he} did not see that somebody else was practicing too.`,
      `A dark cloud stood over the hill.`,
    );
    t.says(
      parent,
      t.pick('Just do your best and have fun.', 'It is not bad to lose if you do your best.'),
      `${parent.name} told ${hero.him} to have fun and do ${hero.his} best.`,
    );
    t.go(place).meet(friend).paragraph();
    t.tell(
      t.pick(
        `${hero.his} friend ${friend.name} was there too.`,
        `${hero.his} friend ${friend.name} wanted to win too.`,
      ),
    );
    if (t.has('conflict')) {
      t.says(friend, `I am better than you!`, `${friend.name} said that ${friend.he} was better.`);
      t.says(hero, `No, I am better than you!`, `${hero.name} said that this was not true.`);
      t.tell(`they had an argument and did not want to stand next to each other.`);
    }
    t.tell(
      t.pick(
        `when the bell rang, they ${did} as well as they could.`,
        `the first one was ${friend.name}, and then it was ${hero.name}'s turn.`,
      ),
    );
    t.tell(
      `but in the middle, ${hero.name} ${t.pick('made a mistake', 'got tired and had to stop for a moment', 'looked at the people and forgot what to do')}.`,
    );
    t.complain();
    t.says(
      friend,
      t.pick(`Do not stop, ${hero.call}!`, `Go on, ${hero.call}!`),
      `${friend.name} called that ${hero.name} should go on.`,
    );
    t.paragraph();
    resolve(t, {
      good() {
        t.tell(
          t.pick(`so ${hero.name} went on and gave it all.`, `${hero.name} heard that and did not stop.`),
          t.pick(
            `${hero.he} won, and ${friend.name} was second.`,
            `${hero.he} did not win, but ${hero.he} was second, and ${friend.name} won and shared the ${prize.name} with ${hero.him}.`,
          ),
        );
      },
      bad() {
        t.tell(
          `but it was too late, and ${hero.name} was the last of all.`,
          `${friend.name} got the ${prize.name} and did not even say goodbye.`,
        );
      },
      twist() {
        t.tell(
          `the man who gave the prize said that both of them had won.`,
          `now they had to share the ${prize.name}, and they did.`,
        );
      },
      badTwist() {
        t.tell(
          `somebody had taken the ${prize.name} while nobody was looking.`,
          `there was no prize for anyone.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`${hero.he} walked home alone.`, `${hero.he} did not want to talk about it.`]
        : [
            `${hero.name} and ${friend.name} walked home arm in arm.`,
            `It was a great day for both of them.`,
            `At home, they told everyone about it.`,
          ],
      moral: ['it is more important to do your best than to win', 'a good friend is the best prize'],
      summary: `${hero.name} and ${friend.name} are in ${event.replace(/^an? /, 'the same ')}, where the prize is ${prize.a}. ${bad ? `${hero.name} goes home without it.` : 'Both of them end up happy.'}`,
    });
  },
};
