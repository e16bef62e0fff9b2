// One optimizer step as one run of the engine: forward, backward, clipping and the update of all weights.
import {
  allFinite,
  weightOfShape,
  type Executable,
  type Executor,
  type NamedTensors,
} from '../engine/executor';
import { sizeOf, type Shape } from '../engine/graph/dimension';
import type { TensorData } from '../engine/graph/graph';
import { mixSeeds } from '../engine/operations';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import { POSITIONS, TOKENS } from '../model/context';
import { DROPOUT_SEED, type DropoutRates } from '../model/dropout';
import { checkIds } from '../model/languageModel';
import type { WeightSource } from '../model/transformer';
import { weightShapes } from '../model/weights';
import { divergence } from './divergence';
import { IGNORED, withoutLogits } from './loss';
import { afterGoodStep, afterOverflow, FIRST_SCALE, type LossScale } from './lossScale';
import { scalarValues } from './optimizer';
import { PackedWeights } from './packing';
import {
  buildStepGraph,
  isSum,
  LABELS,
  LOSS_SCALE,
  packsOf,
  trainedModel,
  trainedShapes,
  type StepGraph,
  type StepGraphOptions,
} from './stepGraph';

export interface TrainingOptions extends Omit<StepGraphOptions, 'dropout' | 'pos' | 'lossScaled'> {
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
  /** Whether the gradients were too large for float16: then weights and state are as before, and the loss scale is halved. */
  skipped?: true;
  /** In float16: what the loss was multiplied by. */
  lossScale?: number;
}

export class TrainingStep {
  /** Of an engine that computes in float16; part of what a training goes on from. */
  lossScale: LossScale | undefined;
  /** Steps that were asked for and have not answered. */
  private asked = 0;
  /** The loss scale after all of them, should they be good. */
  private expectedScale: LossScale | undefined;

  private constructor(
    private readonly parts: readonly Executable[],
    private readonly packed: PackedWeights,
    private readonly state: ReadonlyMap<string, Shape>,
    private readonly executor: Executor,
    private readonly weights: NamedTensors,
    private readonly configuration: TransformerConfiguration,
    private readonly options: TrainingOptions,
  ) {
    this.lossScale = executor.precision === 'float16' ? FIRST_SCALE : undefined;
  }

  /**
   * @param given with sizes, the loss is computed as these are best
   * @param weights of the model, by name, and with LoRA its adapters; the optimizer's state is added to them, at zero where
   * it is missing, and every step puts the new values into this map
   * @throws SubtextError `memory`, `engine-failed`, `graph`
   */
  static async compile(
    executor: Executor,
    configuration: TransformerConfiguration,
    weights: NamedTensors,
    given: TrainingOptions,
  ): Promise<TrainingStep> {
    const { accumulate = 1, sizes } = given;
    const tokens = sizes ? (sizes.batch / accumulate) * sizes.pos : 0;
    const options = { withoutLogits: withoutLogits(configuration, tokens), ...given };
    const needed = [...weightShapes(configuration), ...trainedShapes(configuration, options)];
    for (const [name, shape] of needed) weightOfShape(weights, name, shape);
    const packed = new PackedWeights(packsOf(configuration, options), weights);
    const lossScaled = executor.precision === 'float16';
    const graphOptions = { ...options, pos: sizes?.pos, lossScaled };
    const update = buildStepGraph(configuration, graphOptions, 'update');
    for (const [name, shape] of update.state) {
      if (!weights.has(name)) weights.set(name, zeros(shape));
    }
    const compile = ({ graph, outputs, updates }: StepGraph) =>
      executor.compile(graph, outputs, weights, {
        updates,
        onlyFinite: true,
        sizes: sizes ? { batch: sizes.batch / accumulate, pos: sizes.pos } : {},
      });
    const last = await compile(update);
    const parts: Executable[] = Array.from({ length: accumulate }, () => last);
    if (accumulate > 1) {
      parts.fill(await compile(buildStepGraph(configuration, graphOptions, 'accumulate')), 0, accumulate - 1);
    }
    return new TrainingStep(parts, packed, update.state, executor, weights, configuration, options);
  }

  /** Where other graphs over the same map take the weights from, as they are after the last step. */
  get source(): WeightSource {
    return trainedModel(this.configuration, this.options);
  }

  /** Names of all that a step carries to the next besides the weights: optimizer state, by tensor that it belongs to. */
  get stateNames(): string[] {
    return [...this.state.keys()];
  }

