// Probes on disk: what is read back reads as what was trained, and what does not fit is refused.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { writeSafetensors } from '../../src/backend/checkpoint/safetensorsWriter';
import { probabilitiesOf } from '../../src/backend/interpret/probes/apply';
import { fitProbes, type FittedProbe } from '../../src/backend/interpret/probes/fit';
import {
  checkProbeFits,
  fingerprintOf,
  readProbe,
  writeProbe,
  type StoredProbe,
} from '../../src/backend/interpret/probes/probeFile';
import { probeDirection, steeringAlong } from '../../src/backend/interpret/probes/steering';
import type { ProbeSettings } from '../../src/backend/interpret/probes/recipeSchema';
import { tryEngine } from '../support/engines';
import { isError } from '../support/errors';
import { madeUpExamples, probeHeader } from '../support/probes';
import { configurationWith, randomCheckpoint } from '../support/randomModel';

const made = madeUpExamples({ texts: 60, length: 6, width: 5 }, (x) => (x[1] > 4 ? 2 : x[3] > 3 ? 1 : 0));
const checkpoint = randomCheckpoint(configurationWith());
const PROBES: ProbeSettings[] = [
  { kind: 'linear', solver: 'adamw' },
  { kind: 'multi-head', heads: 2, width: 4, locality: 'all' },
];
const TRAIN = {
  steps: 100,
  batch: 32,
  learning_rate: 0.03,
  weight_decay: 0,
  evaluate_every: 50,
  patience: 3,
};

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'subtext-probes-'))));
after(() => rm(folder, { recursive: true }));

async function trained(probe: ProbeSettings): Promise<{ fitted: FittedProbe; stored: StoredProbe }> {
  const executor = (await tryEngine('cpu')) as Executor;
  const { probes } = await fitProbes(
    executor,
    { activations: made.activations },
    made.data,
    { probe, train: TRAIN, seed: 1 },
    false,
    NOT_CANCELLED,
    () => undefined,
  );
  const [fitted] = probes;
  const header = probeHeader({
    fingerprint: fingerprintOf(checkpoint),
    width: 5,
    classes: fitted.target.classes,
    probe: fitted.shape,
    trained_steps: fitted.steps,
  });
  const confusion = new Int32Array(9).fill(1);
  const places = Int32Array.from({ length: header.n_test * 4 }, (_, index) => index);
  return { fitted, stored: { header, parameters: fitted.parameters, confusion, places } };
}

describe('a probe that is written and read again', () => {
  for (const probe of PROBES) {
    it(`is the same and reads the classes that it read when it was trained: ${probe.kind}`, async () => {
      const { fitted, stored } = await trained(probe);
      const path = join(folder, `${probe.kind}.probe.safetensors`);
      await writeProbe(path, stored);
      const again = await readProbe(path);
      assert.deepEqual(again, stored);

      const executor = (await tryEngine('cpu')) as Executor;
      const { width, values } = made.activations;
      for (const { first, rows } of made.data.texts.slice(0, 60)) {
        const classes = fitted.read.subarray(first, first + rows.length);
        if (classes[0] < 0) continue;
        const own = values.slice(first * width, (first + rows.length) * width);
        const found = await probabilitiesOf(executor, again, own);
        const likeliest = Array.from(rows, (_, row) => {
          const share = found.subarray(row * 3, row * 3 + 3);
          assert.ok(Math.abs(share[0] + share[1] + share[2] - 1) < 1e-5);
          return share.indexOf(Math.max(...share));
        });
        assert.deepEqual(likeliest, [...classes]);
      }
    });
  }

  it('gives directions that raise one class over another', async () => {
    const { stored } = await trained(PROBES[0]);
    const { values, name } = probeDirection(stored, 'class 2', 'class 0');
    assert.equal(name, 'made-up 3: class 2 − class 0');
    const W = stored.parameters.get('W')!.data;
    assert.deepEqual(
      values,
      Array.from({ length: 5 }, (_, row) => W[row * 3 + 2] - W[row * 3]),
    );
    const all = ['class 0', 'class 1', 'class 2'].map((each) => probeDirection(stored, each).values);
    all[0].forEach((value, row) => assert.ok(Math.abs(value + all[1][row] + all[2][row]) < 1e-6));
    // The class hangs on the second number being large.
    assert.ok(Math.abs(values[1]) > 2 * Math.abs(values[4]));
    assert.throws(() => probeDirection(stored, 'class 7'), isError('probe', 'no class class 7'));
  });
});

describe('steering along a probe', () => {
  it('moves the part that its activation is', async () => {
    const { stored } = await trained(PROBES[0]);
    const partAt = (hook: string) =>
      steeringAlong({ ...stored, header: { ...stored.header, hook } }, 'class 1').part;
    assert.deepEqual(
      ['resid_pre', 'resid_post', 'attn_out', 'mlp_out'].map((name) => partAt(`blocks.2.hook_${name}`)),
      ['L2.resid', 'L3.resid', 'L2.attn', 'L2.mlp'],
    );
    for (const hook of ['hook_embed', 'ln_final.hook_normalized', 'blocks.1.attn.hook_z'])
      assert.throws(() => partAt(hook), isError('probe', hook, 'cannot be steered'));
  });

  it('is called by no more than interventions take', async () => {
    const { stored } = await trained(PROBES[0]);
    const classes = ['a', 'b', 'c'].map((name) => name.repeat(200));
    const long = { ...stored, header: { ...stored.header, classes } };
    const { direction } = steeringAlong(
      { ...long, header: { ...long.header, hook: 'blocks.0.hook_mlp_out' } },
      classes[0],
    );
    assert.equal(direction.name?.length, 100);
  });
});

describe('a probe is refused', () => {
  it('with other weights than those that it was trained on', async () => {
    const { stored } = await trained(PROBES[0]);
    checkProbeFits(stored, checkpoint);
    assert.throws(
      () => checkProbeFits(stored, randomCheckpoint(configurationWith(), 2)),
      isError('probe', 'was trained on random', '/nowhere/random has other weights'),
    );
  });

  it('on a text longer than the positions that it knows', async () => {
    const { stored } = await trained(PROBES[1]);
    const executor = (await tryEngine('cpu')) as Executor;
    await assert.rejects(
      probabilitiesOf(executor, stored, new Float32Array(7 * 5)),
      isError('probe', '7 tokens', '6 positions'),
    );
  });

  it('when the file is another, cut short, or does not hold what its header says', async () => {
    const { stored } = await trained(PROBES[0]);
    const path = join(folder, 'damaged.probe.safetensors');
    await writeProbe(path, { ...stored, header: { ...stored.header, width: 6 } });
    await assert.rejects(readProbe(path), isError('checkpoint-format', 'has no W of [6,3]'));
    // As files of an earlier version, which kept no places.
    await writeProbe(path, stored);
    await writeFile(
      path,
      (await readFile(path)).toString('latin1').replace('"places"', '"placed"'),
      'latin1',
    );
    await assert.rejects(readProbe(path), isError('checkpoint-format', 'has no places of [60,4]'));
    await writeProbe(path, stored);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 8));
    await assert.rejects(readProbe(path), isError('checkpoint-format'));
    await writeSafetensors(path, new Map([['W', { shape: [2], data: new Float32Array(2) }]]));
    await assert.rejects(readProbe(path), isError('checkpoint-format', 'is no probe'));
  });
});
