// Which models are open, and what a fresh backend is told to open.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BackendFailure, backendStopped } from '../../src/host/backend/failure';
import { Models, checkpointPath, notOpen } from '../../src/host/models';
import { FakeRequester, healthWith, modelSummary } from './host-fakes';

function opened() {
  const requester = new FakeRequester();
  requester.automatic = (name, params) =>
    name === 'subtext/openModel' ? modelSummary((params as { path: string }).path) : null;
  const saved = new Map<string, unknown>();
  const memory = {
    get: (key: string) => saved.get(key),
    update: (key: string, value: unknown) => {
      saved.set(key, value);
      return Promise.resolve();
    },
  };
  return { requester, saved, models: new Models(requester, memory) };
}

describe('the models', () => {
  it('ask the last one that was opened, or the one that was chosen', async () => {
    const { models } = opened();
    const active = () => models.active?.id;
    assert.equal(active(), undefined);
    await models.openPath('/a');
    await models.openPath('/b');
    assert.equal(active(), '/b');
    await models.activate('/a');
    assert.equal(active(), '/a');
    await models.close('/a');
    assert.equal(active(), '/b');
  });

  it('remember what was opened, latest first, and forget what is gone', async () => {
    const { models, requester } = opened();
    for (const path of ['/a', '/b', '/a']) await models.openPath(path);
    assert.deepEqual(models.recent, ['/a', '/b']);
    for (let index = 0; index < 20; index++) await models.openPath(`/m${index}`);
    assert.equal(models.recent.length, 10);
    requester.automatic = () => new BackendFailure('not-found', 'There is nothing', 'Look elsewhere.');
    await assert.rejects(models.openPath('/m19'));
    assert.ok(!models.recent.includes('/m19'));
  });

  it('survive nonsense in storage', () => {
    const { models, saved } = opened();
    saved.set('subtext.recentModels', { not: 'a list' });
    assert.deepEqual(models.recent, []);
    saved.set('subtext.recentModels', ['/a', 3]);
    assert.deepEqual(models.recent, ['/a']);
  });

  it('take over what the backend says, but keep what a fresh one does not have yet', async () => {
    const { models } = opened();
    await models.openPath('/a');
    models.follow(undefined);
    models.follow(healthWith());
    assert.deepEqual(
      models.all.map(({ id }) => id),
      ['/a'],
    );
    models.follow(healthWith({ ...modelSummary('/a'), engine: 'wasm' }, modelSummary('/b')));
    assert.deepEqual(
      models.all.map(({ id, engine }) => [id, engine]),
      [
        ['/a', 'wasm'],
        ['/b', 'cpu'],
      ],
    );
  });

  it('are opened again in a fresh backend, closed ones are not', async () => {
    const { models } = opened();
    for (const path of ['/a', '/b', '/c']) await models.openPath(path);
    await models.close('/b');
    const life = new FakeRequester();
    life.automatic = (_, params) => modelSummary((params as { path: string }).path);
    await models.restore(life);
    assert.deepEqual(
      life.asked.map(({ params }) => params),
      [{ path: '/a' }, { path: '/c' }],
    );
    assert.equal(models.active?.id, '/c');
  });

  it('leave out one that cannot be opened again, and say so', async () => {
    const { models } = opened();
    for (const path of ['/a', '/b']) await models.openPath(path);
    const told: string[] = [];
    models.onDidClose((id) => told.push(id));
    models.onDidNotRestore(({ line }) => told.push(line));
    const life = new FakeRequester();
    life.automatic = (_, params) =>
      (params as { path: string }).path === '/a'
        ? new BackendFailure('not-found', 'There is no checkpoint', 'Look elsewhere.')
        : modelSummary('/b');
    await models.restore(life);
    assert.deepEqual(told, ['/a', 'a: There is no checkpoint. Look elsewhere.']);
    assert.deepEqual(
      models.all.map(({ id }) => id),
      ['/b'],
    );
  });

  it('do not open again one that kills the backend', async () => {
    const { models } = opened();
    await models.openPath('/a');
    const life = new FakeRequester();
    life.automatic = () => backendStopped('signal SIGSEGV');
    await assert.rejects(models.restore(life), { reason: 'backend-stopped' });
    const next = new FakeRequester();
    await models.restore(next);
    assert.deepEqual(next.asked, []);
  });

  it('are open under every path that leads to them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'subtext-models-'));
    try {
      const [stories, cfg, link] = ['stories', 'cfg', 'link'].map((name) => join(folder, name));
      for (const path of [stories, cfg]) mkdirSync(path);
      symlinkSync(stories, link, 'junction');
      assert.deepEqual(await notOpen([cfg, stories], [modelSummary(link)]), [cfg]);
      assert.deepEqual(await notOpen([cfg, stories], [modelSummary('/gone')]), [cfg, stories]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stand for the folder when a file of it was picked', () => {
    assert.equal(checkpointPath('/m/config.json'), '/m');
    assert.equal(checkpointPath('/m/model.safetensors'), '/m');
    assert.equal(checkpointPath('/m/model.safetensors.index.json'), '/m');
    assert.equal(checkpointPath('/m/stories260K.bin'), '/m/stories260K.bin');
    assert.equal(checkpointPath('/m/other.safetensors'), '/m/other.safetensors');
  });
});
