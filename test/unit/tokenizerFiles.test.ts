// Which tokenizer lies in a folder, and what is said about files that are broken, unknown or hostile.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SubtextError } from '../../src/backend/errors';
import { loadTokenizer } from '../../src/backend/tokenizer';
import type { Tokenizer, TokenizerOptions } from '../../src/backend/tokenizer';
import { withTimeLimit } from '../../src/backend/tokenizer/patterns';
import { isTokenizerError, pieces, tokenizerOf, wordLevel } from './tokenizerFixtures';

const FIXTURES = path.resolve(__dirname, '../fixtures/tokenizers');

let folders: string;
before(async () => {
  folders = await mkdtemp(path.join(tmpdir(), 'subtext-tokenizer-'));
});
after(() => rm(folders, { recursive: true }));

/** A folder with these files; what is not text is written as JSON. */
async function folderWith(files: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(path.join(folders, 'model-'));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

async function load(
  files: Record<string, unknown>,
  options?: TokenizerOptions,
): Promise<Tokenizer | undefined> {
  return loadTokenizer(await folderWith(files), options);
}

const added_tokens = [
  { id: 0, content: '<|endoftext|>', special: true },
  { id: 3, content: '<stop>', special: true },
];
const words = { model: wordLevel('a', 'b'), pre_tokenizer: { type: 'WhitespaceSplit' }, added_tokens };

describe('the tokenizer of a folder', () => {
  it('is its tokenizer.json', async () => {
    const tokenizer = await load({ 'tokenizer.json': words, 'tokenizer.model': 'old' });
    assert.equal(tokenizer?.kind, 'characters');
    assert.deepEqual(pieces(tokenizer, 'b a'), ['b', 'a']);
  });

  it('is vocab.json with merges.txt, as GPT-2 published them', async () => {
    const vocab = { h: 0, e: 1, Ġ: 2, he: 3, Ġhe: 4, '<|endoftext|>': 5 };
    const files = { 'vocab.json': vocab, 'merges.txt': '#version: 0.2\nh e\nĠ he\n' };
    const tokenizer = await load(files);
    assert.equal(tokenizer?.kind, 'byte-level BPE');
    assert.equal(tokenizer.endOfText, 5);
    assert.deepEqual(pieces(tokenizer, 'he he<|endoftext|>'), ['he', ' he', '<|endoftext|>']);
  });

  it('is none when there is none', async () => {
    assert.equal(await load({ 'config.json': {}, 'vocab.json': {} }), undefined);
  });

  it('may be named by its file', async () => {
    const tokenizer = await loadTokenizer(path.join(FIXTURES, 'word', 'tokenizer.json'));
    assert.equal(tokenizer?.kind, 'words');
  });

  it('ends texts as the files beside it say, the tokenizer before the model', async () => {
    const end = async (files: Record<string, unknown>): Promise<number | undefined> =>
      (await load({ 'tokenizer.json': words, ...files }))?.endOfText;
    assert.equal(await end({}), 0);
    assert.equal(await end({ 'config.json': { eos_token_id: 3 } }), 3);
    assert.equal(await end({ 'config.json': { eos_token_id: [3, 0] } }), 3);
    assert.equal(await end({ 'config.json': { eos_token_id: null } }), 0);
    const config = { 'config.json': { eos_token_id: 0 } };
    assert.equal(
      await end({ ...config, 'special_tokens_map.json': { eos_token: { content: '<stop>' } } }),
      3,
    );
    assert.equal(await end({ ...config, 'tokenizer_config.json': { eos_token: '<stop>' } }), 3);
    assert.equal(await end({ 'config.json': { eos_token_id: 1000 } }), undefined);
  });
});

describe('a tokenizer that cannot be used', () => {
  it('because it is not there', async () => {
    const missing = path.join(folders, 'nowhere');
    await assert.rejects(
      loadTokenizer(missing),
      (error) =>
        error instanceof SubtextError && error.reason === 'not-found' && error.message.includes(missing),
    );
  });

  it('because only its old form is there: the remedy says how to make tokenizer.json', async () => {
    for (const name of ['tokenizer.model', 'spiece.model', 'vocab.txt']) {
      await assert.rejects(load({ [name]: 'x' }), (error) => {
        assert.ok(error instanceof SubtextError);
        assert.match(error.remedy, /AutoTokenizer.*save_pretrained/);
        return isTokenizerError(name, 'tokenizer.json')(error);
      });
    }
  });

  it('because llama2.c does not say how many pieces there are', async () => {
    const folder = await folderWith({ 'tokenizer.bin': 'x' });
    await assert.rejects(loadTokenizer(folder), isTokenizerError('tokenizer.bin', 'how many pieces'));
    const options = { vocabularySize: 300 };
    await assert.rejects(loadTokenizer(folder, options), isTokenizerError('tokenizer.bin', 'the file ends'));
  });

  it('because it is cut off or no JSON at all', async () => {
    const folder = await folderWith({});
    const file = path.join(folder, 'tokenizer.json');
    await copyFile(path.join(FIXTURES, 'wordpiece', 'tokenizer.json'), file);
    await truncate(file, 1000);
    await assert.rejects(loadTokenizer(folder), isTokenizerError(file, 'is not JSON'));
    for (const text of ['', 'null ', '[]', '3', '"x"', '{}', '\0\0\0\0']) {
      await assert.rejects(load({ 'tokenizer.json': `${text} ` }), isTokenizerError('tokenizer.json'), text);
    }
  });

  it('because it is larger than any tokenizer', async () => {
    const folder = await folderWith({ 'tokenizer.json': '{}' });
    await truncate(path.join(folder, 'tokenizer.json'), 129 * 2 ** 20);
    await assert.rejects(loadTokenizer(folder), isTokenizerError('tokenizer.json', `${129 * 2 ** 20} bytes`));
  });

  it('because it nests without end', async () => {
    const depth = 50_000;
    const step = '{"type":"Sequence","normalizers":[';
    const normalizer = `${step.repeat(depth)}${']}'.repeat(depth)}`;
    const text = `{"model":${JSON.stringify(wordLevel('a'))},"normalizer":${normalizer}}`;
    await assert.rejects(load({ 'tokenizer.json': text }), isTokenizerError('tokenizer'));
  });

  const vocab = { a: 0, b: 1, ab: 2 };
  const bpe = (parts: object): object => ({ model: { type: 'BPE', vocab, merges: [], ...parts } });
  const cases: [why: string, parts: object, ...says: string[]][] = [
    ['its model is Unigram', { model: { type: 'Unigram', vocab: [['a', 0]] } }, 'model', "'Unigram'"],
    ['its model has another name', { model: { type: 'Wordpeace', vocab } }, 'model', "'Wordpeace'"],
    ['its model has no vocabulary', { model: { type: 'BPE', merges: [] } }, 'model.vocab'],
    ['its vocabulary is empty', bpe({ vocab: {} }), 'model.vocab', 'no tokens'],
    ['an id is negative', bpe({ vocab: { a: -1 } }), 'model.vocab.a', 'whole number'],
    ['an id is huge', bpe({ vocab: { a: 1e12 } }), 'model.vocab.a', 'whole number'],
    ['an id is a text', bpe({ vocab: { a: '1' } }), 'model.vocab.a', 'whole number'],
    ['its merges are no list', bpe({ merges: { a: 'b' } }), 'model.merges', 'array'],
    ['a merge is no pair', bpe({ merges: ['a b', 'a b c'] }), 'model.merges[1]', 'pair'],
    ['a merge is a number', bpe({ merges: [7] }), 'model.merges[0]', 'pair'],
    ['a merge gives no token', bpe({ merges: ['b a'] }), 'model.merges[0]', "'ba'"],
    ['its unknown token is not one', bpe({ unk_token: '?' }), 'model.unk_token', 'not in the vocabulary'],
    ['a normalizer is unknown', { normalizer: { type: 'Nmt' } }, 'normalizer', "'Nmt'"],
    ['a normalizer is a text', { normalizer: 'NFC' }, 'normalizer', 'not an object'],
    ['a pre-tokenizer is unknown', { pre_tokenizer: { type: 'Magic' } }, 'pre_tokenizer', "'Magic'"],
    [
      'pieces have no length',
      { pre_tokenizer: { type: 'FixedLength', length: 0 } },
      'pre_tokenizer',
      'no length',
    ],
    ['a post-processor is unknown', { post_processor: { type: 'X' } }, 'post_processor', "'X'"],
    [
      'a template has no text',
      { post_processor: { type: 'TemplateProcessing', single: [] } },
      'leaves the text out',
    ],
    ['a decoder is unknown', { decoder: { type: 'CTC' } }, 'decoder', "'CTC'"],
    ['an added token has no id', { added_tokens: [{ content: 'x' }] }, 'added_tokens[0].id'],
    ['an added token is a list', { added_tokens: [[]] }, 'added_tokens[0]'],
    [
      'a flag is a text',
      { added_tokens: [{ id: 1, content: 'x', special: 'yes' }] },
      'added_tokens[0].special',
    ],
  ];
  for (const [why, parts, ...says] of cases) {
    it(`because ${why}`, () => {
      assert.throws(() => tokenizerOf(parts), isTokenizerError('hand.json', ...says));
    });
  }

  it('because its pattern is none', () => {
    const pre_tokenizer = { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' };
    assert.throws(() => tokenizerOf({ pre_tokenizer }), isTokenizerError('pre_tokenizer.pattern.Regex'));
  });

  it('because its pattern would run for ever: it is stopped', { timeout: 60_000 }, () => {
    const pre_tokenizer = { type: 'Split', pattern: { Regex: '^(a+)+$' }, behavior: 'Isolated' };
    const tokenizer = tokenizerOf({ pre_tokenizer });
    assert.equal(tokenizer.encode('aaaa b').length, 1);
    assert.throws(() => tokenizer.encode(`${'a'.repeat(60)}b`), isTokenizerError('hand.json', 'seconds'));
  });
});

describe('a tokenizer that never ends', () => {
  it(
    'is refused where it is a pipe',
    { skip: process.platform === 'win32' && 'no named pipes' },
    async () => {
      const folder = await folderWith({});
      execFileSync('mkfifo', [path.join(folder, 'tokenizer.json')]);
      await assert.rejects(loadTokenizer(folder), /is not a file/);
    },
  );

  it('is none where the machine slept in the middle of it: it begins again', () => {
    let tries = 0;
    const found = withTimeLimit(
      () => {
        if (++tries === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500);
        return `try ${tries}`;
      },
      0,
      'tokenizer.json',
    );
    assert.equal(found, 'try 2');
  });

  it('is stopped where its words are made to take for ever', async () => {
    const stems = Array.from({ length: 3000 }, (_, index) => ({
      id: index + 3,
      content: `${'a'.repeat(index + 1)}b`,
    }));
    const tokenizer = await load({ 'tokenizer.json': { model: wordLevel('a'), added_tokens: stems } });
    assert.throws(() => tokenizer!.encode('a'.repeat(20_000)), /takes more than/);
  });
});
