// The first sentences: who the hero is, and the required words that belong at the beginning.
import { withArticle } from '../language/inflection';
import { describes, type Adjective } from '../words/adjective';
import { nounCalled, nounsOf } from '../words/nouns';
import { homeDetail } from './detail';
import { phrase } from './phrase';
import { nounSentence } from './nounSentence';
import { pronouns } from './pronouns';
import type { Teller } from './teller';
import type { Verb } from '../words/verb';
import { Thing } from '../world/thing';
import { comesByTheWay } from './way';

/** How often something that has nothing to do with the plot is told. */
const DETAIL = 0.4;

/** @param known the hero has been named in a scene before */
export function openingSentences(teller: Teller, known: boolean): string[] {
  const detail = teller.chance(DETAIL) ? homeDetail(teller) : '';
  return [
    introduction(teller, known),
    detail,
    ...verbSentences(teller),
    ...nounAndAdjectiveSentences(teller),
  ];
}

function introduction(teller: Teller, known: boolean): string {
  const { hero, dice, required, pending } = teller;
  let trait = dice.chance(0.5) ? 'little' : teller.trait;
  if (pending.has('adjective') && required.adjective.frame === 'trait') {
    pending.delete('adjective');
    trait = required.adjective.base;
  }
  const who = withArticle(`${trait} ${hero.kind}`);
  if (known) return `${hero.name} was ${who}.`;
  return dice.pick([
    `Once upon a time, there was ${who} named ${hero.name}.`,
    `Once upon a time, there was ${who} named ${hero.name}.`,
    `There once was ${who} called ${hero.name}.`,
    `${hero.name} was ${who}.`,
  ]);
}

/** Frames that wait for their place later in the story. */
function waits({ frame }: Verb, bad: boolean): boolean {
  if (frame === 'upset' || frame === 'mind') return true;
  return (frame === 'joy' || frame === 'care') && !bad;
}

function verbSentences(teller: Teller): string[] {
  const { verb } = teller.required;
  if (waits(verb, teller.bad) || comesByTheWay(teller, 'verb')) return [];
  teller.pending.delete('verb');
  return [verbSentence(teller, verb)];
}

function verbSentence(teller: Teller, { base, past, gerund, frame, complement, subject }: Verb): string {
  const { hero, parent, dice } = teller;
  const does = pronouns(phrase(base, complement), teller);
  const did = pronouns(phrase(past, complement), teller);
  const doing = pronouns(phrase(gerund, complement), teller);
  switch (frame) {
    case 'fun':
      return dice.pick([
        `${hero.he} liked to ${does}.`,
        `${hero.he} loved to ${does}.`,
        `Every day, ${hero.he} ${did}.`,
        `${hero.he} was never tired of ${doing}.`,
      ]);
    case 'chore':
      return dice.pick([
        `In the morning, ${hero.he} helped ${parent.name} to ${does}.`,
        `After breakfast, ${hero.he} ${did}.`,
        `${hero.he} had just finished ${doing}.`,
      ]);
    case 'move':
      return dice.pick([`In the morning, ${hero.he} ${did}.`, `${hero.he} liked to ${does}.`]);
    case 'scene':
      return `${subject!} ${did}.`;
    case 'care':
      return `${teller.time}, ${hero.he} ${phrase(`${past} ${parent.name}`, complement)}.`;
    case 'joy':
      return `${teller.time}, ${dice.pick(['a funny story', 'good news', 'a happy song'])} made ${hero.him} ${does}.`;
    case 'mishap':
      return `${teller.time}, ${hero.he} ${did}, but ${hero.he} did not mind.`;
    default:
      return `${teller.time}, ${hero.he} ${did}.`;
  }
}

function nounAndAdjectiveSentences(teller: Teller): string[] {
  const { hero, dice, required, pending, bad } = teller;
  const { noun, adjective } = required;
  const sentences: string[] = [];
  if (pending.has('noun') && !comesByTheWay(teller, 'noun')) {
    pending.delete('noun');
    sentences.push(nounSentence(teller, teller.described(noun)));
  }
  if (!pending.has('adjective')) return sentences;
  switch (adjective.frame) {
    case 'sad':
      return sentences;
    case 'glad':
      if (!bad) return sentences;
      pending.delete('adjective');
      return [...sentences, `${teller.time}, ${hero.he} felt ${adjective.base}.`];
    case 'weather':
      pending.delete('adjective');
      return [...sentences, `The day before had been ${adjective.base}.`];
    case 'place':
      pending.delete('adjective');
      return [
        ...sentences,
        `Near ${hero.his} house, there was ${withArticle(`${adjective.base} ${dice.pick(['field', 'forest', 'hill'])}`)}.`,
      ];
    case 'happening':
      pending.delete('adjective');
      return [
        ...sentences,
        `It was ${withArticle(`${adjective.base} ${dice.pick(['week', 'morning'])}`)} for ${hero.him}.`,
      ];
    default:
      if (pending.has('noun') && describes(adjective, noun)) return sentences;
      pending.delete('adjective');
      return [...sentences, nounSentence(teller, exampleOf(teller, adjective))];
  }
}

/** A thing that the adjective can describe. */
function exampleOf({ dice }: Teller, adjective: Adjective): Thing {
  const names = adjective.nouns.map(nounCalled);
  const kinds = adjective.kinds.flatMap((kind) => nounsOf(kind));
  return new Thing(dice.pick(kinds.length > 0 ? kinds : names), adjective.base);
}
