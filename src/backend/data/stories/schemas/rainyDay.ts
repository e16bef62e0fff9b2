// Rain keeps two friends inside.
import { argue, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const rainyDay: Schema = {
  name: 'rainy day',
  takes: ['toy', 'household'],
  ownWeather: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const [game, other] = t.dice.two([
      'build a tent out of blankets',
      'play with the toy train',
      'draw pictures',
      'play hide and seek',
      'bake cookies',
      'read a book about pirates',
    ]);
    const place = t.outdoors('park', 'playground', 'lake', 'beach');
    t.open(`${t.oneDay}, ${hero.he} wanted to go ${place.to} with ${hero.his} friend ${friend.name}.`);
    t.meet(friend);
    t.foreshadow(
      'Dark clouds came over the hills.',
      `${parent.name} looked at the sky and put the umbrella next to the door.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `but when they opened the door, it began to rain.`,
        `but then it began to rain, and it did not stop.`,
        `but big drops of rain fell on the window.`,
      ),
    );
    t.says(
      hero,
      t.pick('Oh no! Now we cannot go out.', 'This is not fair! I wanted to go out.'),
      `${hero.name} saw that they could not go out.`,
    );
    t.complain();
    t.says(
      parent,
      t.pick('You can have fun inside too.', 'Rain makes the flowers grow. You can play inside.'),
      `${parent.name} said that they could have fun inside too.`,
    );
    argue(t, friend, game, other, `In the end, they took turns, and ${friend.name} went first.`);
    t.paragraph();
    t.tell(`so ${hero.name} and ${friend.name} started to ${game}, and they forgot about the rain.`);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `after an hour, the rain stopped, and there was a rainbow in the sky.`,
            `when they looked out again, the sun was there, and so was a rainbow.`,
          ),
        );
        t.says(
          friend,
          'Look! A rainbow has so many colors!',
          `They looked at all the colors of the rainbow.`,
        );
        t.tell(`they saw red, orange, yellow, green, blue and purple.`);
      },
      bad() {
        t.tell(
          t.pick(`but it rained all day and all night.`, `but the rain got stronger and stronger.`),
          `then water came through the roof, and everything got wet.`,
        );
      },
      twist() {
        t.tell(
          `there was a knock at the door, and outside stood ${hero.his} grandparents with a big cake.`,
          `the rain had made them come for a visit.`,
        );
      },
      badTwist() {
        t.tell(
          `the lights went out, and it was dark in the whole house.`,
          `they had to stop and sit on the sofa until it was evening.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `It had been a bad day from the beginning to the end.`,
            `${friend.name} had to go home in the rain.`,
          ]
        : [
            `It was the best rainy day ever.`,
            `Next time it rained, they were happy about it.`,
            `${hero.name} and ${friend.name} jumped into every puddle.`,
          ],
      moral: bad
        ? ['some days are just bad, and you have to wait for a better one']
        : ['you can have fun in any weather', 'a rainy day can be a good day'],
      summary: `${hero.name} and ${friend.name} cannot go out because of the rain, so they ${bad ? 'stay inside, but the day ends badly' : 'play inside and have a good time'}.`,
    });
  },
};
