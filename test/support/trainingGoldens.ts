// Trainings that PyTorch made (test/parity/training_goldens.py says of what and how).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mapConfiguration } from '../../src/backend/checkpoint/families';
import { readCheckpointHeader } from '../../src/backend/checkpoint/open';
import { takeWeight, type PlacedTensor } from '../../src/backend/checkpoint/placement';
import { planTensors } from '../../src/backend/checkpoint/tensorPlan';
import type { Weights } from '../../src/backend/model/weights';
import type { AdamW } from '../../src/backend/train/optimizer';
import type { TrainSettings } from '../../src/backend/train/recipe';
import type { Batch } from '../../src/backend/train/trainingStep';
import { readSafetensors } from './safetensors';

const FOLDER = join(__dirname, '../fixtures/training');

export const TRAINING_GOLDENS = ['gpt2', 'gpt-neo', 'llama'] as const;

/** Parameters are named and shaped as in transformers, where nothing else is said. */
export interface TrainingGolden {
  /** The checkpoint that the training starts from. */
  checkpoint: string;
  optimizer: AdamW;
  /** Gradients are scaled down to this global norm. Matrices decay, vectors do not. */
  clipNorm: number;
  steps: GoldenStep[];
  /** The same training with each batch in two halves. */
  accumulated: Omit<GoldenStep, 'batch'>[];
  /** L2 norms of each parameter's gradient at the first step, before clipping. */
  gradientNorms: Record<string, number>;
  /** L2 norms after the last step, without parameters that hold a bias of keys: rounding alone decides it. */
  finalNorms: Record<string, number>;
  /** Some whole gradients of the first step, before clipping, named and laid out as our weights. */
  gradients: Weights;
  /** Norms of weights or gradients that are named as ours, to compare with the ones above. */
  norms(weights: ReadonlyMap<string, { data: ArrayLike<number> }>): Record<string, number>;
}

export interface GoldenStep {
  batch: Batch;
  /** Before the update, as is the norm; that one before clipping. */
  loss: number;
  gradientNorm: number;
  learningRate: number;
}

type GoldenFile = Pick<TrainingGolden, 'gradientNorms' | 'finalNorms' | 'accumulated'> & {
  optimizer: Omit<AdamW, 'kind'> & { clipNorm: number };
  steps: Omit<GoldenStep, 'batch'>[];
};

export async function readTrainingGolden(name: (typeof TRAINING_GOLDENS)[number]): Promise<TrainingGolden> {
  const checkpoint = join(FOLDER, name);
  const text = await readFile(join(checkpoint, 'golden.json'), 'utf8');
  const { optimizer, steps, accumulated, gradientNorms, finalNorms } = JSON.parse(text) as GoldenFile;
  const { clipNorm, ...adam } = optimizer;
  const batches = await readBatches();
  const tensors = await tensorsOf(checkpoint);
  return {
    checkpoint,
    optimizer: { kind: 'adamw', ...adam },
    clipNorm,
    steps: steps.map((step, index) => ({ ...step, batch: batches[index] })),
    accumulated,
    gradientNorms,
    finalNorms,
    gradients: await readGradients(checkpoint, tensors),
    norms: (weights) =>
      Object.fromEntries(
        tensors.map((tensor) => {
          const parts = tensor.weights.map((weight) => sumOfSquares(weights.get(weight.name)!.data));
          return [tensor.name, Math.sqrt(parts.reduce((a, b) => a + b, 0))];
        }),
      ),
  };
}

/** Learning rates of PyTorch's schedulers at steps 1, 2, … */
export interface GoldenSchedule {
  kind: TrainSettings['schedule']['kind'];
  steps: number;
  warmup: number;
  final: number;
  decay: number;
  rates: number[];
}

export async function readGoldenSchedules(): Promise<GoldenSchedule[]> {
  return JSON.parse(await readFile(join(FOLDER, 'schedules.json'), 'utf8')) as GoldenSchedule[];
}

/** One per step. */
async function readBatches(): Promise<Batch[]> {
  const found = await readSafetensors(join(FOLDER, 'batches.safetensors'));
  const [steps, batch, pos] = found.get('tokens')!.shape;
  const ofStep = (name: string, step: number) =>
    Int32Array.from(found.get(name)!.data.subarray(step * batch * pos, (step + 1) * batch * pos));
  return Array.from({ length: steps }, (_, step) => ({
    batch,
    pos,
    tokens: ofStep('tokens', step),
    labels: ofStep('labels', step),
  }));
}

/** The tensors of the checkpoint, and which of our weights lie in each. */
async function tensorsOf(checkpoint: string): Promise<PlacedTensor[]> {
  const path = join(checkpoint, 'config.json');
  const values = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  const { family, configuration } = mapConfiguration(path, values);
  const { tensors } = await readCheckpointHeader(checkpoint);
  return planTensors(family, configuration, new Map(tensors.map((tensor) => [tensor.name, tensor])), path)
    .tensors;
}

async function readGradients(checkpoint: string, tensors: readonly PlacedTensor[]): Promise<Weights> {
  const found = await readSafetensors(join(checkpoint, 'golden.safetensors'));
  return new Map(
    [...found].flatMap(([name, { data }]) =>
      tensors
        .find((tensor) => tensor.name === name)!
        .weights.map(
          (weight) => [weight.name, { shape: weight.shape, data: takeWeight(weight, data) }] as const,
        ),
    ),
  );
}

function sumOfSquares(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value * value, 0);
}
