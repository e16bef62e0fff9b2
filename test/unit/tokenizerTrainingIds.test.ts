// Ids without places are those of `encode`, whatever the tokenizer and the text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tokenizer } from '../../src/backend/tokenizer';
import {
  FIXTURES,
  HARD_TEXTS,
  isTokenizerError,
  loadFixture,
  loadStories,
  randomTexts,
  readGoldens,
  STORIES_SKIP,
  tokenizerOf,
  wordLevel,
} from './tokenizerFixtures';

const LONG_TEXT = "Once upon a time, Lily didn't go to the café. 😀\r\n  She stayed.\n\n".repeat(100);
const TEXTS = [...HARD_TEXTS, ...randomTexts(60, 4), LONG_TEXT];

function assertSameIds(tokenizer: Tokenizer, texts: readonly string[]): void {
  for (const text of texts) {
    const expected = tokenizer.encode(text).map(({ id }) => id);
    // Twice: what was remembered the first time is what is used the second time.
    for (const time of ['first', 'second']) {
      const what = `${time} time: ${JSON.stringify(text.slice(0, 200))}`;
      assert.deepEqual(Array.from(tokenizer.encodeIds(text)), expected, what);
    }
  }
}

const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false };
const LETTERS = wordLevel(...Array.from('abcdefghijklmnop'));

// tokenizer.json of Qwen/Qwen2-0.5B
const QWEN2_WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** Forms that no fixture has. */
const FORMS: Record<string, object> = {
  'a prefix space': { pre_tokenizer: { ...BYTE_LEVEL, add_prefix_space: true } },
  'bytes without words': { pre_tokenizer: { ...BYTE_LEVEL, use_regex: false } },
  'words of what matches': {
    pre_tokenizer: { type: 'Split', pattern: { Regex: '[a-h]+' }, behavior: 'Removed', invert: true },
  },
  'what does not match': { pre_tokenizer: { type: 'Split', pattern: { String: 'a' }, behavior: 'Removed' } },
  'matches joined to the next word': {
    pre_tokenizer: { type: 'Split', pattern: { Regex: '\\s' }, behavior: 'MergedWithNext' },
  },
  'the words of Qwen 2 after NFC': {
    normalizer: { type: 'NFC' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: QWEN2_WORDS }, behavior: 'Isolated' },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
  },
  'the words of Qwen 2 left out': {
    pre_tokenizer: { type: 'Split', pattern: { Regex: QWEN2_WORDS }, behavior: 'Removed' },
  },
  'a look behind': {
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: '(?<=a)b' }, behavior: 'Isolated' },
        { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated' },
      ],
    },
  },
  'a mark at the start only': {
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', prepend_scheme: 'first' }],
    },
  },
  'lower case, then added tokens': {
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    added_tokens: [
      { id: 20, content: 'B', normalized: true },
      { id: 21, content: '<s>', special: true, lstrip: true },
    ],
  },
};

describe('ids without places are those with places', () => {
  for (const name of FIXTURES) {
    it(`with the ${name} tokenizer`, async () => {
      const goldens = readGoldens(name).map(({ text }) => text);
      assertSameIds(await loadFixture(name), [...TEXTS, ...goldens]);
    });
  }

  for (const [what, form] of Object.entries(FORMS)) {
    it(`with ${what}`, () => {
      assertSameIds(tokenizerOf({ model: LETTERS, ...form }), [...TEXTS, 'ab b cab', 'a B b<s>c  <s>', '  ']);
    });
  }

  it('with the stories260K tokenizer', { skip: STORIES_SKIP }, () => {
    assertSameIds(loadStories()!, TEXTS);
  });

  it('with more words than are remembered', async () => {
    const tokenizer = await loadFixture('word');
    const words = Array.from({ length: 100_100 }, (_, index) => `the${index}`).join(' ');
    assertSameIds(tokenizer, [`${words} the`]);
  });
});

describe('a text that cannot be encoded', () => {
  it('is refused with the same message', () => {
    const tokenizer = tokenizerOf({ model: { type: 'WordLevel', vocab: { a: 0 } } });
    assert.throws(() => tokenizer.encode('a b'), isTokenizerError('hand.json', "'b'"));
    assert.throws(() => tokenizer.encodeIds('a b'), isTokenizerError('hand.json', "'b'"));
    assert.deepEqual(Array.from(tokenizer.encodeIds('a a')), [0, 0]);
  });

  it('does not take for ever', () => {
    const pattern = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated' };
    const tokenizer = tokenizerOf({ pre_tokenizer: pattern });
    assert.throws(() => tokenizer.encodeIds(`${'a'.repeat(40)}b`), isTokenizerError('hand.json', 'seconds'));
  });
});
