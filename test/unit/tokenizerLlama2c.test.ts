// llama2.c's tokenizer file: the ids of run.c, ranges, decoding, and files that lie about their lengths.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLlama2cTokenizer } from '../../src/backend/tokenizer';
import {
  covered,
  HARD_TEXTS,
  isTokenizerError,
  loadStories,
  pieces,
  randomTexts,
  STORIES_SKIP,
} from './tokenizerFixtures';

type Piece = [spelling: string, score: number];

const BYTES: Piece[] = Array.from({ length: 256 }, (_, byte) => [
  `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  0,
]);
/** Letters that join to words in an order that the scores decide; equal scores in `bcd`. */
const WORDS: Piece[] = [
  ...[' ', 'a', 'b', 'c', 'd', 'é', '😀'].map((letter): Piece => [letter, -9]),
  ['ab', -3],
  ['bc', -2],
  ['cd', -2],
  ['abc', -1],
  [' a', -4],
  [' ab', -5],
  ['aa', -6],
  ['  ', -7],
  ['éé', -0.5],
];
const PIECES: Piece[] = [['<unk>', 0], ['\n<s>\n', 0], ['\n</s>\n', 0], ...BYTES, ...WORDS];

function fileOf(all: readonly Piece[], longest = 8): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32LE(longest);
  const body = all.map(([spelling, score]) => {
    const bytes = Buffer.from(spelling);
    const numbers = Buffer.alloc(8);
    numbers.writeFloatLE(score);
    numbers.writeInt32LE(bytes.length, 4);
    return Buffer.concat([numbers, bytes]);
  });
  return Buffer.concat([head, ...body]);
}

/** run.c's encode, as slow and plain as it stands there: the oracle for the heap. */
function encodeSlowly(all: readonly Piece[], text: string): number[] {
  const spellings = all.map(([spelling]) => spelling);
  const ids = text === '' ? [] : [spellings.indexOf(' ')];
  for (const character of text) {
    const id = spellings.indexOf(character);
    if (id >= 0) ids.push(id);
    else for (const byte of Buffer.from(character)) ids.push(byte + 3);
  }
  for (;;) {
    let best = -1e10;
    let [at, joined] = [-1, -1];
    for (let index = 0; index + 1 < ids.length; index++) {
      const id = spellings.indexOf(spellings[ids[index]] + spellings[ids[index + 1]]);
      if (id >= 0 && all[id][1] > best) [best, at, joined] = [all[id][1], index, id];
    }
    if (at < 0) return [1, ...ids];
    ids.splice(at, 2, joined);
  }
}

const tokenizer = readLlama2cTokenizer(fileOf(PIECES), PIECES.length, 'hand.bin');
const idsOf = (text: string): number[] => tokenizer.encode(text).map(({ id }) => id);

describe("llama2.c's encoding", () => {
  it('joins the pair with the best score first, and of equal ones the leftmost', () => {
    assert.deepEqual(pieces(tokenizer, 'abcd'), ['<s>', ' ', 'abc', 'd']);
    assert.deepEqual(pieces(tokenizer, 'bcd'), ['<s>', ' ', 'bc', 'd']);
  });

  it('gives the ids of run.c for any text', () => {
    for (const text of [...HARD_TEXTS, ...randomTexts(200, 3)]) {
      const wellFormed = text.replace(/\p{Surrogate}/gu, '\uFFFD');
      assert.deepEqual(idsOf(text), encodeSlowly(PIECES, wellFormed), JSON.stringify(text));
    }
    const letters = randomTexts(200, 4).map((text) =>
      text.replace(/[^]/g, (unit) => 'ab cdé'[unit.charCodeAt(0) % 6]),
    );
    for (const text of letters)
      assert.deepEqual(idsOf(text), encodeSlowly(PIECES, text), JSON.stringify(text));
  });

  it('puts begin of text before every text, and a space that stands for nothing before one that is not empty', () => {
    assert.deepEqual(tokenizer.encode(''), [{ id: 1, piece: '<s>', start: 0, end: 0 }]);
    assert.deepEqual(covered(tokenizer, 'd'), ['', '', 'd']);
    assert.deepEqual(covered(tokenizer, 'ab'), ['', 'ab']);
    assert.deepEqual(pieces(tokenizer, 'ab'), ['<s>', ' ab']);
    assert.deepEqual(covered(tokenizer, '  a'), ['', ' ', ' a']);
  });

  it('spells characters that are no piece as bytes, of which the first covers the character', () => {
    assert.deepEqual(pieces(tokenizer, '€'), ['<s>', ' ', '<0xE2>', '<0x82>', '<0xAC>']);
    assert.deepEqual(covered(tokenizer, '€a😀b'), ['', '', '€', '', '', 'a', '😀', 'b']);
  });
});

describe("llama2.c's decoding", () => {
  it('drops the space after begin of text and no other', () => {
    assert.equal(tokenizer.decode(idsOf(' a  b')), ' a  b');
    assert.equal(tokenizer.decode([1, idsOf('ab')[1]]), 'ab');
    assert.equal(tokenizer.decode([idsOf('ab')[1]]), ' ab');
  });

  it('joins raw bytes to characters; those that form none become U+FFFD', () => {
    assert.equal(tokenizer.decode([1, ...[0xe2, 0x82, 0xac, 0x0a].map((byte) => byte + 3)]), '€\n');
    assert.equal(tokenizer.decode([0xe2 + 3, 0x82 + 3, 0x41 + 3, 0xff + 3]), '\uFFFDA\uFFFD');
    assert.equal(tokenizer.piece(0x0a + 3), '\n');
    assert.equal(tokenizer.piece(0xe2 + 3), '<0xE2>');
  });

  it('leaves out special tokens and ids that do not exist', () => {
    assert.equal(tokenizer.decode([0, 1, 2, 1e6, -1, 0x41 + 3]), 'A');
    assert.equal(tokenizer.piece(1e6), '<1000000>');
    assert.equal(tokenizer.piece(2), '</s>');
  });
});

describe('the tokenizer of stories260K', { skip: STORIES_SKIP }, () => {
  it('has 512 pieces and begins every text with 1', () => {
    const stories = loadStories()!;
    assert.equal(stories.vocabularySize, 512);
    assert.equal(stories.beginOfText, 1);
    assert.equal(stories.endOfText, 2);
  });

  it('gives every text back', () => {
    const stories = loadStories()!;
    for (const text of [...HARD_TEXTS, ...randomTexts(300, 5), 'Once upon a time, Lily and Tom went out.']) {
      const ids = stories.encode(text).map(({ id }) => id);
      assert.equal(stories.decode(ids), text.replace(/\p{Surrogate}/gu, '\uFFFD'));
    }
  });

  it('knows the words of stories', () => {
    const words = ['<s>', ' Once', ' upon', ' a', ' time', ',', ' Lily'];
    assert.deepEqual(pieces(loadStories()!, 'Once upon a time, Lily'), words);
  });
});

describe('a broken llama2.c file', () => {
  const good = fileOf(PIECES);
  const read =
    (bytes: Uint8Array, size = PIECES.length) =>
    () =>
      readLlama2cTokenizer(bytes, size, 'bad.bin');
  const withInt = (value: number, offset: number): Buffer => {
    const bytes = Buffer.from(good);
    bytes.writeInt32LE(value, offset);
    return bytes;
  };

  it('is refused wherever it is cut off, with its name and the place', () => {
    for (let length = 0; length < good.length; length++) {
      assert.throws(read(good.subarray(0, length)), isTokenizerError('bad.bin', 'the file ends', 'at byte'));
    }
  });

  it('is refused with lengths that are negative, huge or beyond the end', () => {
    for (const length of [-1, -(2 ** 31), 129, 2 ** 31 - 1]) {
      assert.throws(
        read(withInt(length, 8)),
        isTokenizerError('bad.bin', `length of ${length}`, 'at byte 4'),
      );
      assert.throws(read(withInt(length, 0)), isTokenizerError('bad.bin', `${length} bytes`, 'at byte 0'));
    }
    const lastLength = good.length - Buffer.byteLength('éé') - 4;
    assert.throws(
      read(withInt(100, lastLength)),
      isTokenizerError(`piece ${PIECES.length - 1}`, 'the file ends'),
    );
  });

  it('is refused when it has not the pieces of the model', () => {
    assert.throws(read(good, PIECES.length - 1), isTokenizerError('bad.bin', 'more follows'));
    assert.throws(read(good, PIECES.length + 1), isTokenizerError('bad.bin', 'the file ends'));
    for (const size of [-1, 0, 258, 1.5, Number.NaN, 2 ** 40]) {
      assert.throws(read(good, size), isTokenizerError('bad.bin', `vocabulary of ${size}`));
    }
  });

  it('never joins to a piece whose score is not a number', () => {
    const odd = PIECES.map(([spelling]): Piece => [spelling, Number.NaN]);
    const tokens = readLlama2cTokenizer(fileOf(odd), odd.length, 'odd.bin').encode('abc');
    assert.deepEqual(
      tokens.map(({ piece }) => piece),
      ['<s>', ' ', 'a', 'b', 'c'],
    );
  });
});
