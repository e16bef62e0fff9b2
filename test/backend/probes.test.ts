// What the backend process says about probes: the folders of a model, and how test tokens fell.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ProbeFolder } from '../../src/protocol/probes';
import { BackendProcess } from '../support/backendProcess';
import { buildCommand, json } from '../support/commandLine';
import { isFailure } from '../support/errors';
import { CFG_MODEL, CFG_RECIPE } from '../support/trainedProbes';

const folder = mkdtempSync(join(tmpdir(), 'subtext-probes-'));
let backend: BackendProcess;
before(async () => {
  await buildCommand();
  backend = await BackendProcess.start();
});
after(() => {
  backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('probes that were trained', () => {
  let found: ProbeFolder;
  before(async () => {
    const path = join(folder, 'r.probe.json');
    writeFileSync(path, JSON.stringify(CFG_RECIPE));
    await json('probe', path, '--out', join(folder, 'made.probes'));
    found = await backend.request('subtext/openProbes', { path: join(folder, 'made.probes') });
  });

  it('are opened with their results and the file of test documents', () => {
    assert.equal(found.name, 'made');
    assert.deepEqual(
      found.probes.map(({ target, level, layer }) => [target, level, layer]),
      [
        ['boundary', 2, 2],
        ['boundary', 3, 2],
      ],
    );
    assert.equal(found.testFile, join(found.path, 'test.cfgtext'));
  });

  it('are listed for the model that they were trained on alone', async () => {
    const { id: model } = await backend.request('subtext/openModel', { path: CFG_MODEL });
    const listed = await backend.request('subtext/listProbes', { model, folders: [folder] });
    assert.deepEqual(
      listed.filter(({ path }) => path.startsWith(folder)),
      [found],
    );
    const stories = join(__dirname, '../../media/models/stories');
    const other = await backend.request('subtext/openModel', { path: stories });
    assert.deepEqual(await backend.request('subtext/listProbes', { model: other.id, folders: [folder] }), []);
  });

  it('tell how their test tokens fell, and which these are', async () => {
    const [{ file: name, n_test }] = found.probes;
    const file = join(found.path, name);
    const { classes, counts } = await backend.request('subtext/probeConfusion', { file });
    assert.deepEqual(classes, ['end', 'inside']);
    assert.equal(
      counts.reduce((a, b) => a + b, 0),
      n_test,
    );
    const cell = { file, true: 0, read: 0, first: 1, count: 2 };
    const { total, tokens } = await backend.request('subtext/probeTokens', cell);
    assert.equal(total, counts[0]);
    assert.equal(tokens.length, 2);
    assert.ok(tokens.every(({ text }) => /^[123]$/.test(text)));
  });

  it('are refused where there are none', async () => {
    const asked = backend.request('subtext/openProbes', { path: folder });
    await assert.rejects(asked, isFailure('probe', 'holds no probes'));
  });
});
