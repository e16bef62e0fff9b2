// Reading a tar archive through gzip (POSIX pax and ustar, GNU's long names): only files are taken, never links.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { damaged, targetOf, type Extraction } from './extraction';
import { Budget, writeEntry } from './writeEntry';

const BLOCK = 512;
/** Names and other facts beside a file take some hundred bytes. */
const MOST_FACTS = 2 ** 20;
/** Bytes that are skipped at once. */
const SKIPPED = 2 ** 20;
/** More than any package has; without a bound an archive of headers alone would be read for hours. */
const MOST_ENTRIES = 100_000;

/** @returns the path of each written file by its name in the archive */
export async function extractTar(extraction: Extraction): Promise<Map<string, string>> {
  const { archive, wanted, folder, signal } = extraction;
  const source = createReadStream(archive, { signal });
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  const bytes = new ByteReader(source.pipe(gunzip), archive);
  const written = new Map<string, string>();
  const budget = new Budget(archive);
  try {
    let longName: string | undefined;
    for (let count = 0; ; count++) {
      if (count > MOST_ENTRIES) throw damaged(archive, `it has more than ${MOST_ENTRIES} entries`);
      const header = await bytes.take(BLOCK);
      // Two empty blocks end the archive; one does too.
      if (header === undefined || header.every((byte) => byte === 0)) break;
      const { name, size, type } = readHeader(header, archive);
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      const known = longName ?? name;
      longName = undefined;
      const target = isFile(type) ? targetOf(known, wanted) : undefined;
      if (target !== undefined) {
        await writeEntry([Readable.from(bytes.stream(size))], { folder, target, size, budget, signal });
        written.set(known.replace(/^\.\//, ''), target);
      } else if (type === 'L' || type === 'x') {
        if (size > MOST_FACTS) throw damaged(archive, 'a name in it is too long');
        const facts = (await bytes.exactly(size)).toString('utf8');
        longName = type === 'L' ? facts.replace(/\0.*$/s, '') : pathOfPax(facts);
      } else {
        await bytes.skip(size);
      }
      await bytes.exactly(padding);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw code.startsWith('Z_') ? damaged(archive, (error as Error).message) : error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  return written;
}

interface Header {
  name: string;
  size: number;
  type: string;
}

function readHeader(block: Buffer, archive: string): Header {
  const text = (start: number, length: number) =>
    block.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  // The sum of all bytes, with those of the sum itself as spaces.
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  const size = Number.parseInt(text(124, 12).trim() || '0', 8);
  if (sum !== Number.parseInt(text(148, 8).trim(), 8) || !Number.isSafeInteger(size) || size < 0) {
    throw damaged(archive, 'it is damaged');
  }
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  return { name: (prefix === '' ? '' : `${prefix}/`) + text(0, 100), size, type: text(156, 1) };
}

function isFile(type: string): boolean {
  return type === '0' || type === '';
}

/** Records as `26 path=a/long/name\n`, of which the first number is the length of all. */
function pathOfPax(facts: string): string | undefined {
  return /^\d+ path=(.*)$/m.exec(facts)?.[1];
}

/** Takes a stream apart into pieces of wanted lengths. */
class ByteReader {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    stream: Readable,
    private readonly archive: string,
  ) {
    this.source = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** So many bytes, or undefined where the stream is at its end. @throws SubtextError `download` where it ends between */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for await (const part of this.stream(length, true)) parts.push(part);
    const all = Buffer.concat(parts);
    if (all.length === 0 && length > 0) return undefined;
    if (all.length < length) throw damaged(this.archive, 'it is cut short');
    return all;
  }

  async exactly(length: number): Promise<Buffer> {
    const taken = length === 0 ? Buffer.alloc(0) : await this.take(length);
    if (!taken) throw damaged(this.archive, 'it is cut short');
    return taken;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) left -= (await this.exactly(Math.min(left, SKIPPED))).length;
  }

  async *stream(length: number, mayEnd = false): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (this.rest.length === 0) {
        const next = await this.source.next();
        if (next.done) {
          if (mayEnd) return;
          throw damaged(this.archive, 'it is cut short');
        }
        this.rest = next.value;
      }
      const part = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}
