// `subtext train` on a graphics card that is lost in the middle of it. The card is one in software.
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { buildCommand, startSubtext, subtext } from '../support/commandLine';
import { engineProcessesOf, engineProcessOf } from '../support/engineProcesses';
import { tryEngine } from '../support/engines';
import { TrainingRuns } from '../support/trainingRuns';

const runs = new TrainingRuns({ steps: 12, checkpoint_every: 4, eval_every: 12 });
after(() => runs.dispose());

const recipe = runs.recipe('small');
const train = (name: string) => ['train', recipe, '--engine', 'webgpu', '--out', runs.path(name)];
before(buildCommand);

async function skips(context: TestContext): Promise<boolean> {
  const here = await tryEngine('webgpu');
  if (typeof here === 'string') context.skip(here);
  return typeof here === 'string';
}

function assertNear(found: number | undefined, expected: number | undefined): void {
  if (found === undefined || expected === undefined) assert.equal(found, expected);
  else assert.ok(Math.abs(found - expected) < 1e-5, `${found}, not ${expected}`);
}

function endIfThere(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

describe('subtext train on webgpu', () => {
  it('goes on from the last checkpoint on a new device, with the losses of a run that lost none', async (context) => {
    if (await skips(context)) return;
    const { code, stderr } = await subtext(train('whole'));
    assert.equal(code, 0, stderr);
    const { child, finished } = startSubtext(train('lost'));
    await runs.checkpoint('lost', 4);
    process.kill(await engineProcessOf(child.pid!), 'SIGKILL');
    assert.equal((await finished).code, 0);
    assert.match(runs.text('lost', 'log.txt'), /SIGKILL.*; going on from step \d+ on a new device/);
    const [lost, whole] = ['lost', 'whole'].map((name) => runs.course(name));
    assert.deepEqual(
      lost.map(({ step, tokens }) => [step, tokens]),
      whole.map(({ step, tokens }) => [step, tokens]),
    );
    // A card adds what meets in one row of the embedding in any order.
    lost.forEach(({ loss, validation_loss }, index) => {
      assertNear(loss, whole[index].loss);
      assertNear(validation_loss, whole[index].validation_loss);
    });
    const [first, last] = [whole[0], whole.at(-1)!].map(({ validation_loss }) => validation_loss!);
    assert.ok(last < first - 0.05, `the validation loss fell from ${first} to ${last}`);
    assert.equal(runs.status('lost').state, 'finished');
  });

  it('ends with the name of the loss where the device does not last until the next checkpoint', async (context) => {
    if (await skips(context)) return;
    const { child, finished } = startSubtext(train('gone'));
    const interval = setInterval(() => {
      for (const id of engineProcessesOf(child.pid!)) endIfThere(id);
    }, 50);
    const { code, stderr } = await finished;
    clearInterval(interval);
    assert.equal(code, 1);
    assert.match(stderr, /process of the webgpu engine ended \(SIGKILL\).*lower the batch or the context/);
    const { state, error } = runs.status('gone');
    assert.deepEqual([state, error!.reason], ['failed', 'device-lost']);
  });
});
