// A dark shape in the bedroom turns out to be something else.
import { resolve } from '../teller/turns';
import type { Schema } from './schema';

export const afraidOfTheDark: Schema = {
  name: 'afraid of the dark',
  takes: ['furniture', 'clothing'],
  heroes: 'any',
  tell(t) {
    const { hero, parent, bad, friend } = t;
    const comfort = t.oneOf('teddy bear', 'doll', 'puppet', 'toy dinosaur');
    const cause = t.thing('clothing', 'furniture');
    t.open(`${hero.he} was afraid of the dark, and ${hero.he} always slept with ${comfort.a}.`);
    t.foreshadow(
      `That day, somebody had moved ${cause.a} to another corner of the room.`,
      `Outside, the wind was getting stronger.`,
    );
    t.tell(
      t.pick(
        `One night, ${hero.he} lay in bed and could not sleep.`,
        `One night, ${hero.he} woke up, and it was very dark.`,
      ),
    );
    t.paragraph();
    t.tell(
      t.pick(
        `there was a big black shape in the corner of the room.`,
        `something big and black stood next to the wall.`,
      ),
    );
    t.complain();
    t.says(
      hero,
      `${parent.call}! There is a monster in my room!`,
      `${hero.name} called ${parent.name} and said that there was a monster.`,
    );
    t.tell(
      t.pick(
        `${parent.name} came in and sat down on the bed.`,
        `the door opened, and ${parent.name} came in.`,
      ),
    );
    if (t.has('conflict')) {
      t.says(hero, `I want to sleep in your bed!`, `${hero.name} wanted to sleep in another bed.`);
      t.says(parent, `No, you are big enough to sleep here.`, `${parent.name} said no.`);
      t.tell(`they argued for a while, and both were tired and angry.`);
    }
    t.says(
      parent,
      t.pick('Let us turn on the light and see.', 'There are no monsters. Let us look together.'),
      `${parent.name} wanted to turn on the light and look.`,
    );
    t.paragraph();
    resolve(t, {
      good() {
        t.tell(`when the light was on, there was no monster, only ${cause.a}.`);
        t.says(hero, 'So that was all it was!', '');
        t.tell(`they laughed, and ${parent.name} put a small lamp next to the bed.`);
      },
      bad() {
        t.tell(
          `when the light was on, there was only ${cause.a}.`,
          `but as soon as it was dark again, ${hero.name} was afraid again.`,
        );
      },
      twist() {
        t.tell(
          `when the light was on, ${hero.his} friend ${friend.name} stood there in a sheet and laughed!`,
          `${friend.name} had come to stay for the night and had played a trick, and ${cause.a} had been the head.`,
        );
      },
      badTwist() {
        t.tell(`behind ${cause.a}, there was a real rat, and it ran right over the bed!`);
      },
    });
    t.close({
      company: parent,
      last: bad
        ? [
            `${hero.he} lay awake until the morning.`,
            `It was the longest night of the year.`,
            `${hero.he} did not sleep at all that night.`,
          ]
        : [
            `${hero.name} held the ${comfort.name} and soon fell asleep.`,
            `The ${comfort.name} was not afraid any more either.`,
            `After that, ${hero.name} was not afraid of the dark.`,
          ],
      moral: bad
        ? ['fear does not go away in one night']
        : ['things look scary in the dark, but not in the light', 'it is good to look before you are afraid'],
      summary: `${hero.name} is afraid of a dark shape in the room and calls ${parent.name}. ${bad ? 'It does not get better.' : 'They turn on the light and see that there is no monster.'}`,
    });
  },
};
