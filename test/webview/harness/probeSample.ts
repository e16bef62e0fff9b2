// Folders of probes with made-up accuracies, for looks that no small model gives.
import type { ProbeFolder, ProbeResult } from '../../../src/protocol/probes';
import { seededRandom } from '../../../src/backend/random';

export interface ProbeSampleOptions {
  name?: string;
  models?: { model: string; step: number | null }[];
  /** A target without levels has one panel. */
  targets?: { target: string; levels?: number[]; classes?: string[] }[];
  layers?: number;
  /** Half the width of intervals. */
  interval?: number;
  /** The best accuracy. */
  best?: number;
  controls?: boolean;
}

/** Accuracies that rise from layer to layer, deeper levels first. */
export function makeProbes(options: ProbeSampleOptions = {}): ProbeFolder {
  const { name = 'cfg-ancestor', layers = 4, interval = 0.02, best = 0.97, controls = true } = options;
  const { models = [{ model: 'cfg', step: null }], targets = [{ target: 'ancestor', levels: [2, 3, 4] }] } =
    options;
  const random = seededRandom(7);
  const probes = models.flatMap(({ model, step }, which) =>
    Array.from({ length: layers }, (_, layer) =>
      targets.flatMap(({ target, levels = [null], classes = ['7', '8', '9'] }) =>
        levels.map((level: number | null): ProbeResult => {
          const majority = 0.4 + (level ?? 3) * 0.04;
          const depth = (layer + 1) / layers;
          const trained = step === null ? 1 : step / (step + 400);
          const gain = (best - majority) * (1 - Math.exp(-3 * depth * (0.4 + (level ?? 4) * 0.15))) * trained;
          const accuracy = Math.min(1, majority + gain - which * 0.02 + (random() - 0.5) * 0.01);
          const hook = `blocks.${layer}.hook_resid_post`;
          const untrained = majority + (accuracy - majority) * 0.35;
          const shuffled = majority - 0.01 + random() * 0.02;
          const around = (value: number): [number, number] => [
            Math.max(0, value - interval),
            Math.min(1, value + interval),
          ];
          return {
            model,
            step,
            target,
            level,
            layer,
            hook,
            kind: 'multi-head',
            accuracy,
            ci: around(accuracy),
            majority,
            random_init: controls ? untrained : null,
            random_init_ci: controls ? around(untrained) : null,
            shuffled: controls ? shuffled : null,
            shuffled_ci: controls ? around(shuffled) : null,
            n_train: 42_000,
            n_test: 12_345,
            documents_test: 800,
            classes,
            file: `${model}-${target}-${level}-${hook}.probe.safetensors`.replaceAll(' ', '-'),
          };
        }),
      ),
    ).flat(),
  );
  return { path: `/probes/${name}.probes`, name, probes, testFile: `/probes/${name}.probes/test.cfgtext` };
}
