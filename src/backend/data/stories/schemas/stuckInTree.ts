// An animal cannot get down from a tree.
import { argue, resolve } from '../teller/turns';
import { Character } from '../world/character';
import type { Schema } from './schema';

export const stuckInTree: Schema = {
  name: 'stuck in a tree',
  takes: ['tool'],
  heroes: 'child',
  tell(t) {
    const { hero, friend, bad } = t;
    const kind = t.pick('cat', 'kitten', 'parrot', 'squirrel');
    const pet = new Character(`the ${kind}`, 'it', kind);
    const helper = t.pick('fireman', 'farmer', 'gardener', 'neighbor', 'painter');
    t.open(`${t.oneDay}, ${hero.he} and ${hero.his} friend ${friend.name} were playing in the street.`);
    const street = t.outdoors('street');
    t.go(street, friend).meet(pet);
    t.foreshadow(
      `A ${helper} with a long ladder was working near by.`,
      `They did not see that the tree was old and weak.`,
    );
    t.paragraph();
    t.tell(
      t.pick(`they heard a sound above their heads.`, `suddenly, they heard a sad sound.`),
      t.pick(
        `${t.a(kind)} sat high up in a tree and could not get down.`,
        `high up in a tree, there was ${t.a(kind)} that could not get down.`,
      ),
    );
    t.complain();
    t.says(friend, 'What can we do?', `${friend.name} asked what they could do.`);
    argue(t, friend, 'climb up', 'call for help', 'In the end, they tried one thing after the other.');
    t.tell(
      t.pick(
        `first, ${hero.name} called it, but it only held on tighter.`,
        `first, they held up some food, but ${pet.name} was too scared to move.`,
      ),
    );
    t.tell(
      t.pick(
        `then ${friend.name} tried to climb up, but the tree was too high.`,
        `then ${hero.name} jumped as high as ${hero.he} could, but the branch was too high.`,
      ),
    );
    t.paragraph();
    resolve(t, {
      good() {
        t.tell(
          `at last, they asked a ${helper} for help.`,
          `the ${helper} put a ladder against the tree, climbed up and brought ${pet.name} down.`,
        );
      },
      bad() {
        t.tell(
          `suddenly, the branch broke, and ${pet.name} fell down.`,
          t.pick(
            `it hurt its leg and had to go to the animal doctor.`,
            `it could not walk and had to be carried to the animal doctor.`,
          ),
        );
      },
      twist() {
        t.tell(
          `when they turned to go, ${pet.name} walked down the tree all by itself.`,
          `it had not been stuck at all!`,
        );
      },
      badTwist() {
        t.tell(
          `${pet.name} came down by itself, but now ${friend.name} was stuck in the tree.`,
          `${friend.he} had to wait for hours until somebody came.`,
        );
      },
    });
    t.close({
      company: friend,
      last: bad
        ? [
            `It was not a good day for anyone.`,
            `They all went home in silence.`,
            `Nobody wanted to play any more.`,
          ]
        : [
            `${pet.name} rubbed its head against ${hero.his} leg.`,
            `${hero.name} and ${friend.name} were glad that ${pet.name} was safe.`,
            `After that, ${pet.name} stayed on the ground.`,
          ],
      moral: ['it is wise to ask for help', 'you should not climb too high'],
      summary: `${hero.name} and ${friend.name} see ${t.a(kind)} in a tree and try to get it down, ${bad ? 'but somebody has to pay for it' : 'and in the end it is safe'}.`,
    });
  },
};
