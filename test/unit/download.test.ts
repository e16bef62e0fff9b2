// Downloads from a real server that has every misfortune.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, it } from 'node:test';
import { askExpected, download, fetchJson, type Expected } from '../../src/backend/engine/cuda/download';
import { isError } from '../support/errors';
import { FileServer } from '../support/fileServer';

const root = mkdtempSync(join(tmpdir(), 'subtext-download-'));
const server = new FileServer();
before(() => server.start());
after(() => {
  server.stop();
  rmSync(root, { recursive: true, force: true });
});

const data = randomBytes(300_000);
const sha512 = createHash('sha512').update(data).digest('base64');
const expected: Expected = { size: data.length, sha512 };
let path: string;
let count = 0;
beforeEach(() => {
  path = join(root, `file-${++count}`);
  server.files.clear();
  server.asked.length = 0;
});

const never = new AbortController().signal;
const shares: number[] = [];
const get = (
  wanted: Expected = expected,
  signal = never,
  told: (bytes: number) => unknown = (bytes) => shares.push(bytes),
) => download(`${server.address}/file`, path, wanted, told, signal);

it('brings a file and tells how far it is', async () => {
  server.put('/file', data);
  shares.length = 0;
  await get();
  assert.deepEqual(readFileSync(path), data);
  assert.equal(shares.at(-1), data.length);
  assert.deepEqual(
    shares,
    [...shares].sort((a, b) => a - b),
  );
  assert.ok(!existsSync(`${path}.part`) && !existsSync(`${path}.part.json`));
});

it('asks for nothing again where the file is there', async () => {
  server.put('/file', data);
  await get();
  await get();
  assert.deepEqual(server.asked, ['GET /file']);
});

it('goes on by itself where a connection ends early', async () => {
  server.put('/file', data, { cuts: [100_000, 50_000] });
  await get();
  assert.deepEqual(readFileSync(path), data);
  assert.equal(server.asked.length, 3);
  const from = Number(/bytes=(\d+)-$/.exec(server.asked[2])?.[1]);
  // What was under way when the connection ended may be lost.
  assert.ok(from > 0 && from <= 150_000, server.asked[2]);
});

it('gives up after some tries, and the next goes on from there', async () => {
  const file = server.put('/file', data, { cuts: [50_000, 10_000, 10_000, 10_000] });
  await assert.rejects(get(), isError('download', 'was cut off'));
  const kept = statSync(`${path}.part`).size;
  assert.ok(kept > 0 && kept < data.length);
  file.cuts = [];
  await get();
  assert.equal(server.asked.at(-1), `GET /file bytes=${kept}-`);
  assert.deepEqual(readFileSync(path), data);
});

it('begins again where the file has become another one', async () => {
  server.put('/file', randomBytes(300_000), { cuts: [50_000, 1, 1, 1] });
  await assert.rejects(get());
  server.put('/file', data);
  await get();
  assert.deepEqual(readFileSync(path), data);
});

it('begins again where the server cannot tell whether it is the same file', async () => {
  const weak = { etag: 'W/"1"' };
  server.put('/file', data, { cuts: [50_000, 10, 10, 10], headers: weak });
  await assert.rejects(get());
  server.put('/file', data, { headers: weak });
  await get();
  assert.equal(server.asked.at(-1), 'GET /file');
  assert.deepEqual(readFileSync(path), data);
});

it('keeps nothing of a file with another hash, and says so', async () => {
  server.put('/file', randomBytes(data.length));
  await assert.rejects(get(), isError('download', 'SHA512 is not the one'));
  assert.ok(!existsSync(path) && !existsSync(`${path}.part`));
  const md5 = createHash('md5').update('another').digest('base64');
  server.put('/file', data);
  await assert.rejects(get({ size: null, md5 }), isError('download', 'MD5 is not the one'));
});

it('ends with a file that is longer than was said', async () => {
  server.put('/file', data);
  await assert.rejects(get({ size: 1000 }), isError('download', 'longer than 1000 bytes'));
});

it('leaves nothing when it is cancelled', async () => {
  server.put('/file', data, { stalls: true });
  const abort = new AbortController();
  await assert.rejects(
    get(expected, abort.signal, () => abort.abort()),
    isError('cancelled'),
  );
  for (const name of [path, `${path}.part`, `${path}.part.json`]) assert.ok(!existsSync(name), name);
});

it('leaves nothing when it is cancelled between two tries', async () => {
  server.put('/file', data, { cuts: [1000, 1000, 1000, 1000] });
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 300);
  await assert.rejects(get(expected, abort.signal), isError('cancelled'));
  assert.ok(!existsSync(`${path}.part`));
});

it('says what a server answers', async () => {
  await assert.rejects(get(), isError('download', `${server.address}/file`, 'the server answers 404'));
  server.put('/file', data, { status: 403 });
  await assert.rejects(get(), isError('download', 'the server answers 403'));
});

it('says that a server is not there', async () => {
  const call = download('http://127.0.0.1:9/file', path, expected, () => undefined, never);
  await assert.rejects(call, isError('download', '127.0.0.1:9'));
});

it('says that a disk is full', { skip: !existsSync('/dev/full') }, async () => {
  server.put('/file', data);
  symlinkSync('/dev/full', `${path}.part`);
  await assert.rejects(get(), isError('file-access', path));
});

it('knows size and hash from what the server says', async () => {
  const md5 = createHash('md5').update(data).digest('base64');
  server.put('/file', data, { headers: { 'x-goog-hash': `crc32c=AAAAAA==, md5=${md5}` } });
  const known = await askExpected(`${server.address}/file`, never);
  assert.deepEqual(known, { size: data.length, md5 });
  await get(known);
  assert.deepEqual(server.asked, ['HEAD /file', 'GET /file']);
});

it('reads answers of a registry, and no others', async () => {
  server.put('/leaf', { a: 1 });
  assert.deepEqual(await fetchJson(`${server.address}/leaf`, never), { a: 1 });
  for (const bad of [Buffer.from('<html>'), Buffer.from('[1]'), Buffer.alloc(2 ** 21, ' ')]) {
    server.put('/leaf', bad);
    await assert.rejects(fetchJson(`${server.address}/leaf`, never), isError('download'));
  }
});

it('a part that is whole already is only looked at', async () => {
  server.put('/file', data);
  writeFileSync(`${path}.part`, data);
  writeFileSync(`${path}.part.json`, JSON.stringify({ url: `${server.address}/file`, tag: '"x"' }));
  await get();
  assert.deepEqual(server.asked, []);
  assert.deepEqual(readFileSync(path), data);
});
