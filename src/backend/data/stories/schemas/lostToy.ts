// A toy is lost out of doors, and a friend helps to look for it.
import { argue, meanwhile, resolve } from '../teller/turns';
import type { Schema } from './schema';

const LOST_PLACES = [
  'under the bench',
  'behind the big tree',
  'in the tall grass',
  'next to the bushes',
  'near the gate',
];

export const lostToy: Schema = {
  name: 'lost toy',
  leavesHome: true,
  takes: ['toy'],
  heroes: 'any',
  tell(t) {
    const { hero, friend, bad } = t;
    const toy = t.thing('toy').heldBy(hero);
    const place = t.outdoors();
    const [first, second] = t.dice.two(LOST_PLACES);
    t.open(
      t.pick(
        `${hero.he} had ${toy.a} and took ${toy.it} everywhere.`,
        `${hero.his} favorite toy was ${toy.a}.`,
      ),
      `${t.oneDay}, ${hero.he} went ${place.to} with the ${toy.name}.`,
    );
    t.go(place);
    t.foreshadow(
      `${hero.he} put ${toy.the} down in the grass and forgot about it for a while.`,
      `A little dog watched ${toy.the} from far away.`,
    );
    t.paragraph();
    toy.heldBy(undefined);
    t.one(
      `when ${hero.he} wanted to go home, ${toy.the} was gone.`,
      `after a while, ${hero.he} looked for ${toy.the}, but it was not there.`,
      `${hero.he} played with the other children, and when ${hero.he} came back, ${toy.the} was not there any more.`,
    );
    t.complain().meet(friend);
    t.tell(
      t.pick(
        `${hero.his} friend ${friend.name} came by and saw ${hero.him}.`,
        `just then, ${hero.his} friend ${friend.name} came down the path.`,
      ),
    );
    t.says(friend, `What is wrong, ${hero.call}?`, `${friend.name} asked what was wrong.`);
    t.says(hero, `I lost my ${toy.name}.`, `${hero.name} told ${friend.him} about ${toy.the}.`);
    t.says(
      friend,
      t.pick('Do not worry. I will help you.', `Let us look for it together.`),
      `${friend.name} wanted to help.`,
    );
    t.paragraph();
    argue(t, friend, `look ${first}`, `look ${second}`);
    t.tell(
      t.pick(
        `they looked ${first}, but ${toy.the} was not there.`,
        `first, they looked ${first}, but they only found an old shoe.`,
        `${first} there was nothing but leaves.`,
      ),
    );
    meanwhile(t);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `then they looked ${second}, and there was ${toy.the}!`,
            `then ${friend.name} looked ${second} and found ${toy.the}!`,
            `then something moved ${second}, and it was a cat that sat on ${toy.the}.`,
          ),
        );
        toy.heldBy(hero);
        t.says(hero, `Thank you, ${friend.call}!`, `${hero.name} thanked ${friend.name}.`);
      },
      bad() {
        t.tell(
          t.pick(
            `then they looked ${second}, but it was not there either.`,
            `${second}, they did not find it either.`,
          ),
          `it got dark, and they had to go home without ${toy.the}.`,
        );
      },
      twist() {
        t.tell(
          `a little dog came running with ${toy.the} in its mouth.`,
          `it had only wanted to play, and it gave ${toy.the} back.`,
        );
        toy.heldBy(hero);
      },
      badTwist() {
        t.tell(
          `a big bird flew up from a tree with ${toy.the} in its claws.`,
          `it flew away, and ${toy.the} was gone forever.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `${hero.he} never saw ${toy.the} again.`,
            `The bed felt empty without ${toy.the}.`,
            `That night, ${hero.he} had to sleep without ${toy.the}.`,
          ]
        : [
            `From then on, ${hero.name} took good care of ${toy.the}.`,
            `${hero.name} carried ${toy.the} home with both hands.`,
            `That night, ${toy.the} lay next to ${hero.name} in bed.`,
            `${hero.name} and ${friend.name} played with ${toy.the} until it was time to go home.`,
          ],
      moral: ['it is good to take care of your things', 'you should look after what you love'],
      summary: `${hero.name} loses ${hero.his} ${toy.name} ${place.at}. ${friend.name} helps ${hero.him} to look for it, ${bad ? 'but they do not get it back' : 'and they get it back'}.`,
    });
  },
};
