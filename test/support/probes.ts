// Made-up activations and labels for tests of probes.
import type { Activations } from '../../src/backend/interpret/probes/activations';
import { splitUnits, type ProbeData } from '../../src/backend/interpret/probes/data';
import type { ProbeHeader } from '../../src/backend/interpret/probes/probeFile';
import { seededNormal, seededRandom } from '../../src/backend/random';

export interface MadeUp {
  data: ProbeData;
  activations: Activations;
}

/**
 * Texts of `length` tokens with normal activations of odd mean and deviation.
 * @param label of an example, from its activation and place
 */
export function madeUpExamples(
  { texts = 120, length = 9, width = 6, classes = 3, seed = 1 },
  label: (x: Float32Array, index: number, random: () => number) => number,
): MadeUp {
  const normal = seededNormal(seed);
  const random = seededRandom(seed + 1);
  const examples = texts * length;
  const values = Float32Array.from({ length: examples * width }, (_, at) => (at % width) + 5 * normal());
  const labels = Int32Array.from({ length: examples }, (_, example) =>
    label(values.subarray(example * width, (example + 1) * width), example % length, random),
  );
  const names = Array.from({ length: classes }, (_, index) => `class ${index}`);
  return {
    activations: { width, values },
    data: {
      texts: Array.from({ length: texts }, (_, text) => ({
        ids: new Int32Array(length),
        rows: Int32Array.from({ length }, (_, row) => row),
        first: text * length,
        unit: text,
      })),
      examples,
      units: Int32Array.from({ length: examples }, (_, example) => Math.floor(example / length)),
      splits: splitUnits(texts, { validation: 0.1, test: 0.2 }, seed),
      targets: [{ name: 'made-up', level: null, classes: names, labels }],
      places: {
        texts: new Array<string>(texts).fill('x'.repeat(length)),
        documents: Int32Array.from({ length: examples }, (_, example) => Math.floor(example / length)),
        ranges: Int32Array.from(
          { length: 2 * examples },
          (_, at) => (Math.floor(at / 2) % length) + (at % 2),
        ),
      },
    },
  };
}

/** What a file says of a probe, made up where nothing is given. */
export function probeHeader(
  known: Pick<ProbeHeader, 'fingerprint' | 'width' | 'classes' | 'probe' | 'trained_steps'>,
): ProbeHeader {
  return {
    version: 1,
    model: 'random',
    step: null,
    target: 'made-up',
    level: 3,
    hook: 'blocks.0.hook_resid_post',
    layer: 0,
    accuracy: 0.9,
    ci: [0.8, 0.95],
    majority: 0.5,
    random_init: null,
    random_init_ci: null,
    shuffled: 0.5,
    shuffled_ci: [0.4, 0.6],
    n_train: 200,
    n_test: 60,
    documents_test: 12,
    seed: 1,
    ...known,
  };
}
