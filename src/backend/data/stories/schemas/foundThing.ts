// Something that somebody lost is kept or given back.
import { argue, resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const foundThing: Schema = {
  name: 'found thing',
  takes: ['container', 'clothing'],
  leavesHome: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const thing = t.thing('container', 'clothing');
    const place = t.outdoors();
    const woman = t.chance(0.5);
    const owner = new Character(woman ? 'the old woman' : 'the old man', woman ? 'she' : 'he', 'owner');
    t.open(`${t.oneDay}, ${hero.he} and ${hero.his} friend ${friend.name} were on the way ${place.to}.`);
    t.go(place, friend);
    t.foreshadow(
      'Somebody sat on a bench and looked for something.',
      `Somebody had lost something important that day.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `${place.at}, ${hero.name} found ${thing.a} in the grass.`,
        `${place.at}, there was ${thing.a} under a bench, and ${hero.name} saw it first.`,
      ),
    );
    t.says(
      hero,
      t.pick(`Look what I found! Now it is mine!`, `Look! Nobody is here, so I can keep it.`),
      `${hero.name} wanted to keep it.`,
    );
    t.says(
      friend,
      `But somebody must be very sad now.`,
      `${friend.name} said that somebody must be very sad now.`,
    );
    argue(
      t,
      friend,
      'take it home',
      'look for the owner',
      `${hero.name} put it in ${hero.his} bag and did not want to talk any more.`,
    );
    t.tell(`then they saw ${t.a(owner.name.slice(4))} who looked under every bush.`);
    t.complain();
    t.paragraph().meet(owner);
    t.says(
      owner,
      `Have you seen my ${thing.name}?`,
      `${owner.name} asked if they had seen the ${thing.name}.`,
    );
    resolve(t, {
      good() {
        t.says(hero, 'Yes, here it is.', `${hero.name} gave it back.`);
        t.tell(
          t.pick(
            `${owner.name} was so happy that ${owner.he} gave each of them a shiny coin.`,
            `${owner.name} had looked for it all day and thanked them with a big smile.`,
          ),
        );
      },
      bad() {
        t.says(hero, 'No, I have not seen it.', `${hero.name} said no.`);
        t.tell(
          `${friend.name} was ashamed and went home.`,
          `now ${hero.name} had the ${thing.name}, but no friend.`,
        );
      },
      twist() {
        t.says(hero, 'Yes, here it is.', `${hero.name} gave it back.`);
        t.tell(
          `${owner.name} turned out to be a real ${woman ? 'queen' : 'king'} and asked them to come to the castle!`,
        );
      },
      badTwist() {
        t.tell(
          `before ${hero.name} could say a word, a big dog took the ${thing.name} and ran away with it.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`${hero.he} wished that ${hero.he} had been honest.`, `It did not feel good at all.`]
        : [
            `Giving it back felt better than keeping it.`,
            `They felt as tall as trees.`,
            `${parent.name} heard about it and was very proud.`,
          ],
      moral: ['you should give back what is not yours', 'honest people feel good'],
      summary: `${hero.name} finds ${thing.a}, and ${friend.name} says that it belongs to somebody. ${bad ? 'The owner does not get it.' : 'They give it back.'}`,
    });
  },
};
