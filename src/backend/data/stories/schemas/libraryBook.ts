// Two friends want the same book.
import { resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const libraryBook: Schema = {
  name: 'library book',
  takes: ['wild', 'person', 'container'],
  leavesHome: true,
  tell(t) {
    const { hero, friend, parent, bad } = t;
    const subject = t.thing('wild', 'person');
    const library = t.outdoors('library');
    const keeper = new Character('the woman at the desk', 'she', 'woman');
    t.open(`${t.oneDay}, ${hero.he} wanted to read a book, so ${hero.he} went ${library.to}.`);
    t.go(library, keeper);
    t.foreshadow(
      `In ${hero.his} pocket was something that had to be given back long ago.`,
      `Between two books, there was a piece of paper.`,
    );
    t.paragraph();
    t.says(
      hero,
      `Do you have a book about ${subject.a}?`,
      `${hero.name} asked for a book about ${subject.a}.`,
    );
    t.says(
      keeper,
      `Yes, it is on the last shelf.`,
      `The woman at the desk said that it was on the last shelf.`,
    );
    t.meet(friend);
    t.tell(
      t.pick(
        `but when ${hero.name} came to the shelf, ${hero.his} friend ${friend.name} had the book already.`,
        `but the place on the shelf was empty, because ${hero.his} friend ${friend.name} had the book.`,
      ),
    );
    t.complain();
    if (t.has('conflict')) {
      t.says(hero, 'I want that book!', `${hero.name} said that ${hero.he} wanted the book.`).says(
        friend,
        'No! I was here first!',
        `${friend.name} said that ${friend.he} had been there first.`,
      );
      t.tell('They had an argument, and the woman told them to be quiet.');
    }
    t.paragraph();
    t.says(
      friend,
      t.pick('We can read it together.', 'You can read it after me.'),
      `${friend.name} wanted to read it together.`,
    );
    t.tell(
      t.pick(
        `so they sat down on the floor and opened the book.`,
        `so they found a quiet corner and began to read.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${friend.name} read one page, and ${hero.name} read the next one.`,
            `they took turns, one page each.`,
          ),
          `it was the best book about ${subject.a} in the world.`,
        );
      },
      bad() {
        t.tell(
          `but they both pulled at the book, and a page was torn.`,
          `they had to pay for it with all their money.`,
        );
      },
      twist() {
        t.tell(
          `a map fell out of the book, and it showed the way to a box in the garden behind the library.`,
          `in the box were a hundred pieces of candy!`,
        );
      },
      badTwist() {
        t.tell(
          `when they came to the end, the last page was missing.`,
          `nobody could tell them how the story ended.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `${hero.he} did not go back for a long time.`,
            `${hero.he} told ${parent.name} about it and did not look up.`,
          ]
        : [
            `They read until ${library.name} closed its doors.`,
            `The next day, they came back for one more book.`,
          ],
      moral: bad
        ? ['you should be careful with books']
        : ['a book is more fun when you read it together', 'there is always a way to share'],
      summary: `${hero.name} looks for a book about ${subject.a}, but ${friend.name} has it. They read it together${bad ? ', but it ends badly' : ' and have fun'}.`,
    });
  },
};
