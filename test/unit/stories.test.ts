// Generated stories: whole sentences, the words and features that were asked for, and people who stay who they are.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FEATURES, generateStory, storyAt, storyStream, type Story } from '../../src/backend/data/stories';
import { gerund, pastTense, pluralOf, withArticle } from '../../src/backend/data/stories/language/inflection';
import { SCHEMAS } from '../../src/backend/data/stories/schemas';
import { TWISTS } from '../../src/backend/data/stories/teller/turns';
import { ADJECTIVES } from '../../src/backend/data/stories/words/adjectives';
import { ANIMAL_BOYS, ANIMAL_GIRLS, BOYS, GIRLS } from '../../src/backend/data/stories/words/names';
import { NOUNS } from '../../src/backend/data/stories/words/nouns';
import { VERBS } from '../../src/backend/data/stories/words/verbs';

const STORIES: readonly Story[] = Array.from({ length: 2500 }, (_, index) => generateStory(11, {}, index));

function every(check: (story: Story) => void): void {
  for (const story of STORIES) {
    try {
      check(story);
    } catch (error) {
      throw new Error(`${story.schema}:\n${story.text}`, { cause: error });
    }
  }
}

function hasWord(text: string, ...forms: readonly string[]): boolean {
  return forms.some((form) => new RegExp(`\\b${form}\\b`, 'i').test(text));
}

