// Somebody has to play before many people.
import { resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const stageFright: Schema = {
  name: 'stage fright',
  takes: ['instrument', 'clothing'],
  leavesHome: true,
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const instrument = t.thing('instrument');
    const place = t.outdoors('school', 'church', 'theater', 'park');
    const teacher = new Character('the teacher', 'she', 'teacher');
    t.open(
      `${hero.he} could play the ${instrument.full} very well, but only at home.`,
      `${t.oneDay}, there was a big show ${place.at}.`,
    );
    t.go(place, friend, teacher, parent);
    t.foreshadow(
      `${hero.his} hands had been shaking all day.`,
      `Nobody had looked at the ${instrument.name} for a week.`,
    );
    t.paragraph();
    t.tell(
      t.pick(
        `so many people were there that ${hero.name} wanted to run away.`,
        `every chair was taken, and all the people looked at ${hero.name}.`,
      ),
    );
    t.complain();
    t.tell(`${hero.his} friend ${friend.name} stood next to ${hero.him}.`);
    t.says(hero, 'What if I make a mistake?', `${hero.name} was afraid to make a mistake.`);
    t.says(
      friend,
      t.pick('Just look at me and play.', 'I am here. You can do it.'),
      `${friend.name} told ${hero.him} to be brave.`,
    );
    if (t.has('conflict')) {
      t.says(teacher, 'You have to go now!', 'The teacher said that it was time.');
      t.tell(`${hero.name} did not want to go, and they argued behind the curtain.`);
    }
    t.paragraph();
    t.tell(
      t.pick(
        `${hero.name} took a deep breath, walked out and sat down with the ${instrument.name}.`,
        `then it was time, and ${hero.name} walked out with the ${instrument.name}.`,
      ),
    );
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${hero.he} looked at ${friend.name} and began to play, and soon all the fear was gone.`,
            `the first note was hard, the second one was easy, and then ${hero.name} forgot all the people.`,
          ),
          t.pick(`at the end, everyone clapped.`, `when the song was over, the people stood up and cheered.`),
        );
      },
      bad() {
        t.tell(
          `but ${hero.his} fingers would not move, and the people began to whisper.`,
          `${hero.he} ran out without playing one note.`,
        );
      },
      twist() {
        t.tell(
          `all the lights went out!`,
          `in the dark, ${hero.name} was not afraid at all and played better than ever.`,
        );
      },
      badTwist() {
        t.tell(
          `a mouse ran out of the ${instrument.name}, and all the people screamed.`,
          `the show was over.`,
        );
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [`${hero.he} put the ${instrument.name} under the bed.`, `${hero.he} did not play for a long time.`]
        : [
            `${parent.name} gave ${hero.him} a big hug.`,
            `After that, ${hero.name} played for everyone who wanted to listen.`,
          ],
      moral: ['being brave means that you do it even when you are afraid', 'a friend can give you courage'],
      summary: `${hero.name} has to play the ${instrument.name} in front of many people and is afraid. ${bad ? 'It goes wrong.' : `${friend.name} helps, and it goes well.`}`,
    });
  },
};
