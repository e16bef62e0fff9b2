// Two friends look for what makes a noise in the night.
import { argue, resolve } from '../teller/turns';
import type { Schema } from './schema';

export const noiseInTheNight: Schema = {
  name: 'noise in the night',
  takes: ['room', 'container', 'dish'],
  heroes: 'any',
  tell(t) {
    const { hero, parent, friend, bad } = t;
    const box = t.thing('container');
    const sound = t.pick('a scratching noise', 'a strange noise', 'a soft knock', 'a loud bang');
    const room = t.pick('kitchen', 'attic', 'cellar', 'hall');
    const guest = t.pick('kitten', 'puppy', 'mouse', 'squirrel', 'hedgehog');
    t.open(
      t.pick(
        `One night, ${hero.his} friend ${friend.name} stayed at ${hero.his} house.`,
        `One night, ${hero.his} friend ${friend.name} slept in ${hero.his} room.`,
      ),
    );
    t.meet(friend);
    t.foreshadow(
      `That evening, nobody had closed the back door.`,
      `${parent.name} had bought ${box.a} and put it in the ${room}.`,
    );
    t.paragraph();
    t.tell(`when the moon was high, they heard ${sound} from the ${room}.`);
    t.says(friend, 'What was that?', `${friend.name} asked what that was.`);
    t.complain();
    argue(t, friend, 'go and look', 'stay in bed', `In the end, they held hands and went to look.`);
    t.says(
      hero,
      t.pick('I do not know. Let us go and see.', 'Maybe it is a thief!'),
      `${hero.name} did not know what it was.`,
    );
    t.tell(
      t.pick(
        `they took a flashlight and walked down the stairs, step by step.`,
        `they went on their toes, and ${friend.name} held a flashlight.`,
      ),
      `in the ${room}, there was ${box.a}, and it moved!`,
    );
    t.paragraph();
    resolve(t, {
      good() {
        t.tell(
          t.pick(
            `${hero.name} opened the ${box.name}, and out looked a little ${guest}.`,
            `a little ${guest} climbed out of the ${box.name} and looked at them.`,
          ),
          `it was hungry, so they gave it some milk and ${t.pick('bread', 'cheese')}.`,
        );
      },
      bad() {
        t.tell(
          `they were so afraid that they ran, and ${hero.name} fell down the stairs and hurt ${hero.his} arm.`,
        );
      },
      twist() {
        t.tell(
          `${parent.name} jumped out from behind it with a big red face.`,
          `${parent.name} had been eating cookies in the dark!`,
        );
      },
      badTwist() {
        t.tell(`it was full of rats, and they had eaten all the food in the house.`);
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [`Nobody slept any more that night.`, `They sat awake in the middle of the night.`]
        : [
            `Then they went back to bed and slept until the morning.`,
            `They laughed so loudly that the whole house woke up.`,
          ],
      moral: bad
        ? ['it is better to call for help in the night']
        : ['it is good to be brave together', 'a noise is often not as bad as it sounds'],
      summary: `${hero.name} and ${friend.name} hear a noise in the night and go to the ${room}. ${bad ? 'It ends badly.' : 'It is nothing to be afraid of.'}`,
    });
  },
};
