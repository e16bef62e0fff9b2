// Names; few and short, so that a small vocabulary has a token for each and a small model meets each often enough to
// learn to keep to it.

export const GIRLS = 'Lily Alice Mary Jane Anne Sue Mia Lucy'.split(' ');
export const BOYS = 'Jack Ben Tom Max Tim Sam Leo Dan'.split(' ');

/** Names of animals that are people in a story. */
export const ANIMAL_GIRLS = 'Dot Poppy Daisy Ruby'.split(' ');
export const ANIMAL_BOYS = 'Pip Rusty Teddy Milo'.split(' ');

/** Animals that can be the hero of a story. */
export const ANIMAL_HEROES = 'rabbit fox bear mouse squirrel frog hedgehog duck cat dog'.split(' ');
