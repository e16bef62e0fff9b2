// A fairy gives one wish.
import { argue, resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const magicWish: Schema = {
  name: 'magic wish',
  takes: ['find', 'person'],
  heroes: 'any',
  leavesHome: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const stone = t.thing('find');
    const place = t.outdoors('forest', 'river', 'lake', 'meadow', 'hill');
    const spirit = new Character('the fairy', 'it', 'fairy', 'dear fairy');
    t.open(`${t.oneDay}, ${hero.he} went ${place.to}.`);
    t.go(place).tell(
      t.pick(
        `in the grass, ${hero.he} found ${stone.a}.`,
        `under a tree lay ${stone.a}.`,
        `there ${hero.he} found ${stone.a} that looked special.`,
      ),
    );
    t.foreshadow(
      `It was warm, as if there was a little fire in it.`,
      `A small light danced between the trees.`,
    );
    t.paragraph().meet(spirit);
    t.tell(`when ${hero.he} picked it up, a tiny fairy flew out of the ${stone.name}.`);
    t.says(spirit, 'You have one wish. Think well!', `the fairy said that ${hero.he} had one wish.`);
    t.meet(friend).tell(
      t.pick(
        `just then, ${hero.his} friend ${friend.name} came along the path.`,
        `behind ${hero.name} stood ${hero.his} friend ${friend.name}, who had seen it all.`,
      ),
    );
    const [mine, yours] = t.dice.two([
      'a mountain of candy',
      'a flying horse',
      'a castle',
      'a hundred toys',
      'a talking dog',
      'a golden crown',
    ]);
    t.tell(`${hero.name} thought of ${mine}, and ${friend.name} thought of ${yours}.`);
    argue(
      t,
      friend,
      `wish for ${mine}`,
      `wish for ${yours}`,
      `They shouted so loudly that the fairy put its hands over its ears.`,
    );
    t.tell(
      t.pick(
        `${hero.name} did not know what to do.`,
        `there were so many good wishes that ${hero.name} could not choose.`,
      ),
    );
    t.complain();
    t.paragraph();
    resolve(t, {
      good() {
        t.says(
          hero,
          `I wish that ${friend.name} and I will always be friends.`,
          `in the end, ${hero.name} wished that they would always be friends.`,
        );
        t.tell(
          t.pick(
            `the fairy smiled and was gone, and the ${stone.name} was cold.`,
            `the fairy liked that wish best of all and flew away with a laugh.`,
          ),
        );
      },
      bad() {
        t.says(hero, `I wish for ${mine}!`, `${hero.name} wished for ${mine}.`);
        t.tell(`it came, but when ${hero.name} touched it, it turned into sand.`);
      },
      twist() {
        t.says(hero, 'And what do you wish for?', `${hero.name} asked what the fairy wished for.`);
        t.tell(
          `nobody had ever asked the fairy, and it wished for a friend, so they played together all day.`,
        );
      },
      badTwist() {
        t.says(hero, 'I wish I knew what to wish for.', `${hero.name} wished to know what to wish for.`);
        t.tell(`that was the wish, and now there was none left.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`The fairy was gone forever.`, `They went home with nothing.`]
        : [
            `${hero.name} kept the ${stone.name} in a box next to the bed.`,
            `${hero.name} told ${parent.name} all about it.`,
          ],
      moral: ['friends are better than gold', 'you should think before you wish'],
      summary: `${hero.name} finds ${stone.a}, and a fairy gives ${hero.him} one wish. ${bad ? 'The wish is lost.' : 'It turns out well.'}`,
    });
  },
};
