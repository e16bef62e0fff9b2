// What is measured of a model while it trains: its loss on data that it is never trained on, and texts that it writes.
import type { RunSample } from '../../protocol/runs';
import { NOT_CANCELLED } from '../cancellation';
import type { TokenSource } from '../data/source';
import type { TrainingData } from '../data/training';
import type { Executable, Executor, NamedTensors } from '../engine/executor';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import { POSITIONS, TOKENS } from '../model/context';
import { generate } from '../model/generate';
import type { LanguageModel } from '../model/languageModel';
import { buildTransformer, type WeightSource } from '../model/transformer';
import { batchOf, type BatchShape, type Masking } from './batches';
import { languageModelLoss, lossesWithoutLogits, withoutLogits } from './loss';
import type { TrainSettings } from './recipe';
import { LABELS } from './stepGraph';
import type { Batch } from './trainingStep';

export class Evaluation {
  private constructor(
    private readonly executable: Executable,
    private readonly batches: readonly Batch[],
  ) {}

  /**
   * @param weights are read anew with every measurement
   * @param source of the batches, which stay the same from one measurement to the next
   */
  static async compile(
    executor: Executor,
    configuration: TransformerConfiguration,
    weights: NamedTensors,
    weightOf: WeightSource | undefined,
    source: TokenSource,
    { count, shape, masking }: { count: number; shape: BatchShape; masking?: Masking },
  ): Promise<Evaluation> {
    const request = { captures: [], pos: shape.pos };
    const { graph, logits, unembedding } = buildTransformer(configuration, request, weightOf);
    const labels = graph.input(LABELS, 'int32', ['batch', 'pos']);
    const loss = withoutLogits(configuration, shape.batch * shape.pos)
      ? lossesWithoutLogits(unembedding, labels).loss
      : languageModelLoss(logits, labels);
    const outputs = new Map([['loss', loss]]);
    const executable = await executor.compile(graph, outputs, weights, { sizes: { ...shape } });
    const batches = Array.from({ length: count }, (_, index) => batchOf(source, shape, index, masking));
    return new Evaluation(executable, batches);
  }

  /**
   * Mean cross-entropy over the batches, nats per token.
   * @param step after which it is measured
   * @throws SubtextError `not-a-number` where it is not finite
   */
  async loss(step: number): Promise<number> {
    let sum = 0;
    for (const { batch, pos, tokens, labels } of this.batches) {
      const positions = Int32Array.from({ length: pos }, (_, index) => index);
      const results = await this.executable.run(
        new Map([
          [TOKENS, { type: 'int32', shape: [batch, pos], data: tokens }],
          [LABELS, { type: 'int32', shape: [batch, pos], data: labels }],
          [POSITIONS, { type: 'int32', shape: [pos], data: positions }],
        ]),
      );
      sum += results.get('loss')!.data[0];
    }
    if (Number.isFinite(sum)) return sum / this.batches.length;
    throw new SubtextError(
      'not-a-number',
      `The validation loss after step ${step} is NaN or infinite`,
      'Lower train.learning_rate, or clip gradients to a smaller norm (train.clip), and go on from a checkpoint before the loss rose.',
    );
  }

  dispose(): void {
    this.executable.dispose();
  }
}

/** Texts that the model writes at a step: the same seeds at every evaluation, so that one sees them change. */
export async function writeSamples(
  model: LanguageModel,
  data: TrainingData,
  { samples, seed }: Pick<TrainSettings, 'samples' | 'seed'>,
): Promise<RunSample[]> {
  const { count, max_tokens: maxTokens, prompt, temperature } = samples;
  // An encoder writes nothing.
  if (!model.configuration.causal) return [];
  const begin = data.promptIds(prompt);
  const written: RunSample[] = [];
  for (let index = 0; index < count; index++) {
    const options = { maxTokens, temperature, seed: seed + index, stopIds: new Set([data.endOfText]) };
    const ids = [...begin];
    for await (const id of generate(model, begin, options, NOT_CANCELLED)) ids.push(id);
    written.push(data.judge(data.tokenizer.decode(ids)));
  }
  return written;
}
