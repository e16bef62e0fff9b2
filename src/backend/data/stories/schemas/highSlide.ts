// Something high has to be climbed, step by step.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

export const highSlide: Schema = {
  name: 'high slide',
  takes: ['clothing'],
  heroes: 'any',
  leavesHome: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const place = t.outdoors('playground', 'pool', 'park');
    const thing = t.pick('slide', 'swing', 'rope bridge', 'climbing wall');
    t.open(`${t.oneDay}, ${hero.he} went ${place.to} with ${parent.name}.`);
    t.go(place, parent).tell(`there was a new ${thing}, and it was very high.`);
    t.foreshadow('A sign said that only brave children should try it.', `The steps were wet from the rain.`);
    t.meet(friend).paragraph();
    t.tell(
      t.pick(
        `${hero.his} friend ${friend.name} had tried it three times already.`,
        `at the top stood ${hero.his} friend ${friend.name}.`,
      ),
    );
    t.says(
      friend,
      `Come up, ${hero.call}! It is so much fun!`,
      `${friend.name} called ${hero.him} to come up.`,
    );
    t.tell(`${hero.name} looked up at the ${thing}, and ${hero.his} knees began to shake.`);
    t.complain();
    t.says(hero, `No, I do not want to.`, `${hero.name} said that ${hero.he} did not want to.`);
    if (t.has('conflict')) {
      t.says(friend, 'You are a baby!', `${friend.name} called ${hero.him} a baby.`);
      t.tell(
        `${hero.name} got very angry, and they shouted at each other.`,
        `then ${friend.name} said sorry.`,
      );
    }
    t.says(
      parent,
      t.pick('You do not have to, but I think that you can.', 'Take one step at a time.'),
      `${parent.name} told ${hero.him} to take one step at a time.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `${hero.name} took one step, then one more step, and then ${hero.he} was at the top.`,
        `slowly, ${hero.name} went up, and the people down there got smaller and smaller.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${hero.he} closed ${hero.his} eyes, counted to three and let go.`,
            `${hero.he} took a deep breath, and then it was like flying.`,
          ),
        );
        t.says(hero, 'Again! Again!', `${hero.name} wanted to do it again and again.`);
      },
      bad() {
        t.tell(
          `but then ${hero.he} slipped on the wet wood and hurt ${hero.his} arm.`,
          `${parent.name} had to carry ${hero.him} home.`,
        );
      },
      twist() {
        t.tell(
          `up there, ${hero.he} saw that ${friend.name} was holding on with both hands and had closed both eyes.`,
          `${friend.name} was afraid too!`,
          `so they did it together.`,
        );
      },
      badTwist() {
        t.tell(
          `a man came and closed the ${thing} because it was not safe.`,
          `${hero.name} had to climb down again.`,
        );
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [`${hero.he} never went back to the ${thing}.`, `It had been a bad idea.`]
        : [
            `${hero.name} did it ten more times that day.`,
            `${hero.name} was not afraid of the ${thing} any more.`,
          ],
      moral: [
        'it is all right to be afraid, but you can be brave too',
        'big things are done one step at a time',
      ],
      summary: `${hero.name} is afraid of a high ${thing} ${place.at}. ${bad ? 'It does not end well.' : `In the end, ${hero.he} is brave and has fun.`}`,
    });
  },
};
