// Two friends build a snowman.
import { argue, meanwhile, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const snowDay: Schema = {
  name: 'snowman',
  takes: ['clothing', 'food'],
  ownWeather: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const wear = t.thing('clothing');
    t.open(
      t.pick(
        `It was winter, and ${hero.he} woke up and saw that everything was white with snow.`,
        `One winter morning, ${hero.he} looked out, and the whole street was white.`,
        `It had snowed all night, and ${hero.he} could not wait to go out.`,
      ),
    );
    t.foreshadow(
      `But the sun was getting stronger every day.`,
      `A hungry rabbit had left its footprints in the snow.`,
    );
    t.paragraph().meet(friend);
    t.says(
      parent,
      'It is cold outside. You should wear a warm coat.',
      `${parent.name} told ${hero.him} to wear a warm coat because it was cold outside.`,
    );
    t.tell(
      t.pick(
        `so ${hero.name} put on a warm coat and met ${hero.his} friend ${friend.name} in front of the house.`,
        `so ${hero.name} put on a warm coat and ran out, where ${hero.his} friend ${friend.name} was waiting.`,
      ),
    );
    argue(
      t,
      friend,
      'build a snowman',
      'throw snowballs',
      `In the end, they threw one snowball each and then built a snowman.`,
    );
    t.tell(
      t.pick(
        `they made a big ball of snow, a smaller one and a very small one.`,
        `they rolled three balls of snow and put one on top of the other.`,
      ),
    );
    t.tell(`for the nose they took a carrot, and they gave the snowman ${wear.a}.`);
    t.tell(
      t.pick(
        'but then the head fell off and broke.',
        'but when they put on the arms, the snowman fell over.',
      ),
    );
    t.complain();
    t.says(friend, 'Let us try again.', `${friend.name} wanted to try again.`);
    t.paragraph();
    meanwhile(t);
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `they made a new one, and this time it did not fall.`,
            `they worked slowly this time, and the new one was strong.`,
          ),
          `it was the ${t.pick('tallest', 'best', 'funniest')} snowman in the street.`,
        );
      },
      bad() {
        t.tell(
          `they made a new one, but the sun came out and it got warm.`,
          `the snowman began to melt, and in the evening there was only the ${wear.name} in a puddle of water.`,
        );
      },
      twist() {
        t.tell(
          `a rabbit hopped up to the new snowman, and it ate the nose!`,
          `they laughed and gave the rabbit one more carrot.`,
        );
      },
      badTwist() {
        t.tell(
          `a dog ran into the new snowman, and it broke into pieces.`,
          `the dog ran off with the ${wear.name}.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`There was no snow left to make a new one.`, `They went inside and did not say a word.`]
        : [
            `Then they went inside and drank hot cocoa.`,
            `When it got dark, the snowman was still there.`,
            `They waved to the snowman and went inside to get warm.`,
          ],
      moral: [
        'you should try again when something goes wrong',
        'good things do not last forever, so enjoy them',
      ],
      summary: `${hero.name} and ${friend.name} build a snowman in the winter${bad ? ', but they cannot keep it' : ' and have fun'}.`,
    });
  },
};
