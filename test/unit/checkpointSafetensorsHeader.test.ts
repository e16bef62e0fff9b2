// Safetensors files that are cut, garbled or meant to harm: each is refused in words, none is worse than refused.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SafetensorsFile } from '../../src/backend/checkpoint/safetensors';
import { SubtextError } from '../../src/backend/errors';
import { fails, parityFolder, randomNumbers, safetensorsBytes, temporaryFolder } from './checkpointFiles';

/** Reads every tensor of a file. */
async function readAll(path: string): Promise<void> {
  const file = await SafetensorsFile.open(path);
  try {
    for (const name of file.tensors.keys()) await file.read(name);
  } finally {
    await file.close();
  }
}

describe('a safetensors file that is not sound', () => {
  const data = new Uint8Array(16);
  const good = { dtype: 'F32', shape: [4], data_offsets: [0, 16] };
  const half = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  const other = { dtype: 'F32', shape: [2], data_offsets: [8, 16] };
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

  const cases: [string, Uint8Array, RegExp][] = [
    ['of no bytes', new Uint8Array(), /is empty/],
    ['of fewer bytes than a length', new Uint8Array(5), /cut short/],
    [
      'whose header is longer than the file',
      safetensorsBytes({ a: good }, data, 10_000n),
      /header has 10000 bytes/,
    ],
    ['whose header is negative', safetensorsBytes({ a: good }, data, 2n ** 64n - 1n), /18446744073709551615/],
    [
      'whose header is beyond exact numbers',
      safetensorsBytes({ a: good }, data, 2n ** 53n + 1n),
      /9007199254740993/,
    ],
    ['whose header is of no bytes', safetensorsBytes('', data), /not JSON/],
    ['whose header is cut', safetensorsBytes({ a: good }, data, 20n), /not JSON/],
    ['whose header is garbage', safetensorsBytes('{"a": 1,,}', data), /not JSON/],
    [
      'whose header is not UTF-8',
      safetensorsBytes('{"a":1}', data).map((b) => (b === 0x61 ? 0xff : b)),
      /not JSON/,
    ],
    ['whose header is a list', safetensorsBytes([1], data), /no JSON object/],
    ['whose header is null', safetensorsBytes('null', data), /no JSON object/],
    ['whose header is nested deep', safetensorsBytes(deep, data), /nested/],
    [
      'that names a tensor twice',
      safetensorsBytes(`{"a":${JSON.stringify(half)},"\\u0061" : ${JSON.stringify(other)}}`, data),
      /names a twice/,
    ],
    [
      'that gives a tensor two shapes',
      safetensorsBytes('{"a":{"dtype":"F32","shape":[4],"shape":[2],"data_offsets":[0,16]}}', data),
      /names shape twice/,
    ],
    ['whose metadata is a number', safetensorsBytes({ __metadata__: 3, a: good }, data), /__metadata__/],
    [
      'whose metadata holds a number',
      safetensorsBytes({ __metadata__: { b: 3 }, a: good }, data),
      /__metadata__/,
    ],
    ['whose tensor is a number', safetensorsBytes({ a: 3 }, data), /tensor a/],
    [
      'without a dtype',
      safetensorsBytes({ a: { ...good, dtype: undefined } }, data),
      /tensor a of unknown dtype/,
    ],
    [
      'of an unknown dtype',
      safetensorsBytes({ a: { ...good, dtype: 'F128' } }, data),
      /tensor a of unknown dtype "F128"/,
    ],
    [
      'of a dtype inherited',
      safetensorsBytes({ a: { ...good, dtype: 'constructor' } }, data),
      /unknown dtype/,
    ],
    ['without a shape', safetensorsBytes({ a: { ...good, shape: undefined } }, data), /tensor a whose shape/],
    [
      'of a negative shape',
      safetensorsBytes({ a: { ...good, shape: [-4] } }, data),
      /tensor a whose shape is \[-4\]/,
    ],
    [
      'of two negative extents',
      safetensorsBytes({ a: { ...good, shape: [-2, -2] } }, data),
      /tensor a whose shape/,
    ],
    [
      'of a fractional shape',
      safetensorsBytes({ a: { ...good, shape: [1.6, 2.5] } }, data),
      /tensor a whose shape/,
    ],
    ['of a shape of text', safetensorsBytes({ a: { ...good, shape: ['4'] } }, data), /tensor a whose shape/],
    [
      'of a nested shape',
      safetensorsBytes({ a: { ...good, shape: [[4]] } }, data),
      /tensor a whose shape is nested/,
    ],
    [
      'of a shape too large',
      safetensorsBytes({ a: { ...good, shape: [2 ** 31, 2 ** 31, 2 ** 31] } }, data),
      /tensor a/,
    ],
    [
      'of a shape beyond numbers',
      safetensorsBytes({ a: { ...good, shape: Array(400).fill(1e15) } }, data),
      /Infinity/,
    ],
    [
      'of a shape too large for its bytes',
      safetensorsBytes({ a: { ...good, shape: [5] } }, data),
      /needs 20 bytes, not 16/,
    ],
    [
      'of a dtype too small for its bytes',
      safetensorsBytes({ a: { ...good, dtype: 'F16' } }, data),
      /needs 8 bytes, not 16/,
    ],
    [
      'without offsets',
      safetensorsBytes({ a: { ...good, data_offsets: undefined } }, data),
      /data_offsets are missing/,
    ],
    [
      'of one offset',
      safetensorsBytes({ a: { ...good, data_offsets: [0] } }, data),
      /tensor a whose data_offsets/,
    ],
    [
      'of a negative offset',
      safetensorsBytes({ a: { ...good, data_offsets: [-16, 0] } }, data),
      /tensor a whose data_offsets/,
    ],
    [
      'of a fractional offset',
      safetensorsBytes({ a: { ...good, data_offsets: [0.5, 16.5] } }, data),
      /data_offsets/,
    ],
    [
      'of offsets turned around',
      safetensorsBytes({ a: { ...good, data_offsets: [16, 0] } }, data),
      /ends before it begins/,
    ],
    [
      'of offsets beyond the file',
      safetensorsBytes({ a: { ...good, data_offsets: [8, 24] } }, data),
      /tensor a that ends at/,
    ],
    [
      'of offsets far beyond',
      safetensorsBytes({ a: { ...good, data_offsets: [0, 2 ** 52] } }, data),
      /tensor a that ends at/,
    ],
    [
      'whose tensors overlap',
      safetensorsBytes(
        {
          a: half,
          b: { ...half, data_offsets: [4, 12] },
          c: { ...half, shape: [1], data_offsets: [12, 16] },
        },
        data,
      ),
      /tensor b that overlaps/,
    ],
    [
      'whose tensors are the same bytes',
      safetensorsBytes({ a: half, b: half, c: other }, data),
      /tensor b that overlaps/,
    ],
    ['with bytes before its tensors', safetensorsBytes({ b: other }, data), /8 bytes before tensor b/],
    ['with bytes after its tensors', safetensorsBytes({ a: half }, data), /8 bytes at its end/],
    ['with a line break in a name', safetensorsBytes({ 'a\nb': 3 }, data), /tensor a\\u000ab/],
  ];

  for (const [what, bytes, pattern] of cases) {
    it(`${what} is refused`, async () => {
      const path = join(temporaryFolder(), 'bad.safetensors');
      writeFileSync(path, bytes);
      await fails(SafetensorsFile.open(path), 'checkpoint-format', path, pattern);
    });
  }

  it('is refused at whatever byte it is cut', async () => {
    const path = join(temporaryFolder(), 'cut.safetensors');
    const whole = readFileSync(join(parityFolder, 'llama-bf16/model.safetensors'));
    const cuts = [1, 7, 8, 9, 100, 2000, 2103, 2104, 2105, 10_000, whole.length - 1];
    for (const length of cuts) {
      writeFileSync(path, whole.subarray(0, length));
      await fails(SafetensorsFile.open(path), 'checkpoint-format', path);
    }
  });

  it('is never worse than refused, whichever bits of its header are turned', async () => {
    const path = join(temporaryFolder(), 'flipped.safetensors');
    const whole = readFileSync(join(parityFolder, 'llama-bf16/model.safetensors'));
    const headerEnd = 8 + Number(whole.readBigUInt64LE());
    const random = randomNumbers(20_240_607);
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      const bytes = Uint8Array.from(whole);
      for (let flips = 1 + random(3); flips > 0; flips--) bytes[random(headerEnd)] ^= 1 << random(8);
      writeFileSync(path, bytes);
      try {
        await readAll(path);
      } catch (error) {
        assert.ok(error instanceof SubtextError, String(error));
        assert.ok(error.message.includes(path));
        refused++;
      }
    }
    assert.ok(refused > 200, `${refused} of 300 were refused`);
  });
});
