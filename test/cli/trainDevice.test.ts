// `subtext train` on a graphics card that is lost, or sleeps with the machine, in the middle of it. The card is one in software.
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { buildCommand, startSubtext, subtext } from '../support/commandLine';
import { engineProcessesOf, engineProcessOf } from '../support/engineProcesses';
import { tryEngine } from '../support/engines';
import { sleepThrough } from '../support/sleep';
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

/** Two runs of one recipe: a card adds what meets in one row of the embedding in any order. */
function assertSameCourse(name: string, other: string): void {
  const [found, expected] = [name, other].map((each) => runs.course(each));
  assert.deepEqual(
    found.map(({ step, tokens }) => [step, tokens]),
    expected.map(({ step, tokens }) => [step, tokens]),
  );
  found.forEach(({ loss, validation_loss }, index) => {
    assertNear(loss, expected[index].loss);
    assertNear(validation_loss, expected[index].validation_loss);
  });
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
    assertSameCourse('lost', 'whole');
    const whole = runs.course('whole');
    const [first, last] = [whole[0], whole.at(-1)!].map(({ validation_loss }) => validation_loss!);
    assert.ok(last < first - 0.05, `the validation loss fell from ${first} to ${last}`);
    assert.equal(runs.status('lost').state, 'finished');
  });

  it('sleeps with the machine and goes on, on the same device', async (context) => {
    if (await skips(context)) return;
    const { child, finished } = startSubtext(train('slept'));
    await runs.checkpoint('slept', 4);
    await sleepThrough([child.pid!, await engineProcessOf(child.pid!)], () => {
      assert.equal(runs.status('slept').state, 'running');
    });
    assert.equal((await finished).code, 0);
    assert.doesNotMatch(runs.text('slept', 'log.txt'), /new device/);
    assertSameCourse('slept', 'whole');
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
