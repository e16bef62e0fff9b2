// Something happens to the food of a picnic.
import { argue, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const picnic: Schema = {
  name: 'picnic',
  leavesHome: true,
  takes: ['food', 'outdoors'],
  heroes: 'any',
  tell(t) {
    const { hero, friend, bad } = t;
    const food = t.thing('food');
    const [first, second] = t.dice.two(
      ['apple', 'carrot', 'pear', 'banana', 'cookie', 'muffin', 'sandwich', 'plum'].filter(
        (name) => name !== food.name,
      ),
    );
    const place = t.outdoors();
    t.open(`${t.oneDay}, ${hero.he} and ${hero.his} friend ${friend.name} wanted to have a picnic.`);
    t.meet(friend);
    t.foreshadow('A line of ants walked slowly through the grass.', 'There was a small hole in the basket.');
    t.paragraph();
    t.tell(
      `${hero.name} had ${t.a(first)} and ${t.a(second)} in the basket, and ${friend.name} brought ${food.a}.`,
    );
    argue(
      t,
      friend,
      `go ${place.to}`,
      `stay in the yard`,
      `In the end, they went ${place.to}, and ${friend.name} carried the basket.`,
    );
    t.go(place, friend);
    t.tell(
      t.pick(`${place.at}, they put a blanket on the grass.`, `${place.at}, they sat down under a big tree.`),
      `${hero.name} took the ${first} out of the basket and gave it to ${friend.name}.`,
      `then ${hero.he} reached into the basket again and took out the ${second}.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `when they wanted to eat the ${food.name}, it was full of ants.`,
        `but then a crow came down and sat on the ${food.name}.`,
      ),
    );
    t.complain();
    t.says(friend, 'What can we do now?', `${friend.name} asked what they could do.`);
    resolve(t, {
      good() {
        t.says(hero, 'We can share what is left.', `${hero.name} wanted to share what was left.`);
        t.tell(
          t.pick(
            `so they cut the ${first} and the ${second} in two, and each of them got half.`,
            `they broke everything into two parts, one for ${hero.name} and one for ${friend.name}.`,
          ),
        );
      },
      bad() {
        t.tell(
          `then it began to rain, and everything got wet.`,
          `they ran home, and their tummies were empty.`,
        );
      },
      twist() {
        t.tell(
          `a family who sat near by called them and gave them a big piece of cake.`,
          `it was better than anything in the basket.`,
        );
      },
      badTwist() {
        t.tell(`while they were looking at it, a fox took the whole basket and ran away.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`The picnic was over before it had begun.`, `They had nothing to eat until dinner.`]
        : [
            `They lay in the grass and looked at the clouds.`,
            `The ants had a picnic too.`,
            `It was a small picnic, but a very good one.`,
          ],
      moral: ['sharing makes a little feel like a lot', 'you should look after your food'],
      summary: `${hero.name} and ${friend.name} have a picnic, but something happens to the ${food.name}. ${bad ? 'They go home hungry.' : 'In the end, they have a good time.'}`,
    });
  },
};
