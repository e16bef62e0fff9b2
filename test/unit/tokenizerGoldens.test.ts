// Every kind of tokenizer.json against what Hugging Face's Python library gives for the same texts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertTiles, FIXTURES, loadFixture, readGoldens } from './tokenizerFixtures';
import type { FixtureName, Golden } from './tokenizerFixtures';

const KINDS: Record<FixtureName, string> = {
  'byte-level-bpe': 'byte-level BPE',
  'sentencepiece-bpe': 'SentencePiece BPE',
  'metaspace-bpe': 'SentencePiece BPE',
  'llama3-bpe': 'byte-level BPE',
  wordpiece: 'WordPiece',
  word: 'words',
  char: 'characters',
};

/** Whether Hugging Face gives this token characters that it gives to no other. */
function isPlain({ offsets }: Golden, index: number): boolean {
  const [start, end] = offsets[index];
  if (start === end) return false;
  return offsets.every(
    ([otherStart, otherEnd], other) =>
      other === index || otherStart === otherEnd || (other < index ? otherEnd <= start : otherStart >= end),
  );
}

for (const name of FIXTURES) {
  describe(`the ${name} tokenizer`, () => {
    const goldens = readGoldens(name);

    it('gives the ids that Python gives', async () => {
      const tokenizer = await loadFixture(name);
      for (const { text, ids } of goldens) {
        const found = tokenizer.encode(text).map(({ id }) => id);
        assert.deepEqual(found, ids, JSON.stringify(text));
      }
    });

    it('decodes as Python does', async () => {
      const tokenizer = await loadFixture(name);
      for (const { ids, decoded } of goldens) assert.equal(tokenizer.decode(ids), decoded);
    });

    it('tiles every text', async () => {
      const tokenizer = await loadFixture(name);
      for (const { text } of goldens) assertTiles(tokenizer.encode(text), text);
    });

    it('covers what Python says a token stands for, where no other token shares it', async () => {
      const tokenizer = await loadFixture(name);
      let plain = 0;
      for (const golden of goldens) {
        for (const [index, token] of tokenizer.encode(golden.text).entries()) {
          // Python cuts the range of a token that ends inside a character; by our rule the character is that token's.
          if (!isPlain(golden, index) || /<0x..>/.test(token.piece)) continue;
          const [start, end] = golden.offsets[index];
          plain++;
          assert.ok(
            token.start <= start && token.end >= end,
            `${JSON.stringify(token)} does not cover ${start} to ${end} of ${JSON.stringify(golden.text)}`,
          );
        }
      }
      assert.ok(plain > 100, `only ${plain} tokens to compare`);
    });

    it('says what it is', async () => {
      const tokenizer = await loadFixture(name);
      const ids = goldens.flatMap((golden) => golden.ids);
      assert.equal(tokenizer.kind, KINDS[name]);
      assert.ok(tokenizer.vocabularySize > Math.max(...ids));
      assert.equal(tokenizer.piece(tokenizer.vocabularySize), `<${tokenizer.vocabularySize}>`);
    });
  });
}

describe('begin and end of text', () => {
  const pieceOf = async (
    name: FixtureName,
    which: 'beginOfText' | 'endOfText',
  ): Promise<string | undefined> => {
    const tokenizer = await loadFixture(name);
    const id = tokenizer[which];
    return id === undefined ? undefined : tokenizer.piece(id);
  };

  it('are what the tokenizer puts before a text', async () => {
    assert.equal(await pieceOf('byte-level-bpe', 'beginOfText'), undefined);
    assert.equal(await pieceOf('llama3-bpe', 'beginOfText'), '<|begin_of_text|>');
    assert.equal(await pieceOf('sentencepiece-bpe', 'beginOfText'), '<s>');
    assert.equal(await pieceOf('wordpiece', 'beginOfText'), '[CLS]');
  });

  it('are the special token that ends texts in published models', async () => {
    assert.equal(await pieceOf('byte-level-bpe', 'endOfText'), '<|endoftext|>');
    assert.equal(await pieceOf('llama3-bpe', 'endOfText'), '<|end_of_text|>');
    assert.equal(await pieceOf('metaspace-bpe', 'endOfText'), '</s>');
    assert.equal(await pieceOf('wordpiece', 'endOfText'), undefined);
  });
});
