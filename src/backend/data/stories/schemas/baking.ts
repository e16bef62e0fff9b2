// A cake needs something that only a neighbor has.
import { argue, resolve } from '../teller/turns';
import { nounsOf } from '../words/nouns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const baking: Schema = {
  name: 'baking',
  takes: ['ingredient', 'dish'],
  heroes: 'any',
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const treat = t.pick('cake', 'pie', 'pizza');
    const { noun } = t.required;
    const missing =
      noun.kind === 'ingredient' && t.pending.delete('noun')
        ? noun.base
        : t.dice.pick(nounsOf('ingredient')).base;
    t.open(`${t.oneDay}, ${hero.he} was hungry and wanted to bake a ${treat} for ${parent.name}.`);
    t.foreshadow(`${hero.he} did not look into the cupboard first.`, `The oven was old and got very hot.`);
    t.paragraph();
    t.tell(`but there was no ${missing} at home.`);
    t.complain();
    t.tell(
      t.pick(
        `so ${hero.name} went to ask the neighbors.`,
        `so ${hero.name} took a cup and went from door to door.`,
      ),
    );
    const helper = t.pick('an old woman', 'a tall man', 'a young woman');
    const call = helper.replace(/^an? /, 'the ');
    const neighbor = new Character(call, helper.endsWith('woman') ? 'she' : 'he', 'neighbor', call);
    t.tell(`at the first door, ${hero.he} met ${helper}.`).meet(neighbor);
    t.says(hero, `Do you have some ${missing}, please?`, `${hero.name} asked for some ${missing}.`);
    t.says(neighbor, `I am sorry, I do not have any ${missing}.`, `but ${call} did not have any ${missing}.`);
    t.meet(friend);
    t.tell(`at the second door, ${hero.he} met ${hero.his} friend ${friend.name}.`);
    t.says(hero, `Do you have some ${missing}?`, `${hero.name} asked for some ${missing} again.`);
    t.says(
      friend,
      `Yes, I do! But I want to help you bake.`,
      `${friend.name} had some ${missing} and wanted to help.`,
    );
    t.paragraph();
    argue(t, friend, `stir the bowl`, `put in the eggs`);
    t.tell(
      t.pick(
        `they mixed everything in a big bowl and put it into the oven.`,
        `${friend.name} stirred and ${hero.name} poured, and then it went into the oven.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `soon the whole house smelled good, and the ${treat} was ready.`,
            `after an hour, the ${treat} was brown and warm and ready to eat.`,
          ),
        );
      },
      bad() {
        t.tell(
          `then they went out to play and forgot about it.`,
          `when they came back, the ${treat} was black and burnt.`,
        );
      },
      twist() {
        t.tell(
          `when they opened the oven, they saw that they had used honey and not milk!`,
          `but it tasted better than any other ${treat}.`,
        );
      },
      badTwist() {
        t.tell(
          `when they tasted it, it was not sweet but salty.`,
          `somebody had put salt into the wrong jar.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `They had to throw it all away.`,
            `They ate dry bread and did not say a word.`,
            `There was no ${treat} for anybody.`,
          ]
        : [
            `${hero.name}, ${friend.name} and ${parent.name} ate it together.`,
            `${parent.name} said that it was the best ${treat} ever.`,
            `Every neighbor got a piece of it too.`,
          ],
      moral: [
        'it is good to have kind neighbors',
        'you should see what you need before you begin',
        'many hands make the work easy',
      ],
      summary: `${hero.name} wants to bake but has no ${missing}. ${friend.name} helps, ${bad ? 'but it goes wrong' : 'and it turns out very well'}.`,
    });
  },
};
