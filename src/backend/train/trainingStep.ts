// One optimizer step as one run of the engine: forward, backward, clipping and the update of all weights.
import { weightOfShape, type Executable, type Executor, type NamedTensors } from '../engine/executor';
import { differentiate } from '../engine/graph/differentiate';
import { sizeOf, type Shape } from '../engine/graph/dimension';
import type { Tensor, TensorData } from '../engine/graph/graph';
import { mixSeeds } from '../engine/operations';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import { POSITIONS, TOKENS } from '../model/context';
import { DROPOUT_SEED, type DropoutRates } from '../model/dropout';
import { checkIds } from '../model/languageModel';
import { buildTransformer } from '../model/transformer';
import { weightShapes } from '../model/weights';
import { divergence, isFiniteStep } from './divergence';
import { IGNORED, languageModelLoss } from './loss';
import {
  clippingFactor,
  globalNorm,
  optimizerUpdates,
  scalarInputs,
  scalarValues,
  stateNames,
  type Optimizer,
} from './optimizer';
import { PackedWeights, packSmall, packTensor, unpack, type Packed } from './packing';

const LABELS = 'labels';

export interface TrainingOptions {
  optimizer: Optimizer;
  /** Gradients are scaled down to this global norm; Infinity leaves them as they are. */
  clipNorm: number;
  /** Which weights decay. Default: matrices and embeddings, not vectors. */
  decays?: (name: string, shape: readonly number[]) => boolean;
  /** Keeps only the residual stream of each layer for the backward pass: about a fifth more time, for long contexts. */
  recompute?: boolean;
  /** Texts per step and tokens per text, when they are the same at every step. */
  sizes?: { batch: number; pos: number };
  /** The seed and the number of a step decide what it drops: a training that is resumed goes on as it would have. */
  dropout?: DropoutRates & { seed: number };
}

/** Texts of one length, row-major [batch, pos]. */
export interface Batch {
  batch: number;
  pos: number;
  tokens: Int32Array;
  /** The token that follows each position, or `IGNORED`. */
  labels: Int32Array;
}

export interface StepResult {
  /** Mean over the labels that count, in nats, before the update. */
  loss: number;
  /** Global norm of the gradients before clipping. */
  gradientNorm: number;
}

export class TrainingStep {
  private constructor(
    private readonly executable: Executable,
    private readonly packed: PackedWeights,
    private readonly executor: Executor,
    private readonly weights: NamedTensors,
    private readonly configuration: TransformerConfiguration,
    private readonly options: TrainingOptions,
  ) {}

  /**
   * @param weights of the model, by name; the optimizer's state is added to them, at zero where it is missing, and every
   * step puts the new values into this map
   * @throws SubtextError `memory`, `engine-failed`, `graph`
   */
  static async compile(
    executor: Executor,
    configuration: TransformerConfiguration,
    weights: NamedTensors,
    options: TrainingOptions,
  ): Promise<TrainingStep> {
    const { outputs, updates, state, packs } = buildTrainingStep(configuration, options);
    for (const [name, shape] of weightShapes(configuration)) weightOfShape(weights, name, shape);
    const packed = new PackedWeights(packs, weights);
    for (const [name, shape] of state) {
      if (!weights.has(name)) weights.set(name, zeros(shape));
    }
    const { graph } = outputs.get('loss')!;
    const executable = await executor.compile(graph, outputs, weights, {
      updates,
      accepts: isFiniteStep,
      sizes: { ...options.sizes },
    });
    return new TrainingStep(executable, packed, executor, weights, configuration, options);
  }

