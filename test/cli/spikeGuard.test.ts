// The spike guard in whole runs: where it goes back to, that it ends, and that a pause changes nothing.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { buildCommand, startSubtext, subtext } from '../support/commandLine';
import { TrainingRuns } from '../support/trainingRuns';

const runs = new TrainingRuns();
after(() => runs.dispose());
before(buildCommand);

const train = (name: string, settings: object, rest: object = {}, ...more: string[]) =>
  subtext(['train', runs.recipe(name, settings, rest), '--out', runs.path(name), ...more]);

/** Every rise is a spike. */
const NERVOUS = { window: 10, deviations: 0.001, floor: 0, patience: 1, retries: 0 };

/** A rate that no model stands once the warm-up has reached it. */
const STEEP = {
  steps: 80,
  learning_rate: 3,
  clip: 0,
  schedule: { kind: 'constant', warmup: 60 },
  optimizer: { kind: 'sgd' },
  spike_guard: { window: 10, floor: 0.15, deviations: 3, patience: 2, retries: 1 },
};

describe('the spike guard of a run', () => {
  it('ends a run that rises whatever the rate, and says where and what to try', async () => {
    const { code, stderr } = await train('nervous', { steps: 2000, spike_guard: NERVOUS });
    assert.equal(code, 1);
    assert.match(stderr, /The loss rises at step \d+ again and again/);
    assert.match(stderr, /floor, deviations or patience of train\.spike_guard.*train\.learning_rate/);
    assert.equal(logged('nervous', 'halved the learning rate'), 5);
    assert.equal(runs.status('nervous').state, 'failed');
  });

  it('evaluates and saves once at a step that it goes back to', async () => {
    const early = { eval_every: 10, samples: { count: 1, max_tokens: 4 } };
    await train('once', { ...early, steps: 60, spike_guard: NERVOUS });
    assert.ok(runs.events('once').length > 0, 'it went back');
    const evaluated = runs
      .lines('once')
      .flatMap(({ step, validation_loss }) => (validation_loss ? step : []));
    assert.deepEqual(evaluated, [...new Set(evaluated)]);
    assert.equal(evaluated[0], 0);
    const samples = runs.lines<{ step: number }>('once', 'samples.jsonl').map(({ step }) => step);
    assert.deepEqual(samples, evaluated);
    assert.ok(!existsSync(runs.path('once', 'checkpoints', 'step-0')));
  });

  it('counts the time of what was thrown away', async () => {
    await train('time', STEEP);
    const seconds = runs.lines('time').map((line) => line.seconds);
    assert.ok(runs.events('time').length > 0);
    for (const [index, each] of seconds.slice(1).entries()) assert.ok(each >= seconds[index], String(index));
    const gone = runs.lines('time').find(({ event }) => event)!;
    const next = runs.lines('time').find(({ step, loss }) => step === gone.step && loss);
    assert.ok(gone.seconds > (next?.seconds ?? 0));
  });

  it('keeps a checkpoint to go back to, however few are kept', async () => {
    await train('few', { ...STEEP, learning_rate: 1.5, checkpoint_every: 5, keep_checkpoints: 1 });
    const [event] = runs.events('few');
    const [, from, back] = /^The loss rose at step (\d+): went back to step (\d+)/.exec(event)!.map(Number);
    assert.ok(back > 0 && back <= from - 10 && back > from - 40, event);
  });

  it('goes the same way when the run is paused', async () => {
    // Long enough for several pauses on a fast machine.
    const settings = { ...STEEP, steps: 500, keep_checkpoints: 1 };
    await train('unbroken', settings);
    assert.ok(runs.events('unbroken').length > 1, 'it goes back');
    const recipe = runs.recipe('paused', settings);
    const given = ['train', recipe, '--out', runs.path('paused')];
    let more: string[] = [];
    for (let pauses = 0; pauses < 200; pauses++) {
      const { child, finished } = startSubtext([...given, ...more]);
      more = ['--resume'];
      child.stdin!.end();
      // Some steps further than last time, and never at a regular checkpoint alone.
      await pauseOnce();
      await finished;
      if (['finished', 'failed'].includes(runs.status('paused').state)) break;
    }
    assert.ok(logged('paused', 'resuming') > 3);
    assert.equal(runs.status('paused').state, runs.status('unbroken').state);
    assert.deepEqual(losses('paused'), losses('unbroken'));
    assert.ok(weights('paused').equals(weights('unbroken')));
  });

  it('goes back from numbers that are none, until smaller rates are of no use', async () => {
    const diverging = {
      steps: 40,
      learning_rate: 100,
      clip: 0,
      schedule: {},
      optimizer: { kind: 'sgd', momentum: 0.99 },
      spike_guard: { window: 10, retries: 1 },
    };
    const model = { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2, initial_deviation: 10 };
    const { code, stderr } = await train('nan', diverging, { model });
    const events = runs.events('nan');
    assert.match(events[0], /^Step \d+ gave no numbers: went back to step 0, skipped/);
    assert.match(events[1], /halved the learning rate$/);
    assert.equal(code, 1);
    assert.match(stderr, /NaN or infinite/);
    assert.equal(runs.status('nan').error!.reason, 'not-a-number');
    // Where the last evaluation finds them first.
    await train('nan-at-the-end', { ...diverging, steps: 3 }, { model });
    assert.match(runs.events('nan-at-the-end')[0], /^Step 3 gave no numbers: went back to step 0, skipped/);
  });
});

async function pauseOnce(): Promise<void> {
  // Counted unparsed: a line that is read while the run cuts or writes it is none yet.
  const path = runs.path('paused', 'metrics.jsonl');
  const lines = () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length : 0);
  const from = lines();
  for (let tries = 0; tries < 1000 && lines() <= from; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  writeFileSync(runs.path('paused', 'control.json'), '{"request":"pause"}');
}

const logged = (name: string, what: string) =>
  readFileSync(runs.path(name, 'log.txt'), 'utf8').split(what).length - 1;

const losses = (name: string) =>
  runs
    .lines(name)
    .flatMap(({ step, tokens, loss, lr, validation_loss }) =>
      loss === undefined && validation_loss === undefined ? [] : [[step, tokens, loss, lr, validation_loss]],
    );

/** Of the last checkpoint: such a run may end as a failure. */
function weights(name: string): Buffer {
  const steps = readdirSync(runs.path(name, 'checkpoints')).map((each) => Number(each.slice(5)));
  const last = Math.max(...steps.filter((step) => step % 10 === 0));
  return readFileSync(runs.path(name, 'checkpoints', `step-${last}`, 'model.safetensors'));
}
