// Taking named files out of archives, honest and hostile ones.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { extract } from '../../src/backend/engine/cuda/archive';
import type { WantedFile } from '../../src/backend/engine/cuda/extraction';
import { tarOf, zipOf } from '../support/archives';
import { isError } from '../support/errors';

const root = mkdtempSync(join(tmpdir(), 'subtext-archives-'));
after(() => rmSync(root, { recursive: true, force: true }));

const library = Buffer.from('the library '.repeat(20_000));
const wanted: WantedFile[] = [{ from: /^inside\/library\.so$/, to: 'lib/library.so' }];
let count = 0;

async function unpack(bytes: Buffer, files = wanted, signal = new AbortController().signal) {
  const archive = join(root, `archive-${++count}`);
  const folder = join(root, `out-${count}`);
  writeFileSync(archive, bytes);
  const written = await extract({ archive, wanted: files, folder, signal });
  return { written, folder };
}

/** All files below the root that a failed or hostile archive may have made. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

const forms = {
  zip: (files: { name: string; data: Buffer }[]) => zipOf(files),
  tar: (files: { name: string; data: Buffer }[]) => tarOf(files),
};

for (const [form, make] of Object.entries(forms)) {
  describe(form, () => {
    it('gives the wanted files and nothing else', async () => {
      const bytes = make([
        { name: 'other.txt', data: Buffer.from('no') },
        { name: 'inside/library.so', data: library },
        { name: 'inside/library.so.more', data: Buffer.from('no') },
      ]);
      const { written, folder } = await unpack(bytes);
      assert.deepEqual(written, ['lib/library.so']);
      assert.deepEqual(filesOf(folder), ['library.so']);
      assert.deepEqual(readFileSync(join(folder, 'lib/library.so')), library);
    });

    it('takes many files by one pattern', async () => {
      const names = [
        'package/dist/a.js',
        'package/dist/kernels/B.js',
        'package/src/a.ts',
        'package/dist/../../evil.js',
      ];
      const bytes = make(names.map((name) => ({ name, data: Buffer.from(name) })));
      const { written } = await unpack(bytes, [
        { from: /^package\/dist\/((?:\w+\/)?\w+\.js)$/, to: 'dist/$1' },
      ]);
      assert.deepEqual(written, ['dist/a.js', 'dist/kernels/B.js']);
    });

    it('writes nothing outside its folder, whatever an archive and a pattern say', async () => {
      const bytes = make([{ name: '../../evil.js', data: Buffer.from('x') }]);
      await assert.rejects(
        unpack(bytes, [{ from: /^(.*)$/, to: '$1' }]),
        isError('download', 'leaves its folder'),
      );
      assert.ok(!filesOf(join(root, '..')).includes('evil.js'));
    });

    it('says which file is not there', async () => {
      const bytes = make([{ name: 'inside/other.so', data: library }]);
      await assert.rejects(unpack(bytes), isError('download', 'there is no ^inside'));
    });

    it('refuses one that is cut short, at any place', async () => {
      const bytes = make([{ name: 'inside/library.so', data: library }]);
      for (const length of [2, 40, bytes.length >> 1, bytes.length - 30])
        await assert.rejects(unpack(bytes.subarray(0, length)), isError('download'), String(length));
    });

    it('stops when it is cancelled', async () => {
      const bytes = make([{ name: 'inside/library.so', data: library }]);
      const abort = new AbortController();
      abort.abort();
      await assert.rejects(unpack(bytes, wanted, abort.signal), (error: Error) =>
        /cancelled|aborted/i.test(error.message),
      );
    });
  });
}

describe('a zip', () => {
  const file = { name: 'inside/library.so', data: library };
  it('must tell the truth about sizes', async () => {
    const wrong = [
      { ...file, size: library.length - 1 },
      { ...file, size: library.length + 1 },
      { ...file, size: 5 * 2 ** 29, method: 0 },
    ];
    for (const each of wrong) await assert.rejects(unpack(zipOf([each])), isError('download'));
  });

  it('must not hold more than any engine has', async () => {
    const files = ['a', 'b', 'c'].map((name) => ({ name, data: library, size: 2 ** 31 }));
    const all = [{ from: /^(\w)$/, to: '$1' }];
    await assert.rejects(unpack(zipOf(files), all), isError('download'));
    const two = files.slice(0, 2).map((each) => ({ ...each, size: 0xfffffff0 }));
    await assert.rejects(unpack(zipOf(two), all), isError('download'));
  });

  it('is refused where it is encrypted, or packed in a way that is not read', async () => {
    await assert.rejects(unpack(zipOf([{ ...file, flags: 1 }])), isError('download', 'encrypted'));
    await assert.rejects(unpack(zipOf([{ ...file, method: 14 }])), isError('download', 'method 14'));
  });

  it('is refused with any byte of its directory changed to another length or place', async () => {
    const whole = zipOf([file]);
    for (let at = whole.length - 22 - 46 - file.name.length; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] ^= 0xff;
      // Either it is refused, or what changed is nothing that matters (dates, attributes).
      const found = await unpack(bytes).catch((error: unknown) => isError('download')(error));
      if (found !== true) assert.deepEqual(readFileSync(join(found.folder, 'lib/library.so')), library);
    }
  });
});

describe('a tar', () => {
  it('never gives a link, or a file by way of one', async () => {
    const bytes = tarOf([
      { name: 'inside/library.so', type: '2' },
      { name: 'inside/library.so', data: library },
    ]);
    const { folder } = await unpack(bytes);
    assert.deepEqual(readFileSync(join(folder, 'lib/library.so')), library);
    await assert.rejects(
      unpack(tarOf([{ name: 'inside/library.so', type: '2' }])),
      isError('download', 'there is no'),
    );
  });

  it('has long names in a file before', async () => {
    const name = `inside/${'long/'.repeat(30)}library.so`;
    const { written } = await unpack(tarOf([{ name, data: library }]), [{ from: /library\.so$/, to: 'x' }]);
    assert.equal(written.length, 1);
  });

  it('is refused where a header is damaged', async () => {
    const bytes = tarOf([{ name: 'inside/library.so', data: library, size: 2 ** 33 }]);
    await assert.rejects(unpack(bytes), isError('download'));
  });
});

it('what is no archive is refused', async () => {
  await assert.rejects(
    unpack(Buffer.from('<html>Not found</html>')),
    isError('download', 'neither a zip nor a gzip'),
  );
  await assert.rejects(unpack(Buffer.alloc(0)), isError('download'));
});
