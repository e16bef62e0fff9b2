// Reading a zip archive (PKWARE's APPNOTE 6.3): every length and offset is checked against the file before it is used.
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { damaged, targetOf, type Extraction } from './extraction';
import { Budget, writeEntry } from './writeEntry';

/** The end of the central directory: its fixed part, and the comment that may follow. */
const END_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const MOST_COMMENT = 0xffff;
/** A directory entry's fixed part, and a local header's. */
const ENTRY_BYTES = 46;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
/** A directory of a hundred thousand names; the largest package wanted has some dozen. */
const MOST_DIRECTORY_BYTES = 16 * 2 ** 20;
/** Where a number stands in a part that we do not read (archives of more than 4 GB). */
const ELSEWHERE = 0xffffffff;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  name: string;
  flags: number;
  method: number;
  compressed: number;
  size: number;
  offset: number;
}

/** @returns the path of each written file by its name in the archive */
export async function extractZip(extraction: Extraction): Promise<Map<string, string>> {
  const { archive, wanted, folder, signal } = extraction;
  const handle = await open(archive, 'r');
  try {
    const { size } = await handle.stat();
    const entries = await readDirectory(handle, size, archive);
    const written = new Map<string, string>();
    const budget = new Budget(archive);
    for (const entry of entries) {
      const target = targetOf(entry.name, wanted);
      if (target === undefined || entry.name.endsWith('/')) continue;
      const start = await dataOffset(handle, entry, size, archive);
      const data = createReadStream(archive, { start, end: start + entry.compressed - 1 });
      const parts = entry.method === DEFLATED ? [data, createInflateRaw()] : [data];
      await writeEntry(parts, { folder, target, size: entry.size, budget, signal });
      written.set(entry.name.replace(/^\.\//, ''), target);
    }
    return written;
  } finally {
    await handle.close();
  }
}

async function readDirectory(handle: FileHandle, size: number, archive: string): Promise<Entry[]> {
  const tail = await readAt(handle, Math.max(0, size - END_BYTES - MOST_COMMENT), size, archive);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end--;
  if (end < 0) throw damaged(archive, 'it ends early');
  const count = tail.readUInt16LE(end + 10);
  const length = tail.readUInt32LE(end + 12);
  const start = tail.readUInt32LE(end + 16);
  if (start === ELSEWHERE || length > MOST_DIRECTORY_BYTES || start + length > size) {
    throw damaged(archive, 'its directory is not in it');
  }
  const directory = await readAt(handle, start, start + length, archive);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + ENTRY_BYTES > length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE) {
      throw damaged(archive, 'its directory is damaged');
    }
    const [name, extra, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place));
    entries.push({
      name: directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + name),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      compressed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += ENTRY_BYTES + name + extra + comment;
  }
  return entries;
}

/** Where an entry's bytes begin: after its local header, whose name and extra part have lengths of their own. */
async function dataOffset(handle: FileHandle, entry: Entry, size: number, archive: string): Promise<number> {
  const { name, flags, method, compressed, offset } = entry;
  if (flags & ENCRYPTED) throw damaged(archive, `${name} is encrypted`);
  if (method !== STORED && method !== DEFLATED) {
    throw damaged(archive, `${name} is compressed by method ${method}, which is not read`);
  }
  if (method === STORED && compressed !== entry.size) throw damaged(archive, `${name} has two sizes`);
  const local = await readAt(handle, offset, offset + LOCAL_BYTES, archive);
  if (local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw damaged(archive, `${name} is not where it should be`);
  const start = offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + compressed > size || compressed === 0) throw damaged(archive, `${name} is cut short`);
  return start;
}

async function readAt(handle: FileHandle, start: number, end: number, archive: string): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  if (bytesRead < buffer.length) throw damaged(archive, 'it ends early');
  return buffer;
}
