// Reading and writing sound safetensors files.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, truncateSync, writeFileSync, writeSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SafetensorsFile } from '../../src/backend/checkpoint/safetensors';
import { writeSafetensors, type WritableTensor } from '../../src/backend/checkpoint/safetensorsWriter';
import { fails, safetensorsBytes, temporaryFolder } from './checkpointFiles';

/** Reads every tensor of a file. */
async function readAll(path: string): Promise<Map<string, number[]>> {
  const file = await SafetensorsFile.open(path);
  try {
    const all = new Map<string, number[]>();
    for (const name of file.tensors.keys()) all.set(name, [...(await file.read(name))]);
    return all;
  } finally {
    await file.close();
  }
}

/** The one tensor of a hand-made file. */
async function readOne(dtype: string, data: Uint8Array | Uint16Array | BigInt64Array): Promise<number[]> {
  const path = join(temporaryFolder(), 'one.safetensors');
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const header = { one: { dtype, shape: [data.length], data_offsets: [0, bytes.length] } };
  writeFileSync(path, safetensorsBytes(header, bytes));
  return (await readAll(path)).get('one')!;
}

describe('a safetensors file that Subtext wrote', () => {
  const tensors = new Map<string, WritableTensor>([
    ['bytes', { shape: [3], data: new Uint8Array([0, 1, 255]) }],
    ['floats', { shape: [2, 3], data: new Float32Array([0, -1.5, 3e38, Infinity, NaN, 1e-45]) }],
    ['doubles', { shape: [2], data: new Float64Array([0.1, -1e300]) }],
    ['integers', { shape: [2, 1], data: new Int32Array([-(2 ** 31), 7]) }],
    ['long integers', { shape: [3], data: new BigInt64Array([-1n, 2n ** 40n, 2n ** 31n]) }],
    ['a ":" and a {\\', { shape: [1], data: new Float32Array([9]) }],
    ['scalar', { shape: [], data: new Float32Array([4]) }],
    ['empty', { shape: [0, 5], data: new Float32Array(0) }],
    ['part of an array', { shape: [2], data: new Float32Array([1, 2, 3, 4]).subarray(1, 3) }],
  ]);

  it('reads back as it was, in every dtype', async () => {
    const path = join(temporaryFolder(), 'written.safetensors');
    await writeSafetensors(path, tensors, { note: 'a "text"' });
    const read = await readAll(path);
    for (const [name, { data }] of tensors) {
      assert.deepEqual(read.get(name), [...Float32Array.from(data as Float32Array, Number)], name);
    }
    const file = await SafetensorsFile.open(path);
    await file.close();
    assert.equal(file.metadata.get('note'), 'a "text"');
    assert.deepEqual(file.tensors.get('floats')?.shape, [2, 3]);
    const dtypes = ['bytes', 'floats', 'doubles', 'integers', 'long integers'].map(
      (name) => file.tensors.get(name)?.dtype,
    );
    assert.deepEqual(dtypes, ['U8', 'F32', 'F64', 'I32', 'I64']);
  });

  it('starts every tensor at a multiple of its number size, for readers that map the file into memory', async () => {
    const path = join(temporaryFolder(), 'aligned.safetensors');
    await writeSafetensors(path, tensors);
    const file = await SafetensorsFile.open(path);
    await file.close();
    for (const [name, { data }] of tensors) {
      assert.equal(file.tensors.get(name)!.begin % data.BYTES_PER_ELEMENT, 0, name);
    }
  });

  it('replaces what was there only when it is whole', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken.safetensors'));
    await fails(
      writeSafetensors(join(folder, 'taken.safetensors'), tensors),
      'file-access',
      'taken.safetensors',
    );
    await fails(
      writeSafetensors(join(folder, 'nowhere', 'out.safetensors'), tensors),
      'file-access',
      'out.safetensors could not be written: its folder does not exist',
    );
    assert.deepEqual(readdirSync(folder), ['taken.safetensors']);
  });
});

describe('numbers in a safetensors file', () => {
  it('float16: normal, subnormal, zero, infinite and not a number', async () => {
    const bits = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555];
    const expected = [
      1,
      -2,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      -0,
      Infinity,
      -Infinity,
      NaN,
      0.333251953125,
    ];
    assert.deepEqual(await readOne('F16', new Uint16Array(bits)), expected);
  });

  it('bfloat16: the upper half of a float32', async () => {
    const bits = [0x3f80, 0xc000, 0x7f80, 0x7fc0, 0x0001, 0x8000, 0x4049];
    const expected = [1, -2, Infinity, NaN, 2 ** -133, -0, 3.140625];
    assert.deepEqual(await readOne('BF16', new Uint16Array(bits)), expected);
  });

  it('int64 of both signs, bytes and booleans', async () => {
    const integers = new BigInt64Array([-1n, 0n, 2n ** 32n, -(2n ** 33n), 2n ** 31n]);
    assert.deepEqual(await readOne('I64', integers), [-1, 0, 2 ** 32, -(2 ** 33), 2 ** 31]);
    assert.deepEqual(await readOne('U8', new Uint8Array([0, 128, 255])), [0, 128, 255]);
    assert.deepEqual(await readOne('BOOL', new Uint8Array([0, 1, 1])), [0, 1, 1]);
  });

  it('are all read where there are more than fit in one chunk', async () => {
    const bits = new Uint16Array(1_300_001).map((_, i) => 0x3f80 + (i % 97));
    const read = await readOne('BF16', bits);
    assert.equal(read.length, bits.length);
    const wrong = read.findIndex((value, i) => value !== 1 + (i % 97) / 128);
    assert.equal(wrong, -1);
  });

  it('are refused in dtypes that are no weights, by the name of the tensor', async () => {
    await fails(
      readOne('F8_E4M3', new Uint8Array([1])),
      'checkpoint-tensors',
      'tensor one has dtype F8_E4M3',
    );
  });

  const noSparseFiles = process.platform === 'win32' && 'this system would write 3 GB';
  it('are found beyond 2 GB', { skip: noSparseFiles }, async () => {
    const path = join(temporaryFolder(), 'large.safetensors');
    const hole = 3_000_000_000;
    const header = {
      hole: { dtype: 'U8', shape: [hole], data_offsets: [0, hole] },
      last: { dtype: 'F32', shape: [2], data_offsets: [hole, hole + 8] },
    };
    const start = safetensorsBytes(header);
    writeFileSync(path, start);
    truncateSync(path, start.length + hole + 8);
    const handle = openSync(path, 'r+');
    writeSync(handle, new Float32Array([5, 6]), 0, 8, start.length + hole);
    closeSync(handle);
    const file = await SafetensorsFile.open(path);
    assert.deepEqual([...(await file.read('last'))], [5, 6]);
    await file.close();
  });
});
