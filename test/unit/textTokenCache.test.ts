// The token cache: what is in it, when it is used again, and what happens to it when something goes wrong.
import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { SharedCancellation } from '../../src/backend/cancellation';
import { LONGEST_PART } from '../../src/backend/data/text/parts';
import { openTokenCache, type TokenCache } from '../../src/backend/data/text/tokenCache';
import type { TextData, TokenCacheOptions } from '../../src/backend/data/text/textData';
import { textSource } from '../../src/backend/data/text/textSource';
import type { TokenStretch } from '../../src/backend/data/text/tokenFile';
import type { Tokenizer } from '../../src/backend/tokenizer';
import { loadFixture, tokenizerOf, wordLevel } from './tokenizerFixtures';
import { isError } from '../support/errors';

const root = mkdtempSync(path.join(tmpdir(), 'subtext-tokens-'));
const opened: TokenCache[] = [];
after(() => {
  for (const cache of opened) cache.dispose();
  rmSync(root, { recursive: true });
});

const stories = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `Story ${from + index}: the fox went home.`);

/** A new folder with texts in a file, and what says so. */
function textOf(documents: readonly string[], validation: TextData['validation'] = { share: 0.2 }): TextData {
  const base = mkdtempSync(path.join(root, 'data-'));
  writeFileSync(path.join(base, 'train.txt'), documents.join('\n<|endoftext|>\n'));
  return { files: ['train.txt'], base, validation };
}

const folderOf = ({ base }: TextData) => path.join(base, 'cache');

async function openCache(
  data: TextData,
  tokenizer?: Tokenizer,
  options?: Partial<TokenCacheOptions>,
): Promise<TokenCache> {
  const given = { folder: folderOf(data), tokenizerHash: 'bytes', ...options };
  const cache = await openTokenCache(data, tokenizer ?? (await loadFixture('byte-level-bpe')), given);
  opened.push(cache);
  return cache;
}

function idsOf(stretch: TokenStretch): Int32Array {
  const ids = new Int32Array(stretch.count);
  stretch.read(0, ids);
  return ids;
}

/** The texts of a stretch; each has to have its end. */
function textsOf(stretch: TokenStretch, tokenizer: Tokenizer): string[] {
  const texts: string[] = [];
  let begin = 0;
  const ids = idsOf(stretch);
  for (const [index, id] of ids.entries()) {
    if (id !== tokenizer.endOfText) continue;
    texts.push(tokenizer.decode(ids.subarray(begin, index)));
    begin = index + 1;
  }
  assert.equal(begin, ids.length, 'the last text has no end');
  return texts;
}

describe('a token cache', () => {
  it('has every document once, on one of two sides, each followed by the end of text', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    const cache = await openCache(textOf(stories(500)));
    const [training, validation] = [cache.training, cache.validation].map((side) => textsOf(side, tokenizer));
    assert.deepEqual([...training, ...validation].toSorted(), stories(500).toSorted());
    assert.equal(cache.documents, 500);
    assert.ok(validation.length > 60 && validation.length < 140, `${validation.length} of 500`);
    // Each side in the order of the file.
    assert.deepEqual(
      training,
      stories(500).filter((story) => training.includes(story)),
    );
  });

  it('puts the same document on the same side, wherever it stands', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    const first = await openCache(textOf(stories(200)));
    const second = await openCache(textOf([...stories(100, 100), ...stories(100), ...stories(50)]));
    const sides = [first, second].map(({ validation }) => new Set(textsOf(validation, tokenizer)));
    assert.deepEqual([...sides[0]].toSorted(), [...sides[1]].toSorted());
  });

  it('takes what is validated with from other files where they are named', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    const data = textOf(stories(20), { files: ['other.txt'] });
    writeFileSync(path.join(data.base, 'other.txt'), stories(3, 50).join('<|endoftext|>'));
    const cache = await openCache(data);
    assert.deepEqual(textsOf(cache.training, tokenizer), stories(20));
    assert.deepEqual(textsOf(cache.validation, tokenizer), stories(3, 50));
  });

  it('validates with the end of the text where there is only one document', async () => {
    const tokenizer = await loadFixture('byte-level-bpe');
    const text = stories(50).join(' ');
    const cache = await openCache(textOf([text], { share: 0.1 }));
    const ids = [...idsOf(cache.training), ...idsOf(cache.validation)];
    assert.equal(tokenizer.decode(ids), text);
    assert.equal(cache.validation.count, Math.ceil(ids.length / 10));
  });

  it('joins the parts of a long document, with one begin and one end', async () => {
    const tokenizer = await loadFixture('llama3-bpe');
    const text = 'The fox went home.\nThen it slept. '.repeat(LONGEST_PART / 16).trim();
    const cache = await openCache(textOf([text, 'short'], { share: 0.5 }), tokenizer, {
      tokenizerHash: 'llama',
    });
    const ids = [...idsOf(cache.training), ...idsOf(cache.validation)];
    assert.equal(ids.filter((id) => id === tokenizer.endOfText).length, 2);
    assert.equal(ids.filter((id) => id === tokenizer.beginOfText).length, 2);
    assert.equal(cache.documents, 2);
    const long = ids.slice(ids.indexOf(tokenizer.beginOfText!) + 1, ids.indexOf(tokenizer.endOfText!));
    assert.ok([text, 'short'].includes(tokenizer.decode(long)));
  });

  it('holds ids beyond 16 bits, and gives them at any place', async () => {
    const tokenizer = tokenizerOf({
      model: wordLevel(...Array.from({ length: 70_000 }, (_, index) => `w${index}`)),
      added_tokens: [{ id: 70_001, content: '</s>', special: true }],
    });
    const words = Array.from({ length: 3000 }, (_, index) => `w${index * 23}`);
    const cache = await openCache(textOf([words.join(' ')], { share: 0.01 }), tokenizer);
    const found = new Int32Array(10);
    cache.training.read(2900, found);
    assert.deepEqual(
      Array.from(found),
      Array.from({ length: 10 }, (_, index) => 1 + 23 * (2900 + index)),
    );
    assert.throws(() => cache.training.read(cache.training.count - 9, found), RangeError);
  });

  it('gives windows for training', async () => {
    const cache = await openCache(textOf(stories(100)));
    const ids = Array.from(idsOf(cache.training)).join();
    const windows = textSource(cache.training, 1).windows(3, 4, 32);
    for (let row = 0; row < 4; row++)
      assert.ok(ids.includes(windows.subarray(32 * row, 32 * row + 32).join()));
  });
});

