// A child who is new somewhere meets another.
import { resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const newFriend: Schema = {
  name: 'new friend',
  takes: ['clothing', 'toy'],
  heroes: 'any',
  withoutScene: true,
  leavesHome: true,
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const sign = t.thing('clothing');
    const place = t.outdoors('park', 'playground', 'garden', 'meadow');
    t.open(
      t.pick(
        `${hero.he} had just moved to a new house and did not know anyone.`,
        `${hero.he} was new in the town and had no friends yet.`,
      ),
      `${t.oneDay}, ${parent.name} took ${hero.him} ${place.to}.`,
    );
    t.go(place, parent);
    t.foreshadow(
      'Somebody looked at them from behind a tree.',
      `On the other side of the street lived somebody who was lonely too.`,
    );
    t.paragraph();
    const child = new Character(`the ${friend.kind}`, friend.he, friend.kind);
    t.meet(friend, child);
    t.tell(
      `there was a ${friend.kind} with ${sign.a}.`.replace(`a ${friend.kind}`, t.a(friend.kind)),
      t.pick(
        `${hero.name} wanted to say hello, but ${hero.he} was too shy.`,
        `${hero.name} looked at ${friend.him}, but could not say a word.`,
      ),
    );
    t.complain();
    t.says(
      parent,
      t.pick('Just go and say hello.', 'A smile is a good beginning.'),
      `${parent.name} told ${hero.him} to smile and say hello.`,
    );
    if (t.has('conflict')) {
      t.tell(`${hero.name} went to the swing, but the ${friend.kind} wanted the same swing.`);
      t.says(child, 'I was here first!', '').says(hero, 'No, I was here first!', '');
      t.tell('They had an argument about it, and then both of them had to laugh.');
    }
    t.paragraph();
    t.tell(
      t.pick(
        `${hero.name} took a step, and then one more.`,
        `${hero.name} counted to three and walked over.`,
      ),
    );
    t.says(
      hero,
      `Hi, I am ${hero.name}. What is your name?`,
      `${hero.name} said hello and told the ${friend.kind} ${hero.his} name.`,
    );
    t.says(
      child,
      `I am ${friend.name}. Do you want to play with me?`,
      `The ${friend.kind} was called ${friend.name} and wanted to play.`,
    );
    resolve(t, {
      good() {
        t.tell(`they played ${t.pick('hide and seek', 'catch', 'ball', 'pirates')} and forgot the time.`);
      },
      bad() {
        t.tell(
          `they had a good time, but in the evening ${friend.name} said that ${friend.his} family would move away the next day.`,
        );
      },
      twist() {
        t.tell(
          `it turned out that ${friend.name} lived in the house right next door!`,
          `now they could play every day.`,
        );
      },
      badTwist() {
        t.tell(
          `${friend.name} was only there for one day, because ${friend.his} house was far away.`,
          `they would not meet again.`,
        );
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [`Now ${hero.name} was alone again.`, `${hero.he} waved until nobody was there any more.`]
        : [
            `${hero.name} was not alone any more.`,
            `From that day on, ${hero.name} and ${friend.name} were best friends.`,
          ],
      moral: ['a smile can be the beginning of a friendship', 'you only have to say hello to make a friend'],
      summary: `${hero.name} is new and does not know anyone, but then meets ${friend.name}. ${bad ? 'They cannot stay together.' : 'They become friends.'}`,
    });
  },
};
