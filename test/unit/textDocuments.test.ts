// Documents of text files: every format, whatever the files hold, and files that are longer than what is read at once.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { SharedCancellation } from '../../src/backend/cancellation';
import { readTextBlocks } from '../../src/backend/data/text/blocks';
import { firstTexts, readDocuments, type ReadingOptions } from '../../src/backend/data/text/documents';
import { readJsonLines } from '../../src/backend/data/text/jsonLines';
import { LONGEST_PART } from '../../src/backend/data/text/parts';
import { readPlainText } from '../../src/backend/data/text/plainText';
import { findTextFiles } from '../../src/backend/data/text/textFiles';
import { SubtextError, type ErrorReason } from '../../src/backend/errors';
import { isError } from '../support/errors';

const FIXTURES = path.resolve(__dirname, '../fixtures/text');
const folder = mkdtempSync(path.join(tmpdir(), 'subtext-text-'));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function gather<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function documents(names: readonly string[], options?: ReadingOptions): Promise<string[]> {
  const parts = await gather(readDocuments(await findTextFiles(names, folder), options));
  const whole: string[] = [];
  let begun = '';
  for (const { text, ends } of parts) {
    begun += text;
    if (ends) whole.push(begun);
    if (ends) begun = '';
  }
  assert.equal(begun, '', 'the last document does not end');
  return whole;
}

describe('plain text', () => {
  it('is cut at <|endoftext|>, without the white space around a document', async () => {
    const file = write(
      'stories.txt',
      '\uFEFF\nOne.\n\nTwo.\r\n<|endoftext|>\n\n<|endoftext|>Three.<|endoftext|>\n',
    );
    assert.deepEqual(await documents([file]), ['One.\n\nTwo.', 'Three.']);
  });

  it('is cut at blank lines, or not at all, where that is asked for', async () => {
    const file = write('lines.txt', 'a\nb\n \t\n\n\nc\r\n\r\nd<|endoftext|>\n');
    assert.deepEqual(await documents([file], { separator: 'blank-line' }), ['a\nb', 'c', 'd<|endoftext|>']);
    assert.deepEqual(await documents([file], { separator: 'none' }), [
      'a\nb\n \t\n\n\nc\r\n\r\nd<|endoftext|>',
    ]);
  });

  it('is the same whatever the length of the blocks that are read', async () => {
    const text = 'é😀\nfox 海\n<|endoftext|>\nlong line without any end 🦊🦊🦊🦊 <|endoftext|>\n\nend';
    const file = write('blocks.txt', text);
    const expected = ['é😀\nfox 海', 'long line without any end 🦊🦊🦊🦊', 'end'];
    for (let bytes = 5; bytes < 100; bytes++) {
      const parts = await gather(readPlainText(file, 'end-of-text', bytes));
      assert.deepEqual(
        parts.map((part) => part.text),
        expected,
      );
      const blocks = await gather(readTextBlocks(file, bytes));
      assert.equal(blocks.map((block) => block.text).join(''), text);
      assert.equal(blocks.at(-1)!.position, Buffer.byteLength(text));
    }
  });

  it('comes in parts where a document is long, cut between words and never inside a character', async () => {
    const words = 'The fox  went home.\n\nThen it slept. '.repeat(100_000).trim();
    const emoji = '🦊'.repeat(LONGEST_PART);
    const nothing = '\n'.repeat(3 * LONGEST_PART);
    const file = write('long.txt', `${nothing}${words}<|endoftext|>x${emoji}<|endoftext|>${nothing}short`);
    const parts = await gather(readDocuments(await findTextFiles([file], folder)));
    assert.deepEqual(await documents([file]), [words, `x${emoji}`, 'short']);
    assert.ok(parts.length >= 6);
    for (const { text } of parts) {
      assert.ok(text.length <= LONGEST_PART);
      assert.ok(!/^[\uDC00-\uDFFF]|^\s\s|\s\s$/.test(text));
    }
  });

  it('that is no UTF-8 is refused with file and line', async () => {
    const good = 'fine\n'.repeat(20);
    const file = write('latin.txt', Buffer.concat([Buffer.from(good), Buffer.from('caf\xe9\n', 'latin1')]));
    await assert.rejects(documents([file]), isError('data', 'latin.txt, line 21'));
    await assert.rejects(gather(readPlainText(file, 'none', 16)), isError('data', 'latin.txt, line 21'));
    const cut = write('cut.txt', Buffer.from('end 🦊').subarray(0, 6));
    await assert.rejects(documents([cut]), isError('data', 'cut.txt, line 1'));
  });
});

describe('JSON lines', () => {
  it('give the text of their column, "text" unless another is named', async () => {
    const file = write(
      'a.jsonl',
      '{"text":"One.","story":"I"}\r\n\n{"story":"II","text":"Two\\n"}\n{"text":" ","story":""}',
    );
    assert.deepEqual(await documents([file]), ['One.', 'Two']);
    assert.deepEqual(await documents([file], { column: 'story' }), ['I', 'II']);
  });

  it('may be longer than what is read at once', async () => {
    const file = write('long.jsonl', `{"text":"${'fox '.repeat(50)}"}\n{"text":"b"}\n`);
    const parts = await gather(readJsonLines(file, 'text', 32));
    assert.deepEqual(
      parts.map(({ text }) => text),
      ['fox '.repeat(50).trim(), 'b'],
    );
  });

  const wrong: [string, string, string][] = [
    ['no JSON', '{"text":', 'is not JSON'],
    ['a list', '["a"]', 'is no JSON object'],
    ['null', 'null', 'is no JSON object'],
    ['no such column', '{"story":"a","id":1}', "has no 'text', only story, id"],
    ['a column of every object', '{}', "has no 'text', only nothing"],
    ['a number', '{"text":5}', 'is no text'],
  ];
  for (const [what, line, problem] of wrong) {
    it(`with ${what} are refused with file and line`, async () => {
      const file = write('wrong.jsonl', `{"text":"fine"}\n\n${line}\n`);
      await assert.rejects(documents([file]), isError('data', 'wrong.jsonl, line 3', problem));
    });
  }

  it('do not take a property that every object has for a column', async () => {
    const file = write('proto.jsonl', '{"text":"a"}');
    await assert.rejects(documents([file], { column: 'constructor' }), isError('data', "no 'constructor'"));
  });
});