describe('a token cache is used again', () => {
  it('where nothing changed, without reading the text', async () => {
    const data = textOf(stories(30));
    const made = await openCache(data);
    const onProgress = () => assert.fail('the text is read again');
    const again = await openCache(data, undefined, { onProgress });
    assert.deepEqual([made.isReused, again.isReused], [false, true]);
    assert.deepEqual(idsOf(again.training), idsOf(made.training));
    assert.deepEqual(readdirSync(folderOf(data)), [path.basename(made.path)]);
  });

  const changes: [string, (data: TextData) => Partial<TokenCacheOptions & TextData>][] = [
    ['the text', ({ base }) => (writeFileSync(path.join(base, 'train.txt'), 'fox'), {})],
    ['its time', ({ base }) => (utimesSync(path.join(base, 'train.txt'), 1, 1), {})],
    ['the files', ({ base }) => (writeFileSync(path.join(base, 'b.txt'), 'b'), { files: ['*.txt'] })],
    ['the tokenizer', () => ({ tokenizerHash: 'other' })],
    ['the share', () => ({ validation: { share: 0.3 } })],
    ['the separator', () => ({ separator: 'none' })],
    ['the column', () => ({ column: 'story' })],
  ];
  for (const [what, change] of changes) {
    it(`but not after a change of ${what}`, async () => {
      const data = textOf(stories(30));
      const made = await openCache(data);
      const { tokenizerHash = 'bytes', ...changed } = change(data);
      const again = await openCache({ ...data, ...changed }, undefined, { tokenizerHash });
      assert.equal(again.isReused, false);
      assert.notEqual(again.path, made.path);
    });
  }

  for (const [what, damage] of [
    ['was cut off', (file: string) => truncateSync(file, readFileSync(file).length - 1)],
    ['is another file', (file: string) => writeFileSync(file, 'x'.repeat(500))],
    ['is empty', (file: string) => writeFileSync(file, '')],
  ] as const) {
    it(`but not where it ${what}`, async () => {
      const data = textOf(stories(30));
      const made = await openCache(data);
      const ids = idsOf(made.training);
      damage(made.path);
      const again = await openCache(data);
      assert.equal(again.isReused, false);
      assert.deepEqual(idsOf(again.training), ids);
    });
  }
});

describe('a token cache that goes wrong', () => {
  it('leaves nothing behind when it is cancelled', async () => {
    const data = textOf(stories(30));
    const cancellation = new SharedCancellation();
    const onProgress = () => cancellation.cancel();
    await assert.rejects(openCache(data, undefined, { cancellation, onProgress }), isError('cancelled'));
    assert.deepEqual(readdirSync(folderOf(data)), []);
  });

  it('is not made from nothing, or without a token that ends texts', async () => {
    await assert.rejects(openCache(textOf([' '])), isError('empty-text', 'train.txt'));
    const endless = tokenizerOf({ added_tokens: [] });
    await assert.rejects(openCache(textOf(['a']), endless), isError('tokenizer', 'ends a text'));
  });

  it('is not made where its folder cannot be', async () => {
    const data = textOf(stories(3));
    const folder = path.join(data.base, 'train.txt');
    await assert.rejects(openCache(data, undefined, { folder }), isError('file-access', 'train.txt'));
  });

  it('says so where ids were changed to what no token has', async () => {
    const cache = await openCache(textOf(stories(30)));
    const bytes = readFileSync(cache.path);
    writeFileSync(cache.path, bytes.fill(0xff, 300, 302));
    assert.throws(() => idsOf(cache.training), isError('data', path.basename(cache.path)));
  });

  it('removes what a process that was killed left a day ago, and nothing else', async () => {
    const data = textOf(stories(3));
    const first = await openCache(data);
    const names = ['a.tokens.5.tmp', 'b.tokens.5.validation.tmp', 'c.tokens.5.tmp', 'notes.tmp'];
    for (const name of names) writeFileSync(path.join(folderOf(data), name), '');
    for (const name of [names[0], names[1], names[3]]) utimesSync(path.join(folderOf(data), name), 1, 1);
    const second = await openCache(data, undefined, { tokenizerHash: 'other' });
    const kept = [first.path, second.path].map((file) => path.basename(file));
    assert.deepEqual(readdirSync(folderOf(data)).toSorted(), [...kept, names[2], names[3]].toSorted());
  });
});
