// Decoding one id at a time, as generation does: never half a character, and in the end the same text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tokenizer } from '../../src/backend/tokenizer';
import {
  FIXTURES,
  HARD_TEXTS,
  loadFixture,
  loadStories,
  randomTexts,
  readGoldens,
  STORIES_SKIP,
  tokenizerOf,
} from './tokenizerFixtures';

const byteLevelVocabulary = { a: 0, Ġ: 1, ð: 2, Ł: 3, ĺ: 4, Ģ: 5 };
const idsOf = (tokenizer: Tokenizer, text: string): number[] => tokenizer.encode(text).map(({ id }) => id);

function streamed(tokenizer: Tokenizer, ids: readonly number[]): string {
  const decoder = tokenizer.startDecoding();
  return ids.map((id) => decoder.push(id)).join('') + decoder.end();
}

describe('decoding one id at a time', () => {
  for (const name of FIXTURES) {
    it(`gives the text of all ids with the ${name} tokenizer`, async () => {
      const tokenizer = await loadFixture(name);
      for (const { ids, decoded } of readGoldens(name)) assert.equal(streamed(tokenizer, ids), decoded);
      for (const text of [...HARD_TEXTS, ...randomTexts(100, 6)]) {
        const ids = idsOf(tokenizer, text);
        assert.equal(streamed(tokenizer, ids), tokenizer.decode(ids));
      }
    });
  }

  it('gives the text of all ids with the stories260K tokenizer', { skip: STORIES_SKIP }, () => {
    const tokenizer = loadStories()!;
    for (const text of HARD_TEXTS) {
      const ids = idsOf(tokenizer, text);
      assert.equal(streamed(tokenizer, ids), tokenizer.decode(ids));
    }
  });

  it('holds the first bytes of a character back until it is whole', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    const decoder = tokenizer.startDecoding();
    const given = idsOf(tokenizer, 'a😀b').map((id) => decoder.push(id));
    assert.deepEqual(given, ['a', '', '', '', '😀', 'b']);
    assert.equal(decoder.end(), '');
  });

  it('gives U+FFFD for a character that never becomes whole', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    const decoder = tokenizer.startDecoding();
    const [first] = idsOf(tokenizer, '😀');
    assert.equal(decoder.push(first), '');
    assert.equal(decoder.end(), '\uFFFD');
    assert.equal(tokenizer.decode([first, ...idsOf(tokenizer, 'a')]), '\uFFFDa');
  });

  it('keeps the space before the first word that continues a prompt', async () => {
    const tokenizer = await loadFixture('sentencepiece-bpe');
    const ids = idsOf(tokenizer, 'the mouse');
    const decoder = tokenizer.startDecoding();
    const given = ids.map((id) => decoder.push(id));
    assert.equal(given.join(''), 'the mouse');
    assert.ok(
      given.slice(2).some((text) => text.startsWith(' ')),
      given.join('|'),
    );
    assert.equal(tokenizer.decode(ids.slice(1)), 'the mouse', 'alone, the text loses its first space');
  });

  it('does not swallow U+FEFF', async () => {
    for (const name of ['byte-level-bpe', 'sentencepiece-bpe'] as const) {
      const tokenizer = await loadFixture(name);
      assert.equal(tokenizer.decode(idsOf(tokenizer, '\uFEFFa\uFEFF')), '\uFEFFa\uFEFF');
    }
  });
});

describe('decoders of tokenizer.json', () => {
  const decode = (parts: object, ids: number[]): string => tokenizerOf(parts).decode(ids);
  const vocab = { '[UNK]': 0, '▁a': 1, b: 2, '<0xC3>': 3, '<0xA9>': 4, '##c': 5, '▁▁': 6, '.': 7, "'s": 8 };
  const model = { type: 'WordLevel', vocab, unk_token: '[UNK]' };

  it('without any, put spaces between tokens', () => {
    assert.equal(decode({ model, decoder: null }, [2, 2, 0]), 'b b [UNK]');
  });

  it('leave special tokens and ids that do not exist out, and keep other added tokens', () => {
    const added_tokens = [
      { id: 0, content: '[UNK]', special: true },
      { id: 9, content: 'é d', special: false },
    ];
    assert.equal(decode({ model, added_tokens, decoder: { type: 'Fuse' } }, [0, 2, 99, -1, 9]), 'bé d');
    const byteLevel = { type: 'BPE', vocab: byteLevelVocabulary, merges: [] };
    const parts = { model: byteLevel, added_tokens, decoder: { type: 'ByteLevel' } };
    assert.equal(decode(parts, [0, 1, 9, 2, 3, 4, 5]), ' é d😀');
  });

  it('join bytes and drop spaces as a Sequence says', () => {
    const replace = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
    const steps = [replace, { type: 'ByteFallback' }, { type: 'Fuse' }];
    const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };
    assert.equal(decode({ model, decoder: { type: 'Sequence', decoders: steps } }, [1, 3, 4, 2]), ' aéb');
    assert.equal(
      decode({ model, decoder: { type: 'Sequence', decoders: [...steps, strip] } }, [6, 1, 3, 4]),
      '  aé',
    );
  });

  it('drop the ▁ of the first token only', () => {
    const never = { type: 'Metaspace', prepend_scheme: 'never' };
    assert.equal(decode({ model, decoder: { type: 'Metaspace' } }, [1, 1]), 'a a');
    assert.equal(decode({ model, decoder: never }, [1, 1]), ' a a');
  });

  it('join the parts of words and move punctuation to them', () => {
    const decoder = { type: 'WordPiece', prefix: '##', cleanup: true };
    assert.equal(decode({ model, decoder }, [2, 5, 7, 2, 8]), "bc. b's");
    assert.equal(decode({ model, decoder: { ...decoder, cleanup: false } }, [2, 5, 7]), 'bc .');
  });
});
