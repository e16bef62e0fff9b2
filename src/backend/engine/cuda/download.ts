// Downloads one file: goes on where an earlier try stopped, and keeps only what has the size and the hash that were said.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, SubtextError } from '../../errors';
import { fileError, isObject } from '../../files';

export interface Expected {
  /** Bytes; null where the server does not say. */
  size: number | null;
  sha512?: string;
  /** Of what lies on Google's servers, which publish no other. */
  md5?: string;
}

/** Tries of one download that go on where the one before was cut; waiting gets longer. */
const TRIES = 4;
const WAIT_MILLISECONDS = 500;
/** A server that sends nothing for so long has gone. */
const SILENCE_MILLISECONDS = 60_000;
/** Answers of a registry have some kilobytes. */
const MOST_JSON_BYTES = 2 ** 20;

/** What a server says of a file, without fetching it. @throws SubtextError `download`, `cancelled` */
export async function askExpected(url: string, signal: AbortSignal): Promise<Expected> {
  const response = await request(url, { method: 'HEAD' }, signal);
  return expectedOf(response);
}

function expectedOf({ headers }: Response): Expected {
  const length = headers.get('content-length') ?? '';
  const md5 = /md5=([A-Za-z0-9+/]{22}==)/.exec(headers.get('x-goog-hash') ?? '')?.[1];
  return { size: /^\d+$/.test(length) ? Number(length) : null, ...(md5 && { md5 }) };
}

/** @throws SubtextError `download`, `cancelled` */
export async function fetchJson(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await request(url, {}, signal);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of bodyOf(response)) {
      parts.push(part);
      length += part.length;
      if (length > MOST_JSON_BYTES) throw failed(url, 'the answer is too long');
    }
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
    if (isObject(value)) return value;
  } catch (error) {
    if (signal.aborted) throw new CancelledError();
    if (error instanceof SubtextError) throw error;
  }
  throw failed(url, 'the answer is no JSON object');
}

/**
 * Puts the file at `url` to `path`. A try that fails leaves `PATH.part`, from which the next goes on.
 * @param progress gets the bytes that are there
 * @throws SubtextError `download`; `cancelled`, which leaves nothing; `file-access`
 */
export async function download(
  url: string,
  path: string,
  expected: Expected,
  progress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    if (await isWhole(path, expected)) return;
    for (let attempt = 1; ; attempt++) {
      try {
        await fetchRest(url, part, expected, progress, signal);
        break;
      } catch (error) {
        const again = error instanceof Interrupted && attempt < TRIES;
        if (!again) throw error;
        await sleep(WAIT_MILLISECONDS * 2 ** attempt, undefined, { signal });
      }
    }
    await verify(url, part, expected);
    await rename(part, path);
    await rm(`${part}.json`, { force: true });
  } catch (error) {
    if (!signal.aborted) throw error instanceof SubtextError ? error : fileError(error, path, 'write');
    await discard(path);
    throw new CancelledError();
  }
}

/** Removes a file and what tries for it left. */
export async function discard(path: string): Promise<void> {
  for (const each of [path, `${path}.part`, `${path}.part.json`]) await rm(each, { force: true });
}

/** A download that was cut short: what came of it stays. */
class Interrupted extends SubtextError {
  constructor(url: string, why: string) {
    super('download', `${url} was cut off: ${why}`, 'Try again: what has come so far is kept.');
  }
}

