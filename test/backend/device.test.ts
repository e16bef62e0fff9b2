// The backend and a graphics card that is lost under it: questions fail by name, the backend lives, another engine goes on.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SUBTEXT_FAILURE } from '../../src/protocol/requests';
import { BackendProcess } from '../support/backendProcess';
import { engineProcessOf } from '../support/engineProcesses';
import { tryEngine } from '../support/engines';
import { writeRandomCheckpoint } from '../support/randomModel';
import { assertCloseValues } from '../support/numbers';

const STORY = 'Lily had a red kite. She ran with it.\n';
const uri = 'file:///story.txt';

describe('backend: a graphics card', () => {
  let folder: string;
  let backend: BackendProcess;
  let model: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subtext-backend-'));
    await writeRandomCheckpoint(join(folder, 'random'));
    backend = await BackendProcess.start({ engine: 'cpu' });
    model = (await backend.request('subtext/openModel', { path: join(folder, 'random') })).id;
    await backend.openDocument(uri, STORY);
  });
  after(async () => {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ranked = () => backend.request('subtext/rankNeurons', { uri, model });
  const fails = (asked: Promise<unknown>, reason: string) =>
    assert.rejects(asked, (error: { code: number; data: { reason: string; remedy: string } }) => {
      assert.deepEqual([error.code, error.data.reason], [SUBTEXT_FAILURE, reason]);
      assert.match(error.data.remedy, /Start the engine again .* or use the cpu engine/);
      return true;
    });

  it('answers as the processor does; where it is lost says so; and goes on with the engine that is chosen', async (context) => {
    const here = await tryEngine('webgpu');
    if (typeof here === 'string') {
      context.skip(here);
      return;
    }
    const onProcessor = await ranked();
    await backend.request('subtext/selectEngine', { engine: 'webgpu' });
    const onCard = await ranked();
    assertCloseValues(onCard.maximum, onProcessor.maximum, 1e-4, 'largest activations');
    assert.equal(backend.healths.at(-1)!.engine, 'webgpu');

    process.kill(await engineProcessOf(backend.process.pid!), 'SIGKILL');
    await backend.changeDocument(uri, `Then ${STORY}`, 2);
    const asked = performance.now();
    await fails(ranked(), 'device-lost');
    assert.ok(performance.now() - asked < 1000);
    await fails(ranked(), 'device-lost');

    const after = await backend.request('subtext/selectEngine', { engine: 'webgpu' });
    assert.equal(after.engine, 'webgpu');
    const again = await ranked();
    await backend.request('subtext/selectEngine', { engine: 'cpu' });
    assertCloseValues(again.maximum, (await ranked()).maximum, 1e-4, 'largest activations');
  });
});