describe('a story', () => {
  it('has 3 to 5 paragraphs and 100 to 250 words', () => {
    every(({ text }) => {
      const paragraphs = text.split('\n\n').length;
      assert.ok(paragraphs >= 3 && paragraphs <= 5, `${paragraphs} paragraphs`);
      const words = text.split(/\s+/).length;
      assert.ok(words >= 100 && words <= 250, `${words} words`);
    });
  });

  it('has no leftovers of its templates', () => {
    every(({ text, summary }) =>
      assert.doesNotMatch(`${text}\n${summary}`, /undefined|null|NaN|[{}$`]| {2}|\.\.|,,| [.,!?]|\ba a\b/),
    );
  });

  it('is of sentences that begin with a capital, end with a mark and close their quotations', () => {
    every(({ sentences, text }) => {
      for (const sentence of sentences) {
        assert.match(sentence, /^"?[A-Z]/);
        assert.match(sentence, /[.!?]"?$/);
        assert.equal(sentence.split('"').length % 2, 1, sentence);
      }
      assert.equal(sentences.join(' '), text.replaceAll('\n\n', ' '));
    });
  });

  it('says "a" and "an" rightly', () => {
    every(({ text }) => {
      for (const [, article, word] of text.matchAll(/\b(an?) ([a-z]+)/gi)) {
        assert.equal(`${article.toLowerCase()} ${word}`, withArticle(word));
      }
    });
  });

  it('uses its verb, noun and adjective', () => {
    every(({ text, words: { verb, noun, adjective } }) => {
      assert.ok(hasWord(text, verb, pastTense(verb), gerund(verb)), verb);
      assert.ok(hasWord(text, noun, pluralOf(noun)), noun);
      assert.ok(hasWord(text, adjective), adjective);
    });
  });

  it('can use every word of the lists', () => {
    const uses = (words: { verb?: string; noun?: string; adjective?: string }, seed: number) => {
      const [word] = Object.values(words);
      const { text } = generateStory(seed, { words });
      assert.ok(hasWord(text, word, pastTense(word), gerund(word), pluralOf(word)), `${word}: ${text}`);
    };
    VERBS.forEach(({ base }, seed) => uses({ verb: base }, seed));
    NOUNS.forEach(({ base }, seed) => uses({ noun: base }, seed));
    ADJECTIVES.forEach(({ base }, seed) => uses({ adjective: base }, seed));
  });

  it('has a summary of whole sentences that names somebody in it', () => {
    every(({ summary, text }) => {
      assert.match(summary, /^[A-Z].*\.$/);
      const [name] = summary.split(/[ ']/);
      assert.ok(text.includes(name), name);
    });
  });

  it('speaks of girls as she and of boys as he', () => {
    const girls = new Set([...GIRLS, ...ANIMAL_GIRLS]);
    const names = new Set([...girls, ...BOYS, ...ANIMAL_BOYS]);
    every(({ text }) => {
      for (const [, kind, name] of text.matchAll(/\b(girl|boy) (?:named|called) ([A-Z][a-z]+)/g)) {
        assert.equal(girls.has(name) ? 'girl' : 'boy', kind);
      }
      for (const [, possessive, name] of text.matchAll(/\b(her|his) friend ([A-Z][a-z]+)/g)) {
        assert.equal(possessive === 'her', !girls.has(name), 'hero and friend are of different gender');
      }
      for (const [, name, owned] of text.matchAll(/(?:^|[.!"] )([A-Z][a-z]+) was so tired that (she|he)/g)) {
        if (names.has(name)) assert.equal(owned, girls.has(name) ? 'she' : 'he');
      }
    });
  });

  it('names its hero before it says she or he', () => {
    every(({ text, sentences }) => {
      for (const paragraph of text.split('\n\n')) assert.doesNotMatch(paragraph, /^(She|He) /);
      assert.doesNotMatch(sentences[0], /^"?(She|He|It was (?:her|his))\b/);
    });
  });

  it('is the same for the same seed and another for another', () => {
    assert.deepEqual(generateStory(5, {}, 3), generateStory(5, {}, 3));
    assert.notEqual(storyAt(5, 3), storyAt(6, 3));
    const stream = storyStream(5);
    assert.deepEqual([stream.next().value, stream.next().value], [storyAt(5, 0), storyAt(5, 1)]);
  });

  it('is hardly ever told twice', () => {
    assert.equal(new Set(STORIES.map(({ text }) => text)).size, STORIES.length);
  });

  it('cannot be had with a word or schema that is not there', () => {
    assert.throws(() => generateStory(1, { words: { noun: 'quark' } }), { reason: 'not-found' });
    assert.throws(() => generateStory(1, { schema: 'tragedy' }), { reason: 'not-found' });
  });
});

describe('the features of a story', () => {
  const told = (feature: string, check: (text: string) => boolean) => {
    every(({ text, features }) =>
      assert.equal(check(text), (features as readonly string[]).includes(feature)),
    );
  };

  it('dialogue: somebody speaks, and else nobody does', () => {
    told('dialogue', (text) => text.includes('"'));
  });

  it('moral: it says what was learned, or what the moral is', () => {
    told('moral', (text) => /learned that|The moral of the story is/.test(text));
  });

  it('plot twist: a surprise is announced', () => {
    told('plot twist', (text) => TWISTS.some((sentence) => text.includes(sentence)));
  });

  it('bad ending: nobody is happy at the end', () => {
    every(({ text, features }) => {
      const end = text
        .split('\n\n')
        .at(-1)!
        .replace(/[^.]*(learned that|moral of the story)[^.]*\./, '');
      if (features.includes('bad ending'))
        assert.doesNotMatch(end, /(was (very |so )?(happy|glad|proud)|smiled|laughed)\b/);
    });
  });
});

describe('every schema', () => {
  for (const { name } of SCHEMAS) {
    it(`${name}: with none, each, and all of the features`, () => {
      const without = generateStory(1, { schema: name, features: [] });
      assert.equal(without.schema, name);
      for (let seed = 0; seed < 10; seed++) {
        for (const feature of FEATURES) generateStory(seed, { schema: name, features: [feature] });
        generateStory(seed, { schema: name, features: FEATURES });
      }
    });

    it(`${name}: tells what is foreshadowed, and the conflict, beside the rest`, () => {
      const sentences = (features: Story['features']) => {
        const found = new Set<string>();
        for (let seed = 0; seed < 15; seed++) {
          const words = { verb: 'smile', noun: 'idea', adjective: 'kind' };
          const story = generateStory(seed, { schema: name, features, words });
          found.add(story.text);
        }
        return found;
      };
      const plain = sentences([]);
      for (const feature of ['foreshadowing', 'conflict'] as const) {
        for (const text of sentences([feature])) assert.ok(!plain.has(text), `${feature} changes nothing`);
      }
    });
  }
});