async function fetchRest(
  url: string,
  part: string,
  expected: Expected,
  progress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const there = await keptOf(part, url);
  // All of it is there: the try ended before it was looked at.
  if (there && there.bytes === expected.size) return;
  const headers: Record<string, string> = there
    ? { Range: `bytes=${there.bytes}-`, 'If-Range': there.tag }
    : {};
  const response = await request(url, { headers }, signal);
  const goesOn =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${there?.bytes}-`);
  const tag = response.headers.get('etag');
  // Whether the rest is of the same file can only be told by a strong tag.
  if (tag !== null && !tag.startsWith('W/')) await writeFile(`${part}.json`, JSON.stringify({ url, tag }));
  else await rm(`${part}.json`, { force: true });
  let bytes = goesOn ? there!.bytes : 0;
  const handle = await open(part, goesOn ? 'r+' : 'w');
  try {
    for await (const chunk of bodyOf(response)) {
      await handle.write(chunk, 0, chunk.length, bytes);
      bytes += chunk.length;
      if (bytes > (expected.size ?? Infinity)) throw failed(url, `it is longer than ${expected.size} bytes`);
      progress(bytes);
    }
  } catch (error) {
    // What the disk says has a system call; what the network says has not.
    const ofDisk = error instanceof Error && 'syscall' in error && error.syscall === 'write';
    if (signal.aborted || ofDisk || error instanceof SubtextError) throw error;
    throw new Interrupted(url, causeOf(error));
  } finally {
    await handle.close();
  }
  if (expected.size !== null && bytes < expected.size) {
    throw new Interrupted(url, `after ${bytes} of ${expected.size} bytes`);
  }
}

/** What an earlier try left, if the server can tell whether the rest belongs to it. */
async function keptOf(part: string, url: string): Promise<{ bytes: number; tag: string } | undefined> {
  try {
    const about = JSON.parse(await readFile(`${part}.json`, 'utf8')) as { url?: unknown; tag?: unknown };
    const { size } = await stat(part);
    if (about.url === url && typeof about.tag === 'string' && size > 0)
      return { bytes: size, tag: about.tag };
  } catch {
    // Then it is fetched from the beginning.
  }
  return undefined;
}

async function request(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    // Packed on the way it would have another length than the server says.
    const headers = { 'Accept-Encoding': 'identity', ...(init.headers as Record<string, string>) };
    response = await fetch(url, { ...init, headers, signal });
  } catch (error) {
    if (signal.aborted) throw new CancelledError();
    throw new Interrupted(url, causeOf(error));
  }
  const isSafe = !url.startsWith('https:') || response.url.startsWith('https:');
  if ((response.status === 200 || response.status === 206) && isSafe) return response;
  await response.body?.cancel().catch(() => undefined);
  if (response.status >= 500) throw new Interrupted(url, `the server answers ${response.status}`);
  throw failed(url, isSafe ? `the server answers ${response.status}` : 'the server leads away from https');
}

/** The bytes of an answer; ends with an error where none come for long. */
async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('nothing came for a minute')), SILENCE_MILLISECONDS);
      });
      const next = await Promise.race([reader.read(), silence]).finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Whether an earlier try has put it there already. */
async function isWhole(path: string, expected: Expected): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  if (!there || expected.size !== there.size) return false;
  return (await mismatch(path, expected)) === undefined;
}

/** @throws SubtextError `download`, with nothing left of it: to go on with it would bring the same again */
async function verify(url: string, part: string, expected: Expected): Promise<void> {
  const wrong = await mismatch(part, expected);
  if (wrong === undefined) return;
  await discard(part.replace(/\.part$/, ''));
  throw failed(url, wrong);
}

async function mismatch(path: string, { size, sha512, md5 }: Expected): Promise<string | undefined> {
  const bytes = (await stat(path)).size;
  if (size !== null && bytes !== size) return `it has ${bytes} bytes, not ${size}`;
  for (const [algorithm, wanted] of Object.entries({ sha512, md5 })) {
    if (wanted === undefined) continue;
    const hash = createHash(algorithm);
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    if (hash.digest('base64') !== wanted)
      return `its ${algorithm.toUpperCase()} is not the one that was published`;
  }
  return undefined;
}

function failed(url: string, why: string): SubtextError {
  return new SubtextError('download', `${url} cannot be downloaded: ${why}`, 'Try again later.');
}

/** `fetch` hides what happened behind 'fetch failed'. */
function causeOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
  return cause?.message || cause?.code || message;
}