describe('Parquet', () => {
  const expected = Array.from({ length: 25 }, (_, row) => `Story ${row}. The fox went home. 🦊`);
  expected.splice(7, 2);

  for (const name of ['rows.parquet', 'snappy.parquet']) {
    it(`gives the texts of all row groups of ${name}, without those that are missing`, async () => {
      assert.deepEqual(await documents([path.join(FIXTURES, name)]), expected);
    });
  }

  it('is refused where the column is not there or is no text', async () => {
    const file = path.join(FIXTURES, 'rows.parquet');
    await assert.rejects(
      documents([file], { column: 'story' }),
      isError('data', 'rows.parquet', "'story'", 'text, number'),
    );
    await assert.rejects(documents([file], { column: 'number' }), isError('data', "'number' is no text"));
    await assert.rejects(documents([file], { column: 'nested' }), isError('data', 'rows.parquet'));
  });

  it('is refused where it says that a part lies elsewhere, without failures that nobody waits for', async () => {
    const bytes = readFileSync(path.join(FIXTURES, 'rows.parquet'));
    // In the footer: where the column of the first row group begins, and how long it is.
    for (let at = 1440; at < 1470; at++) {
      const file = write('elsewhere.parquet', Uint8Array.from(bytes).fill(0x80, at, at + 1));
      await documents([file]).catch(isError('data', 'elsewhere.parquet'));
    }
  });

  it('never does worse than an error where bytes are changed or cut off', async () => {
    const bytes = readFileSync(path.join(FIXTURES, 'snappy.parquet'));
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 13) {
      const changed = Uint8Array.from(bytes);
      changed[at] ^= 0xff;
      for (const content of [changed, bytes.subarray(0, at)]) {
        const file = write('broken.parquet', content);
        await documents([file]).catch((error: unknown) => {
          assert.ok(error instanceof SubtextError, `byte ${at}: ${String(error)}`);
          refused++;
        });
      }
    }
    assert.ok(refused > 200, `only ${refused} were refused`);
  });
});

describe('files of text', () => {
  write('many/a.txt', 'a');
  write('many/b/c.txt', 'c');
  write('many/b/d/e.jsonl', '{"text":"e"}');
  write('many/.hidden/f.txt', 'f');
  write('many/notes.pdf', 'g');
  symlinkSync(path.join(folder, 'many'), path.join(folder, 'many/b/circle'));

  const named: [string, string[], string[]][] = [
    ['a folder', ['many'], ['a', 'c', 'e']],
    ['a file, twice', ['many/a.txt', 'many/../many/a.txt'], ['a']],
    ['several, in the order of their paths', ['many/b', 'many/a.txt'], ['a', 'c', 'e']],
    ['a pattern within a folder', ['many/*.txt'], ['a']],
    ['a pattern for any folder', ['many/**/*.txt'], ['a', 'c']],
    ['a pattern for folders and one letter', ['many/*/?.txt'], ['c']],
    ['everything below', ['many/b/**'], ['c', 'e']],
  ];
  for (const [what, names, expected] of named) {
    it(`are found by ${what}`, async () => assert.deepEqual(await documents(names), expected));
  }

  const refused: [string, string, ErrorReason, string][] = [
    ['a name of nothing', 'nowhere.txt', 'not-found', 'nowhere.txt'],
    ['a pattern of nothing', 'many/*.parquet', 'not-found', '*.parquet'],
    ['a folder that is not there', 'none/*.txt', 'not-found', 'none'],
    ['another kind of file', 'many/notes.pdf', 'data', 'notes.pdf'],
  ];
  for (const [what, name, reason, part] of refused) {
    it(`are not found by ${what}`, async () => {
      await assert.rejects(documents([name]), isError(reason, part));
    });
  }

  it('without a word in them are refused', async () => {
    write('empty/a.txt', '');
    write('empty/b.txt', ' \n<|endoftext|>\n');
    write('empty/c.jsonl', '\n');
    await assert.rejects(documents(['empty']), isError('empty-text', '3 files'));
    await assert.rejects(documents(['empty/a.txt']), isError('empty-text', 'a.txt'));
  });

  it('tell how far they are read, and stop where that is asked for', async () => {
    const seen: [number, number][] = [];
    await documents(['many'], { onProgress: (bytes, total) => void seen.push([bytes, total]) });
    assert.deepEqual(seen, [
      [1, 14],
      [2, 14],
      [14, 14],
    ]);
    const cancellation = new SharedCancellation();
    const onProgress = () => cancellation.cancel();
    await assert.rejects(documents(['many'], { cancellation, onProgress }), isError('cancelled'));
  });

  it('give their first texts to learn a tokenizer from', async () => {
    const all = readDocuments(await findTextFiles(['many'], folder));
    assert.deepEqual(await gather(firstTexts(all, 2)), ['a', 'c']);
  });
});
