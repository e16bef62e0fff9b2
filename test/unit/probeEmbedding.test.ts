// The probe with an update to the embedding: it finds what the model as it is does not show, and reads it from its file.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { readWithProbe } from '../../src/backend/interpret/probes/apply';
import type { ProbeData } from '../../src/backend/interpret/probes/data';
import { splitUnits } from '../../src/backend/interpret/probes/data';
import { fitProbes } from '../../src/backend/interpret/probes/fit';
import { fingerprintOf, readProbe, writeProbe } from '../../src/backend/interpret/probes/probeFile';
import { probeDirection } from '../../src/backend/interpret/probes/steering';
import { scoreOf } from '../../src/backend/interpret/probes/score';
import { Reading } from '../../src/backend/interpret/reading';
import { tryEngine } from '../support/engines';
import { isError } from '../support/errors';
import { probeHeader } from '../support/probes';
import { randomIds, randomModel } from '../support/randomModel';

const HOOK = 'blocks.0.hook_resid_post';
const LENGTH = 6;
const VOCABULARY = 17;
const TRAIN = {
  steps: 150,
  batch: 20,
  learning_rate: 0.02,
  weight_decay: 0,
  evaluate_every: 50,
  patience: 5,
};

/** Whether the last token is one of eight that have nothing in common: ten numbers do not tell 17 tokens apart that way. */
function lastTokens(texts: number): ProbeData {
  const ids = Array.from({ length: texts }, (_, text) =>
    Int32Array.from(randomIds(LENGTH, VOCABULARY, text + 1)),
  );
  return {
    texts: ids.map((own, text) => ({ ids: own, rows: Int32Array.of(LENGTH - 1), first: text, unit: text })),
    examples: texts,
    units: Int32Array.from(ids.keys()),
    splits: splitUnits(texts, { validation: 0.1, test: 0.2 }, 1),
    targets: [
      {
        name: 'odd',
        level: null,
        classes: ['even', 'odd'],
        labels: Int32Array.from(ids, (own) => own[LENGTH - 1] % 2),
      },
    ],
    places: { texts: [], documents: new Int32Array(texts), ranges: new Int32Array(2 * texts) },
  };
}

describe('the probe with an update to the embedding', () => {
  for (const norm of ['layer', 'batch'] as const) {
    it(`reads what is linearly there with the update, and reads the same from its file: ${norm} norm`, async () => {
      const executor = (await tryEngine('cpu')) as Executor;
      const model = randomModel({}, executor);
      const data = lastTokens(300);
      const probe = { kind: 'embedding-update' as const, rank: 4, norm };
      const source = { model, hook: HOOK, width: 10 };
      const recipe = { probe, train: TRAIN, seed: 1 };
      const fit = (recipeOf = recipe) =>
        fitProbes(executor, source, data, recipeOf, true, NOT_CANCELLED, () => undefined);
      const { probes, shuffled } = await fit();
      const [own, control] = [scoreOf(probes[0], data), scoreOf(shuffled[0], data)];
      assert.ok(own.value > 0.8, `accuracy ${own.value}`);
      assert.ok(control.value < 0.7, `shuffled ${control.value}`);

      const { shape, parameters, read } = probes[0];
      const header = probeHeader({
        fingerprint: fingerprintOf(model.checkpoint),
        width: 10,
        classes: ['even', 'odd'],
        probe: shape,
        trained_steps: 150,
      });
      const folder = await mkdtemp(join(tmpdir(), 'subtext-probes-'));
      const path = join(folder, 'a.probe.safetensors');
      await writeProbe(path, {
        header,
        parameters,
        confusion: own.confusion,
        places: new Int32Array(header.n_test * 4),
      });
      const stored = await readProbe(path);
      await rm(folder, { recursive: true });
      assert.throws(() => probeDirection(stored, 'odd'), isError('probe', 'has no direction'));
      const tested = data.texts.filter(({ first }) => read[first] >= 0).slice(0, 10);
      for (const { ids, first } of tested) {
        const found = await readWithProbe(stored, Reading.ofIds(model, [...ids]), NOT_CANCELLED);
        const [even, odd] = found.probabilities.slice(-2);
        assert.equal(Number(odd > even), read[first]);
      }
    });
  }
});
