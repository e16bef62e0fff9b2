// Something cannot be found in a messy room.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

export const messyRoom: Schema = {
  name: 'messy room',
  takes: ['supply', 'toy', 'clothing'],
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const wanted = t.thing('supply', 'toy', 'clothing');
    t.open(
      t.pick(
        `${hero.his} room was always a mess.`,
        `nobody could walk through ${hero.his} room without stepping on something.`,
      ),
      `${t.oneDay}, ${hero.name} wanted to find ${wanted.a} because ${hero.he} needed it for school.`,
    );
    t.foreshadow(`Only the cat knew where it was.`, `Something was sticking out from under the bed.`);
    t.paragraph();
    t.tell(
      t.pick(
        `${hero.he} looked on the bed, but there were only old clothes.`,
        `${hero.he} looked under the bed, but there was only dust.`,
      ),
      t.pick(
        `${hero.he} looked in the closet, but everything fell out on ${hero.his} head.`,
        `${hero.he} opened the closet, and ${t.pick('a box', 'a ball', 'a heap of shirts', 'a bag of blocks', 'a big book')} fell on ${hero.his} head.`,
        `${hero.he} pulled out the drawer, but there was only ${t.pick('an old sock', 'half a cookie', 'a broken pencil', 'a dry leaf', 'some string')}.`,
      ),
    );
    t.complain();
    t.says(
      hero,
      `${parent.call}, have you seen my ${wanted.name}?`,
      `${hero.name} asked ${parent.name} about the ${wanted.name}.`,
    );
    t.says(
      parent,
      `No, I have not seen it. You should clean your room.`,
      `${parent.name} had not seen it and told ${hero.him} to clean the room.`,
    );
    if (t.has('conflict')) {
      t.says(hero, 'No, I do not want to clean my room!', `${hero.name} did not want to.`);
      t.tell(`they had an argument, and ${hero.name} sat on the floor with an angry face.`);
    }
    t.paragraph();
    t.tell(
      t.pick(
        `then ${hero.his} friend ${friend.name} came to help.`,
        `in the afternoon, ${hero.his} friend ${friend.name} came to help.`,
      ),
    ).meet(friend);
    t.tell(
      t.pick(
        `first, they put the books on the shelf.`,
        `first, ${friend.name} put the ${t.pick('dolls', 'cars', 'blocks', 'shells', 'papers')} on the shelf.`,
      ),
      t.pick(
        `then they put the toys into the box and the clothes into the closet.`,
        `then ${hero.name} put the ${t.pick('shirts', 'socks', 'hats', 'pants')} into the closet.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `under the very last shirt lay the ${wanted.name}.`,
            `behind the last box, they saw the ${wanted.name}.`,
            `when they moved the chair, the ${wanted.name} fell out.`,
          ),
        );
        t.says(friend, 'Here it is!', '');
      },
      bad() {
        t.tell(
          `now the room was clean, but the ${wanted.name} was not there.`,
          `it had been thrown away with the trash.`,
        );
      },
      twist() {
        t.tell(
          `${hero.name} looked into ${hero.his} school bag, and there was the ${wanted.name}.`,
          `it had been there all the time!`,
        );
      },
      badTwist() {
        t.tell(`the cat had been sleeping on the ${wanted.name}, and now it was spoiled.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`${hero.he} had to go to school without it.`, `${hero.he} had lost it because of the mess.`]
        : [
            `After that, ${hero.name} cleaned ${hero.his} room every week.`,
            `Now there was a lot of room to play.`,
          ],
      moral: ['it is easy to find things in a clean room', 'everything should have its place'],
      summary: `${hero.name} cannot find ${hero.his} ${wanted.name} in a messy room and cleans it with ${friend.name}. ${bad ? 'The search does not end well.' : 'In the end, they find it.'}`,
    });
  },
};