  /**
   * @param step counted from 1
   * @throws SubtextError `usage` when no label counts; `not-a-number` with the first activation that is not finite: the
   * weights are then as before the step
   */
  async run(batch: Batch, step: number, learningRate: number): Promise<StepResult> {
    const { d_vocab } = this.configuration;
    checkIds(batch.tokens, d_vocab);
    const labels = batch.labels.filter((label) => label !== IGNORED);
    if (labels.length === 0) {
      throw new SubtextError(
        'usage',
        `No label of step ${step} counts`,
        'Give texts of at least two tokens.',
      );
    }
    checkIds(labels, d_vocab);
    const shape = [batch.batch, batch.pos];
    const inputs: NamedTensors = new Map<string, TensorData>([
      [TOKENS, { type: 'int32', shape, data: batch.tokens }],
      [LABELS, { type: 'int32', shape, data: batch.labels }],
      [
        POSITIONS,
        { type: 'int32', shape: [batch.pos], data: Int32Array.from({ length: batch.pos }, (_, i) => i) },
      ],
    ]);
    const scalars = scalarValues(this.options.optimizer, step, learningRate);
    for (const [name, value] of Object.entries(scalars)) {
      inputs.set(name, { type: 'float32', shape: [], data: Float32Array.of(value) });
    }
    const { dropout } = this.options;
    if (dropout) {
      const seed = Int32Array.of(mixSeeds(dropout.seed, step));
      inputs.set(DROPOUT_SEED, { type: 'int32', shape: [], data: seed });
    }
    const results = await this.executable.run(inputs);
    const [loss, gradientNorm] = ['loss', 'gradient_norm'].map((name) => results.get(name)!.data[0]);
    if (!isFiniteStep(results)) {
      const { executor, configuration, weights } = this;
      throw await divergence(executor, configuration, weights, inputs, { step, loss, dropout });
    }
    this.packed.refresh();
    return { loss, gradientNorm };
  }

  dispose(): void {
    this.executable.dispose();
  }
}

/** The graph of a step: `loss` and `gradient_norm`, the new weights and state, and the shapes of the state. */
function buildTrainingStep(
  configuration: TransformerConfiguration,
  {
    optimizer,
    clipNorm,
    dropout,
    recompute = false,
    decays = (_, { length }) => length > 1,
  }: TrainingOptions,
): {
  outputs: Map<string, Tensor>;
  updates: Map<string, Tensor>;
  state: Map<string, Shape>;
  packs: Packed[];
} {
  const shapes = weightShapes(configuration);
  const packs = packSmall(shapes, decays);
  const weightOf = unpack(packs);
  const captures = recompute
    ? Array.from({ length: configuration.n_layers }, (_, layer) => `blocks.${layer}.hook_resid_pre`)
    : [];
  const model = buildTransformer(configuration, { captures, dropout }, weightOf);
  const { graph, logits, outputs: kept } = model;
  const labels = graph.input(LABELS, 'int32', ['batch', 'pos']);
  const loss = graph.within('loss', () => languageModelLoss(logits, labels));
  const values = packs.map((pack) => packTensor(graph, pack));
  const single = [...shapes].map(([name, shape]) => weightOf(graph, name, shape));
  const all = differentiate(loss, [...values, ...single], recompute ? [...kept.values()] : undefined);
  const gradients = all.slice(0, values.length);
  const norm = globalNorm(all.slice(values.length));
  const scale = clipNorm === Infinity ? graph.scalar(1) : clippingFactor(norm, clipNorm);
  const parameters = packs.map(({ name, decays }, index) => ({
    name,
    value: values[index],
    gradient: gradients[index],
    decays,
  }));
  const updates = graph.within('optimizer', () =>
    optimizerUpdates(optimizer, parameters, scale, scalarInputs(graph)),
  );
  const state = new Map(
    parameters.flatMap(({ name, value }) =>
      stateNames(optimizer, name).map((key) => [key, value.shape] as const),
    ),
  );
  const outputs = new Map([
    ['loss', loss],
    ['gradient_norm', norm],
  ]);
  return { outputs, updates, state, packs };
}

function zeros(shape: Shape): TensorData {
  const known = shape as number[];
  return { type: 'float32', shape: known, data: new Float32Array(sizeOf(known)) };
}
