// A machine that sleeps in the middle of things.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { RunDirectory } from '../../src/host/runs/runDirectory';
import { BackendProcess } from '../support/backendProcess';
import { engineProcessesOf, engineProcessOf } from '../support/engineProcesses';
import { tryEngine } from '../support/engines';
import { assertCloseValues } from '../support/numbers';
import { writeRandomCheckpoint } from '../support/randomModel';
import { sleepThrough } from '../support/sleep';
import { RECIPE, TrainingRuns, until } from '../support/trainingRuns';

describe(
  'a machine that sleeps',
  { skip: process.platform === 'win32' && 'no process can be stopped' },
  () => {
    const runs = new TrainingRuns();
    let backend: BackendProcess;

    before(async () => {
      backend = await BackendProcess.start({ engine: 'cpu' });
    });
    after(() => {
      backend.stop();
      rmSync(runs.folder, { recursive: true, force: true });
    });

    it('in the middle of a training goes on with it, to the losses of one that never slept', async () => {
      const train = { ...RECIPE.train, steps: 400, checkpoint_every: 100, eval_every: 100 };
      const recipe = JSON.stringify({ ...RECIPE, train });
      const start = async (name: string) =>
        (await backend.request('subtext/startRun', { directory: runs.path(name), recipe })).pid;
      const ended = (name: string) =>
        until(
          () => runs.hasCheckpoint(name, 400) && runs.status(name).state === 'finished',
          `the end of ${name}`,
        );

      const slept = await start('slept');
      await runs.checkpoint('slept', 100);
      await sleepThrough([backend.process.pid!, slept], async () => {
        const { state, step } = runs.status('slept');
        assert.deepEqual([state, step < 400], ['running', true]);
        // Nobody takes it for dead meanwhile.
        const seen = new RunDirectory(runs.path('slept'));
        await seen.refresh();
        assert.equal(seen.state, 'running');
      });
      await ended('slept');
      assert.equal(runs.status('slept').pid, slept);

      await start('awake');
      await ended('awake');
      assert.deepEqual(runs.course('slept'), runs.course('awake'));
      assert.equal(runs.lines('slept').at(-1)!.step, 400);
    });

    it('in the middle of a question on a graphics card answers it, on the same device', async (context) => {
      const here = await tryEngine('webgpu');
      if (typeof here === 'string') {
        context.skip(here);
        return;
      }
      const path = join(runs.folder, 'random');
      await writeRandomCheckpoint(path);
      const { id: model } = await backend.request('subtext/openModel', { path });
      const uri = 'file:///story.txt';
      await backend.openDocument(uri, 'Lily had a red kite. She ran with it.\n');
      const ranked = () => backend.request('subtext/rankNeurons', { uri, model });
      const onProcessor = await ranked();
      await backend.request('subtext/selectEngine', { engine: 'webgpu' });
      const engine = await engineProcessOf(backend.process.pid!);

      // A new graph is compiled, which takes long enough to fall asleep over.
      const asked = ranked();
      await until(() => backend.healths.at(-1)!.state === 'busy', 'a question at work');
      await sleepThrough([backend.process.pid!, engine]);
      assertCloseValues((await asked).maximum, onProcessor.maximum, 1e-4, 'largest activations');
      assertCloseValues((await ranked()).maximum, onProcessor.maximum, 1e-4, 'largest activations');
      assert.deepEqual(engineProcessesOf(backend.process.pid!), [engine]);
    });
  },
);
