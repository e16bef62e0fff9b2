// Text for training, from files to the token cache, in one thread: megabytes of UTF-8 a second.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storyAt } from '../src/backend/data/stories';
import { openTokenCache } from '../src/backend/data/text/tokenCache';
import { JsonValue, readHuggingFaceTokenizer, type Tokenizer } from '../src/backend/tokenizer';
import { END_OF_TEXT, trainTokenizer } from '../src/backend/tokenizer/train';

export interface Throughput {
  name: string;
  megabytes: number;
  /** Median of several times, each into an empty cache. */
  megabytes_per_s: number;
}

/** Learnt on so many characters. */
const LEARNT_ON = 4e6;
const TIMES = 5;

/** Stories of our generator, and the English of the manuals that lie in node_modules. */
export async function tokenize(): Promise<Throughput[]> {
  const folder = await mkdtemp(join(tmpdir(), 'subtext-bench-'));
  try {
    const results: Throughput[] = [];
    const texts = { stories: madeUpStories(20e6), manuals: await manuals() };
    for (const [name, documents] of Object.entries(texts)) {
      const text = documents.join(`\n${END_OF_TEXT}\n`);
      await writeFile(join(folder, `${name}.txt`), text);
      for (const vocabulary of [2048, 16384]) {
        const tokenizer = await learn(documents, vocabulary);
        const megabytes = Buffer.byteLength(text) / 1e6;
        const seconds = await medianSeconds(join(folder, `${name}.txt`), tokenizer, folder);
        results.push({
          name: `${name}, vocabulary ${vocabulary}`,
          megabytes,
          megabytes_per_s: megabytes / seconds,
        });
      }
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function medianSeconds(file: string, tokenizer: Tokenizer, folder: string): Promise<number> {
  const data = { files: [file], base: folder, validation: { share: 0.01 } };
  const taken: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const cache = join(folder, 'cache');
    const start = performance.now();
    (await openTokenCache(data, tokenizer, { folder: cache, tokenizerHash: '' })).dispose();
    taken.push((performance.now() - start) / 1000);
    await rm(cache, { recursive: true });
  }
  return taken.sort((a, b) => a - b)[Math.floor(TIMES / 2)];
}

async function learn(documents: string[], vocabularySize: number): Promise<Tokenizer> {
  const beginning: string[] = [];
  let length = 0;
  for (const each of documents) {
    if (length > LEARNT_ON) break;
    beginning.push(each);
    length += each.length;
  }
  const learnt = await trainTokenizer('bytes', beginning, { vocabularySize });
  return readHuggingFaceTokenizer(new JsonValue(learnt, 'tokenizer.json'));
}

function madeUpStories(characters: number): string[] {
  const found: string[] = [];
  for (let length = 0; length < characters; length += found.at(-1)!.length) {
    found.push(storyAt(1, found.length));
  }
  return found;
}

async function manuals(): Promise<string[]> {
  const root = join(__dirname, '../node_modules');
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.md')).sort();
  return Promise.all(names.map((name) => readFile(join(root, name), 'utf8')));
}
