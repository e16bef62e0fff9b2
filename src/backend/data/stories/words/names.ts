// Names; few and short, so that a small vocabulary has a token for each.

export const GIRLS =
  'Lily Alice Mary Jane Anne Sue Mia Anna Emma Lucy Amy Sara Ella Rose Zoe Nora Molly Kate Jenny Grace'.split(
    ' ',
  );

export const BOYS =
  'Jack Ben Tom Max Tim Sam Leo Dan Joe Bob Finn Jake Luke Adam Nick Oscar Peter Billy Henry Toby'.split(' ');

/** Names of animals that are people in a story. */
export const ANIMAL_GIRLS = 'Dot Poppy Daisy Coco Ruby Honey Lulu Penny Fern Bella'.split(' ');
export const ANIMAL_BOYS = 'Pip Rusty Bruno Teddy Dusty Rocky Toto Bumble Milo Barney'.split(' ');

/** Animals that can be the hero of a story. */
export const ANIMAL_HEROES = 'rabbit fox bear mouse squirrel frog hedgehog duck cat dog'.split(' ');
