// Ranges: they tile every text, whatever is in it, and each token covers its own characters.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assertTiles,
  covered,
  FIXTURES,
  HARD_TEXTS,
  loadFixture,
  loadStories,
  pieces,
  randomTexts,
  STORIES_SKIP,
} from './tokenizerFixtures';

const LONG_TEXT = 'Once upon a time, Lily went to the café. 😀\r\n'.repeat(7000);

for (const name of FIXTURES) {
  describe(`the ranges of the ${name} tokenizer`, () => {
    it('tile texts that are hard to tile', async () => {
      const tokenizer = await loadFixture(name);
      for (const text of HARD_TEXTS) assertTiles(tokenizer.encode(text), text);
    });

    it('tile random texts', async () => {
      const tokenizer = await loadFixture(name);
      for (const text of randomTexts(500, 1)) assertTiles(tokenizer.encode(text), text);
    });

    it('tile a text of 300 KB', async () => {
      const tokenizer = await loadFixture(name);
      const tokens = tokenizer.encode(LONG_TEXT);
      assert.ok(LONG_TEXT.length > 300_000);
      assertTiles(tokens, LONG_TEXT);
      assert.ok(tokens.length > 7000);
    });

    it('do not change when half a surrogate pair stands where U+FFFD could', async () => {
      const tokenizer = await loadFixture(name);
      for (const text of ['a\uD83Db', '\uDE00 x', 'x\uD83D']) {
        assert.deepEqual(tokenizer.encode(text), tokenizer.encode(text.replace(/\p{Surrogate}/u, '\uFFFD')));
      }
    });
  });
}

describe('the ranges of the stories260K tokenizer', { skip: STORIES_SKIP }, () => {
  it('tile every text', () => {
    const tokenizer = loadStories()!;
    for (const text of [...HARD_TEXTS, ...randomTexts(500, 2), LONG_TEXT]) {
      assertTiles(tokenizer.encode(text), text);
    }
  });
});

describe('a token covers', () => {
  it('its word with the space before it in byte-level BPE', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    const text = ' the  the\n';
    assert.deepEqual(covered(tokenizer, text), pieces(tokenizer, text));
    assert.deepEqual(covered(tokenizer, ' the'), [' the']);
  });

  it('the whole of a character of which it is the first byte, and the other bytes nothing', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    assert.deepEqual(covered(tokenizer, '😀a'), ['😀', '', '', '', 'a']);
    assert.deepEqual(pieces(tokenizer, '😀a'), ['<0xF0>', '<0x9F>', '<0x98>', '<0x80>', 'a']);
    const sentencepiece = await loadFixture('sentencepiece-bpe');
    assert.deepEqual(covered(sentencepiece, '😀a').slice(-5), ['😀', '', '', '', 'a']);
  });

  it('its own special text, and nothing where the tokenizer added it', async () => {
    const tokenizer = await loadFixture('llama3-bpe');
    const text = 'a<|begin_of_text|>b';
    assert.deepEqual(covered(tokenizer, text), ['', 'a', '<|begin_of_text|>', 'b']);
    assert.deepEqual(pieces(tokenizer, text), ['<|begin_of_text|>', 'a', '<|begin_of_text|>', 'b']);
  });

  it('nothing where SentencePiece put a space before the text', async () => {
    for (const name of ['sentencepiece-bpe', 'metaspace-bpe'] as const) {
      const tokenizer = await loadFixture(name);
      assert.deepEqual(covered(tokenizer, '\n'), ['', '', '\n'], name);
      assert.deepEqual(pieces(tokenizer, '\n'), ['<s>', ' ', '\n'], name);
    }
  });

  it('the white space before it where the tokenizer drops white space, the last one what is left', async () => {
    const tokenizer = await loadFixture('word');
    assert.deepEqual(covered(tokenizer, '  the  the \n'), ['  the', '  the \n']);
    const wordpiece = await loadFixture('wordpiece');
    assert.deepEqual(covered(wordpiece, ' the\tthe '), ['', ' the', '\tthe ', '']);
    assert.deepEqual(covered(wordpiece, '  '), ['', '  ']);
  });

  it('the word that it does not know', async () => {
    const tokenizer = await loadFixture('word');
    assert.deepEqual(pieces(tokenizer, 'the qqq the'), ['the', '[UNK]', 'the']);
    assert.deepEqual(covered(tokenizer, 'the qqq the'), ['the', ' qqq', ' the']);
  });
});
