// Names; few and short, so that a small vocabulary has a token for each and a small model meets each often enough to
// learn to keep to it.

export const GIRLS = 'Lily Mary Anne Lucy'.split(' ');
export const BOYS = 'Ben Tom Max Sam'.split(' ');

/** Names of animals that are people in a story. */
export const ANIMAL_GIRLS = 'Dot Daisy'.split(' ');
export const ANIMAL_BOYS = 'Pip Teddy'.split(' ');

/** Animals that can be the hero of a story. */
export const ANIMAL_HEROES = 'rabbit fox bear mouse squirrel frog hedgehog duck cat dog'.split(' ');
