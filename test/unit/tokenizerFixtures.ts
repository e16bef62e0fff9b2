// Tokenizers for tests: the ones made in Python with their goldens, texts that are hard on ranges, files made by hand.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SubtextError } from '../../src/backend/errors';
import {
  JsonValue,
  loadTokenizer,
  readHuggingFaceTokenizer,
  readLlama2cTokenizer,
} from '../../src/backend/tokenizer';
import type { Token, Tokenizer } from '../../src/backend/tokenizer';

const root = path.resolve(__dirname, '../..');
const FOLDER = path.join(root, 'test/fixtures/tokenizers');

/** Folders of `test/fixtures/tokenizers`, one tokenizer each. */
export const FIXTURES = [
  'byte-level-bpe',
  'sentencepiece-bpe',
  'metaspace-bpe',
  'llama3-bpe',
  'wordpiece',
  'word',
  'char',
] as const;

export type FixtureName = (typeof FIXTURES)[number];

/** What Hugging Face's Python library gives for a text; offsets in UTF-16 units. */
export interface Golden {
  text: string;
  ids: number[];
  offsets: [number, number][];
  decoded: string;
}

export function readGoldens(name: FixtureName): Golden[] {
  return JSON.parse(readFileSync(path.join(FOLDER, name, 'golden.json'), 'utf8')) as Golden[];
}

export async function loadFixture(name: FixtureName): Promise<Tokenizer> {
  const tokenizer = await loadTokenizer(path.join(FOLDER, name));
  assert.ok(tokenizer !== undefined);
  return tokenizer;
}

/** The real tokenizer of stories260K; undefined where the folder with shared data is not there. */
export function loadStories(): Tokenizer | undefined {
  const file = path.join(root, '../shared/data/stories260K/tok512.bin');
  return existsSync(file) ? readLlama2cTokenizer(readFileSync(file), 512, file) : undefined;
}

/** The reason to skip a test of the stories260K tokenizer, or false. */
export const STORIES_SKIP = loadStories() === undefined && 'shared/data/stories260K is not here';

/** A tokenizer.json by hand: words of letters, unless the parts say otherwise. */
export function tokenizerOf(parts: object): Tokenizer {
  const json = { model: wordLevel('a', 'b'), pre_tokenizer: { type: 'WhitespaceSplit' }, ...parts };
  return readHuggingFaceTokenizer(new JsonValue(json, 'hand.json'));
}

/** A WordLevel model of `[UNK]` and these words, ids in order. */
export function wordLevel(...words: string[]): object {
  const vocab = Object.fromEntries(['[UNK]', ...words].map((word, id) => [word, id]));
  return { type: 'WordLevel', vocab, unk_token: '[UNK]' };
}

/** What each token covers of the text. */
export function covered(tokenizer: Tokenizer, text: string): string[] {
  return tokenizer.encode(text).map(({ start, end }) => text.slice(start, end));
}

export function pieces(tokenizer: Tokenizer, text: string): string[] {
  return tokenizer.encode(text).map(({ piece }) => piece);
}

/** Holds the tokens to the contract of tokenizer.ts; a text of which nothing is a token has none. */
export function assertTiles(tokens: readonly Token[], text: string): void {
  if (tokens.length === 0) return;
  let end = 0;
  for (const token of tokens) {
    // Messages are made only where they are needed: texts may be long.
    if (token.start !== end || token.end < end) {
      assert.fail(`${JSON.stringify(token)} does not follow ${end} in ${JSON.stringify(text)}`);
    }
    end = token.end;
  }
  assert.equal(end, text.length, 'the last token ends before the text does');
}

/** Expects a SubtextError 'tokenizer' whose message has all of these. */
export function isTokenizerError(...parts: string[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof SubtextError, String(error));
    assert.equal(error.reason, 'tokenizer');
    for (const part of parts)
      assert.ok(error.message.includes(part), `'${part}' is not in: ${error.message}`);
    return true;
  };
}

export const HARD_TEXTS = [
  '',
  ' ',
  '   ',
  '\n',
  '\t\ta\tb\r\nc\rd\n\n',
  ' leading',
  'trailing ',
  'two  spaces   and three',
  'café cafe\u0301 e\u0323\u0302 e\u0302\u0323',
  '\u0301starts with a mark',
  '👨‍👩‍👧‍👦 🇳🇱🇯🇵 👍🏽 ❤️ 1️⃣',
  '海和山。𠮷野家 こんにちは ｶﾞｷﾞ 한국어 \u1112\u1161\u11ab',
  'नमस्ते क्ष مَرْحَبًا สวัสดี',
  'İSTANBUL ΟΔΟΣ Straße ﬁ Ⅷ ½ x²',
  'a\uD83Db',
  '\uDE00\uD83D',
  '\uD83D',
  'x \uD83D\uD83D\uDE00\uDE00 y',
  '<|endoftext|>',
  'a <s> b</s> [CLS][SEP] <|endoftext|>\n<|endoftext|>',
  '\u0000\u0007\u001B\u007F\u0085\u00A0\u00AD\u200B\u2028\uFEFF\uFFFD\uFFFE',
  '▁ ▁▁ Ġ <0x41> ##a',
  `${'s'.repeat(300)} ${'é'.repeat(150)}`,
];

/** Texts from a seeded generator (mulberry32): letters, spaces, marks, emoji, half surrogates and anything else. */
export function randomTexts(count: number, seed: number): string[] {
  let state = seed;
  const random = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const unit = (): string => {
    const kind = random(10);
    if (kind < 4) return 'abcdefghijklmnop'[random(16)];
    if (kind < 6) return [' ', '\n', '\t', '\r\n', '  '][random(5)];
    if (kind === 6) return String.fromCharCode(0x300 + random(0x70));
    if (kind === 7) return String.fromCodePoint(0x1f300 + random(0x300));
    if (kind === 8) return String.fromCharCode(0xd800 + random(0x800));
    return String.fromCharCode(random(0x10000));
  };
  return Array.from({ length: count }, () => Array.from({ length: random(40) }, unit).join(''));
}
