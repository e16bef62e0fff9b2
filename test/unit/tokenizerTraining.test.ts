// Trained tokenizers: the same as Hugging Face's trainers learn, and read by ourselves; and what cannot be learnt.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { SharedCancellation } from '../../src/backend/cancellation';
import { SubtextError, type ErrorReason } from '../../src/backend/errors';
import { JsonValue, readHuggingFaceTokenizer, type Tokenizer } from '../../src/backend/tokenizer';
import {
  trainTokenizer,
  type TokenizerFile,
  type TokenizerTraining,
  type TrainedKind,
} from '../../src/backend/tokenizer/train';
import { assertTiles, HARD_TEXTS, randomTexts, type Golden } from './tokenizerFixtures';

const FOLDER = path.resolve(__dirname, '../fixtures/tokenizers');
/** Cut as test/parity/trained_goldens.py does. */
const CORPUS = readFileSync(path.join(FOLDER, 'corpus.txt'), 'utf8').split('\n\n');

/** The settings of test/parity/trained_goldens.py. */
const SETTINGS: Record<TrainedKind, TokenizerTraining> = {
  bytes: { vocabularySize: 2000 },
  words: { vocabularySize: 150 },
  characters: { vocabularySize: 1000, minimumCount: 0 },
};

function readFixture(kind: TrainedKind, name: string): unknown {
  return JSON.parse(readFileSync(path.join(FOLDER, `trained-${kind}`, name), 'utf8'));
}

function open(file: TokenizerFile): Tokenizer {
  return readHuggingFaceTokenizer(new JsonValue(JSON.parse(JSON.stringify(file)), 'trained'));
}

function idsOf(tokenizer: Tokenizer, text: string): number[] {
  return tokenizer.encode(text).map(({ id }) => id);
}

/** Merges as pairs, which is how Python writes them, and ours as texts, which older versions of it read too. */
function withMergesAsTexts(file: TokenizerFile): object {
  const merges: (string | string[])[] | undefined = file.model.merges;
  const texts = merges?.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  return { ...file, model: { ...file.model, ...(texts && { merges: texts }) } };
}

function isSubtextError(reason: ErrorReason) {
  return (error: unknown) => error instanceof SubtextError && error.reason === reason;
}

for (const kind of ['bytes', 'words', 'characters'] as const) {
  describe(`a trained tokenizer of ${kind}`, () => {
    it('is the file that Hugging Face writes after the same training', async () => {
      const expected = withMergesAsTexts(readFixture(kind, 'tokenizer.json') as TokenizerFile);
      const trained = await trainTokenizer(kind, CORPUS, SETTINGS[kind]);
      assert.deepEqual(withMergesAsTexts(trained), expected);
    });

    it('gives the ids that Python gives, and ends texts with id 0', async () => {
      const tokenizer = open(await trainTokenizer(kind, CORPUS, SETTINGS[kind]));
      for (const { text, ids, decoded } of readFixture(kind, 'golden.json') as Golden[]) {
        assert.deepEqual(idsOf(tokenizer, text), ids, JSON.stringify(text));
        assert.equal(tokenizer.decode(ids), decoded);
      }
      assert.equal(tokenizer.endOfText, 0);
    });

    it('tiles texts that are hard to tile', async () => {
      const tokenizer = open(await trainTokenizer(kind, CORPUS, SETTINGS[kind]));
      for (const text of HARD_TEXTS) assertTiles(tokenizer.encode(text), text);
    });

    it('does not depend on how the text is cut or on the order of its parts', async () => {
      const parts = [...CORPUS, ...CORPUS.slice(3)];
      async function* stream(): AsyncGenerator<string> {
        for (const part of parts.toReversed()) yield await Promise.resolve(part);
      }
      assert.deepEqual(
        await trainTokenizer(kind, stream(), SETTINGS[kind]),
        await trainTokenizer(kind, parts, SETTINGS[kind]),
      );
    });

    it('has no more tokens than asked for, the most frequent ones', async () => {
      const small = await trainTokenizer(kind, CORPUS, { vocabularySize: 270 });
      const smaller = await trainTokenizer(kind, CORPUS, { vocabularySize: 260 });
      const tokens = Object.keys(small.model.vocab);
      assert.ok(tokens.length <= 270);
      assert.deepEqual(Object.keys(smaller.model.vocab), tokens.slice(0, 260));
    });

    it('is not learnt from nothing', async () => {
      for (const texts of [[], ['', '']])
        await assert.rejects(trainTokenizer(kind, texts, SETTINGS[kind]), isSubtextError('empty-text'));
    });

    it('stops when it is cancelled', async () => {
      const cancellation = new SharedCancellation();
      const onProgress = () => cancellation.cancel();
      const training = trainTokenizer(kind, CORPUS, { ...SETTINGS[kind], cancellation, onProgress });
      await assert.rejects(training, isSubtextError('cancelled'));
    });
  });
}

describe('byte-level BPE', () => {
  it('gives every text back', async () => {
    const tokenizer = open(await trainTokenizer('bytes', CORPUS, { vocabularySize: 300 }));
    for (const text of randomTexts(200, 3)) {
      const expected = text.replace(/\p{Surrogate}/gu, '\uFFFD');
      assert.equal(tokenizer.decode(idsOf(tokenizer, text)), expected);
    }
  });

  it('joins what occurs most, of equally frequent pairs that with the lower ids', async () => {
    const texts = ['bc', 'bc', 'ab', 'ab', 'cd', 'cd', 'cd', 'xy'];
    const { model } = await trainTokenizer('bytes', texts, { vocabularySize: 300 });
    assert.deepEqual(model.merges, ['c d', 'a b', 'b c']);
  });

  it('joins overlapping pairs from the left', async () => {
    const tokenizer = open(await trainTokenizer('bytes', ['aaaaa aaaaa'], { vocabularySize: 258 }));
    assert.deepEqual(
      tokenizer.encode('aaaaa').map(({ piece }) => piece),
      ['aa', 'aa', 'a'],
    );
  });

  it('learns a word of a hundred thousand letters', async () => {
    const tokenizer = open(await trainTokenizer('bytes', ['ab'.repeat(50_000)], { vocabularySize: 300 }));
    assert.ok(idsOf(tokenizer, 'ab'.repeat(50_000)).length < 10);
  });
});

describe('a vocabulary that cannot be', () => {
  const refused: [string, TrainedKind, TokenizerTraining][] = [
    ['smaller than the bytes', 'bytes', { vocabularySize: 256 }],
    ['of half a token', 'words', { vocabularySize: 100.5 }],
    ['larger than any', 'words', { vocabularySize: 2 ** 22 }],
    ['with a special token twice', 'words', { vocabularySize: 100, specialTokens: ['<e>', '<e>'] }],
    ['with a special token of one letter', 'words', { vocabularySize: 100, specialTokens: ['<e>', 'e'] }],
  ];
  for (const [what, kind, training] of refused) {
    it(`is refused: ${what}`, async () => {
      await assert.rejects(trainTokenizer(kind, CORPUS, training), isSubtextError('usage'));
    });
  }
});
