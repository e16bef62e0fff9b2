// Word forms, articles and the word lists of the stories.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gerund, pastTense, pluralOf, withArticle } from '../../src/backend/data/stories/language/inflection';
import {
  capitalised,
  listed,
  speechAfter,
  speechBefore,
} from '../../src/backend/data/stories/language/sentence';
import { ADJECTIVES } from '../../src/backend/data/stories/words/adjectives';
import { nounCalled, NOUNS } from '../../src/backend/data/stories/words/nouns';
import { VERBS } from '../../src/backend/data/stories/words/verbs';

describe('word forms', () => {
  const VERB_FORMS: Record<string, [string, string]> = {
    jump: ['jumped', 'jumping'],
    stop: ['stopped', 'stopping'],
    make: ['made', 'making'],
    dance: ['danced', 'dancing'],
    cry: ['cried', 'crying'],
    play: ['played', 'playing'],
    tie: ['tied', 'tying'],
    lie: ['lay', 'lying'],
    see: ['saw', 'seeing'],
    tiptoe: ['tiptoed', 'tiptoeing'],
    run: ['ran', 'running'],
    swim: ['swam', 'swimming'],
    fix: ['fixed', 'fixing'],
    row: ['rowed', 'rowing'],
    open: ['opened', 'opening'],
    admit: ['admitted', 'admitting'],
    begin: ['began', 'beginning'],
    squeeze: ['squeezed', 'squeezing'],
    dig: ['dug', 'digging'],
    hug: ['hugged', 'hugging'],
    listen: ['listened', 'listening'],
    quit: ['quit', 'quitting'],
    wrap: ['wrapped', 'wrapping'],
    rain: ['rained', 'raining'],
    panic: ['panicked', 'panicking'],
  };
  for (const [verb, [past, ing]] of Object.entries(VERB_FORMS)) {
    it(`${verb}: ${past}, ${ing}`, () => {
      assert.deepEqual([pastTense(verb), gerund(verb)], [past, ing]);
    });
  }

  it('has the plural of regular and irregular nouns', () => {
    const plurals = {
      box: 'boxes',
      berry: 'berries',
      toy: 'toys',
      mouse: 'mice',
      'teddy bear': 'teddy bears',
      knife: 'knives',
      sheep: 'sheep',
      glass: 'glasses',
      'fire truck': 'fire trucks',
    };
    for (const [noun, plural] of Object.entries(plurals)) assert.equal(pluralOf(noun), plural);
  });

  it('puts "an" before what sounds like a vowel', () => {
    const phrases = {
      ball: 'a ball',
      'old ball': 'an old ball',
      unicorn: 'a unicorn',
      umbrella: 'an umbrella',
      hour: 'an hour',
      'honest boy': 'an honest boy',
      'useful box': 'a useful box',
      uncle: 'an uncle',
      'unhappy cat': 'an unhappy cat',
    };
    for (const [phrase, expected] of Object.entries(phrases)) assert.equal(withArticle(phrase), expected);
  });
});

describe('speech', () => {
  it('is punctuated by how it ends, on both sides of the speaker', () => {
    assert.equal(speechBefore('come here.', 'her mom'), '"Come here," said her mom.');
    assert.equal(speechBefore('Where is it?', 'Tom'), '"Where is it?" asked Tom.');
    assert.equal(speechBefore('Look!', 'Tom'), '"Look!" said Tom.');
    assert.equal(speechAfter('come here.', 'her mom'), 'Her mom said, "Come here."');
  });

  it('begins with a capital inside the quotation mark', () => {
    assert.equal(capitalised('"yes," said Tom.'), '"Yes," said Tom.');
  });

  it('lists names', () => {
    assert.equal(listed(['a']), 'a');
    assert.equal(listed(['a', 'b', 'c']), 'a, b and c');
  });
});

const IRREGULAR =
  'beat beat, begin began, bend bent, bite bit, blow blew, break broke, bring brought, build built, burst burst, buy bought, catch caught, choose chose, cling clung, creep crept, cut cut, dig dug, draw drew, drive drove, eat ate, fall fell, feed fed, feel felt, find found, fly flew, forget forgot, forgive forgave, freeze froze, get got, give gave, go went, grind ground, grow grew, hang hung, hide hid, hit hit, hold held, hurt hurt, keep kept, kneel knelt, know knew, lay laid, leave left, lie lay, light lit, lose lost, make made, mean meant, pay paid, put put, read read, ride rode, ring rang, rise rose, run ran, sell sold, send sent, set set, shake shook, shed shed, shine shone, shut shut, sing sang, sink sank, sit sat, sleep slept, slide slid, speak spoke, speed sped, spin spun, spread spread, stand stood, sweep swept, swim swam, swing swung, take took, teach taught, tear tore, tell told, think thought, throw threw, understand understood, wake woke, wear wore, weave wove, weep wept, wind wound, wring wrung, write wrote';

describe('the word lists', () => {
  const different = (list: readonly { base: string }[]) => new Set(list.map(({ base }) => base)).size;

  it('hold some 500 of each part of speech', () => {
    for (const list of [VERBS, NOUNS, ADJECTIVES]) {
      const count = different(list);
      assert.ok(count >= 450 && count <= 650, `${count} words`);
    }
  });

  it('are of lower-case words without leftovers of the tables', () => {
    for (const { base } of [...VERBS, ...NOUNS, ...ADJECTIVES]) assert.match(base, /^[a-z]+([ -][a-z]+)*$/);
  });

  it('have no noun and no adjective twice', () => {
    assert.equal(different(NOUNS), NOUNS.length);
    assert.equal(different(ADJECTIVES), ADJECTIVES.length);
  });

  it('have a noun in the list for every example of an adjective', () => {
    for (const adjective of ADJECTIVES) {
      adjective.nouns.forEach(nounCalled);
      if (adjective.frame === 'thing')
        assert.ok(adjective.nouns.length + adjective.kinds.length > 0, adjective.base);
    }
  });

  it('have the past tense of every irregular verb', () => {
    const irregular = new Map(IRREGULAR.split(', ').map((pair) => pair.split(' ') as [string, string]));
    for (const { base, past } of VERBS) {
      const expected = irregular.get(base);
      if (expected === undefined)
        assert.match(past, new RegExp(`^${base.replace(/[ey]$/, '')}.?(e|ie)d$`), base);
      else assert.equal(past, expected);
    }
  });
});
