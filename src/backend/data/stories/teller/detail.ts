// Small things to see on the side: they make places and mornings different from story to story.
import { withArticle } from '../language/inflection';
import { countableNounsOf, nounsOf } from '../words/nouns';
import { verbsOf } from '../words/verbs';
import { phrase } from './phrase';
import { pronouns } from './pronouns';
import type { Teller } from './teller';

const COLORS = 'red blue yellow white pink orange purple'.split(' ');
const SIZES = 'small big little old young pretty funny fat'.split(' ');
const SITTERS =
  'bird frog squirrel butterfly snail ladybug hedgehog owl beetle crow duckling lizard cat rabbit mouse'.split(
    ' ',
  );
const SPOTS = [
  'in the grass',
  'under a tree',
  'on a stone',
  'on a fence',
  'next to the path',
  'near the water',
];
const SMELLS = ['flowers', 'rain', 'fresh grass', 'warm bread', 'apples', 'leaves', 'honey', 'smoke'];
const GAMES = ['ball', 'hide and seek', 'catch', 'pirates', 'a game', 'tag'];
const FLOWERS = ['roses', 'tulips', 'daisies', 'lilies', 'sunflowers', 'berries', 'mushrooms'];

/** What there is to see where the hero has come to. */
export function placeDetail(teller: Teller): string {
  const { dice } = teller;
  switch (dice.pick(['animal', 'animal', 'flowers', 'smell', 'children', 'person'] as const)) {
    case 'animal': {
      return `${withArticle(`${dice.pick(SIZES)} ${dice.pick(SITTERS)}`)} sat ${dice.pick(SPOTS)}.`;
    }
    case 'flowers':
      return `there were ${dice.pick(COLORS)} and ${dice.pick(['green', 'brown', 'gray', 'golden'])} leaves and some ${dice.pick(FLOWERS)}.`;
    case 'smell':
      return `the air smelled of ${dice.pick(SMELLS)}.`;
    case 'children':
      return `${dice.pick(['two', 'three', 'four', 'some'])} children were playing ${dice.pick(GAMES)}.`;
    case 'person': {
      const { base } = dice.pick(nounsOf('person'));
      return `${withArticle(base)} with ${withArticle(`${dice.pick(COLORS)} ${dice.pick(countableNounsOf('clothing')).base}`)} walked by.`;
    }
  }
}

/** What goes on at home before the story begins. */
export function homeDetail(teller: Teller): string {
  const { dice, parent, required } = teller;
  const sorts =
    required.verb.frame === 'fun'
      ? (['parent', 'scene'] as const)
      : (['parent', 'hobby', 'hobby', 'scene'] as const);
  switch (dice.pick(sorts)) {
    case 'parent': {
      const { base, gerund, complement } = dice.pick(verbsOf('chore'));
      if (complement.includes('$') || base === 'help') return '';
      return `${parent.name} was ${phrase(gerund, complement)}.`;
    }
    case 'hobby': {
      const { base, complement } = dice.pick(verbsOf('fun'));
      return pronouns(`$he ${dice.pick(['liked', 'loved'])} to ${phrase(base, complement)}.`, teller);
    }
    case 'scene': {
      const { subject, past, complement } = dice.pick(verbsOf('scene'));
      return `${subject!} ${phrase(past, complement)}.`;
    }
  }
}