  /**
   * Whether a step may be asked for before the one before it has answered. Should the engine not make that one, this one
   * fails, and can be asked for again.
   */
  get takesAhead(): boolean {
    return this.executor.takesAhead === true && this.parts.length === 1;
  }

  /**
   * @param batch of as many texts as the parts of a step divide
   * @param step counted from 1
   * @throws SubtextError `usage` when no label of one of the parts counts; `not-a-number` with the first activation that
   * is not finite, in float16 only where a smaller loss scale does not help. After any of them the weights are as before
   */
  async run(batch: Batch, step: number, learningRate: number): Promise<StepResult> {
    const scale = this.asked > 0 ? this.expectedScale : this.lossScale;
    this.expectedScale = scale && afterGoodStep(scale);
    this.asked++;
    try {
      return await this.runParts(batch, step, learningRate, scale);
    } catch (error) {
      this.dropSums();
      throw error;
    } finally {
      this.asked--;
    }
  }

  private async runParts(
    batch: Batch,
    step: number,
    learningRate: number,
    scale: LossScale | undefined,
  ): Promise<StepResult> {
    const { parts } = this;
    let loss = 0;
    let gradientNorm = NaN;
    const lossScale = scale?.scale;
    for (const [index, part] of parts.entries()) {
      const inputs = this.inputs(partOf(batch, index, parts.length), step, index, learningRate, scale);
      const results = await part.run(inputs);
      loss += results.get('loss')!.data[0] / parts.length;
      gradientNorm = results.get('gradient_norm')?.data[0] ?? NaN;
      if (allFinite(results)) continue;
      const smaller = Number.isFinite(loss) && this.lossScale ? afterOverflow(this.lossScale) : undefined;
      if (!smaller) throw await this.diverged(inputs, step, loss);
      this.dropSums();
      this.lossScale = smaller;
      return { loss, gradientNorm, lossScale, skipped: true };
    }
    this.lossScale &&= afterGoodStep(this.lossScale);
    this.packed.refresh();
    return { loss, gradientNorm, lossScale };
  }

  /** Goes on as a training that was at this loss scale; at the first one, where it had none yet. */
  goOnFrom(lossScale?: Partial<LossScale>): void {
    this.lossScale &&= { ...FIRST_SCALE, ...lossScale };
  }

  dispose(): void {
    for (const part of new Set(this.parts)) part.dispose();
  }

  private inputs(
    batch: Batch,
    step: number,
    part: number,
    learningRate: number,
    lossScale: LossScale | undefined,
  ): NamedTensors {
    const { d_vocab } = this.configuration;
    checkIds(batch.tokens, d_vocab);
    const labels = batch.labels.filter((label) => label !== IGNORED);
    if (labels.length === 0) {
      throw new SubtextError(
        'usage',
        `No label of ${this.parts.length > 1 ? `part ${part + 1} of ` : ''}step ${step} counts`,
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
    const updates = step - (lossScale?.skipped ?? 0);
    const scalars = {
      ...scalarValues(this.options.optimizer, updates, learningRate),
      ...(lossScale && { [LOSS_SCALE]: lossScale.scale }),
    };
    for (const [name, value] of Object.entries(scalars)) {
      inputs.set(name, { type: 'float32', shape: [], data: Float32Array.of(value) });
    }
    const { dropout } = this.options;
    if (dropout) {
      const seed = Int32Array.of(mixSeeds(mixSeeds(dropout.seed, step), part));
      inputs.set(DROPOUT_SEED, { type: 'int32', shape: [], data: seed });
    }
    return inputs;
  }

  /** What the parts of a step have summed up that was not finished belongs to no step. */
  private dropSums(): void {
    for (const [name, shape] of this.state) {
      if (isSum(name)) this.weights.set(name, zeros(shape));
    }
  }

  private async diverged(inputs: NamedTensors, step: number, loss: number): Promise<SubtextError> {
    const { executor, configuration, weights, options } = this;
    return divergence(executor, configuration, weights, inputs, {
      step,
      loss,
      dropout: options.dropout,
      source: this.source,
    });
  }
}

/** The rows of a part of a batch, of which there are `parts`. */
function partOf({ batch, pos, tokens, labels }: Batch, part: number, parts: number): Batch {
  const rows = batch / parts;
  const [from, to] = [part * rows * pos, (part + 1) * rows * pos];
  return { batch: rows, pos, tokens: tokens.subarray(from, to), labels: labels.subarray(from, to) };
}

function zeros(shape: Shape): TensorData {
  const known = shape as number[];
  return { type: 'float32', shape: known, data: new Float32Array(sizeOf(known)) };
}
