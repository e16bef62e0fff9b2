// The model that a run begins with: new, or a checkpoint that it goes on from.
import { openCheckpoint, readCheckpointHeader } from '../checkpoint/open';
import { vocabularyOf, type TrainingData } from '../data/training';
import type { NamedTensors } from '../engine/executor';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import type { WeightSource } from '../model/transformer';
import { weightShapes, type Weights } from '../model/weights';
import { configurationOf, initialWeights } from './architectures';
import { adapted, initialLora, loraShapes, mergedWeights, type Lora } from './lora';
import type { Recipe } from './recipe';

export interface StartingModel {
  configuration: TransformerConfiguration;
  /** By name, those of adapters too. */
  weights: NamedTensors;
  lora?: Lora;
  /** Where an inspection of the model takes its weights from, if not by name. */
  source?: WeightSource;
}

/** What a recipe trains, before anything is read or made. @throws SubtextError as `readCheckpointHeader`, `vocabularyOf` */
export async function configurationToTrain({
  model,
  train,
  ...rest
}: Recipe): Promise<TransformerConfiguration> {
  if ('from' in model) return (await readCheckpointHeader(model.from)).configuration;
  return configurationOf(model, train.context, vocabularyOf({ model, train, ...rest }));
}

/** @throws SubtextError `recipe` where data and checkpoint do not fit; as `openCheckpoint` */
export async function startingModel({ model, train }: Recipe, data: TrainingData): Promise<StartingModel> {
  if (!('from' in model)) {
    const configuration = configurationOf(model, train.context, data.vocabulary);
    return {
      configuration,
      weights: tensors(initialWeights(configuration, model.initial_deviation, train.seed)),
    };
  }
  const { configuration, weights } = await openCheckpoint(model.from);
  const { d_vocab, n_ctx } = configuration;
  if (data.vocabulary > d_vocab) {
    throw new SubtextError(
      'recipe',
      `The data has a vocabulary of ${data.vocabulary}, the model in ${model.from} one of ${d_vocab}`,
      'Use the tokenizer of the model (leave tokenizer out), or train a new model.',
    );
  }
  if (train.context > n_ctx) {
    throw new SubtextError(
      'recipe',
      `train.context is ${train.context}, but the model in ${model.from} takes ${n_ctx} tokens at most`,
      `Set train.context to ${n_ctx} or less.`,
    );
  }
  if (!model.lora) return { configuration, weights: tensors(weights) };
  const { rank, alpha = rank, matrices } = model.lora;
  const lora = { rank, alpha, matrices };
  if (loraShapes(configuration, lora).size === 0) {
    throw new SubtextError(
      'recipe',
      `The model in ${model.from} has none of the matrices ${matrices.join(', ')}`,
      'Name others in model.lora.matrices.',
    );
  }
  const all = new Map([...weights, ...initialLora(configuration, lora, train.seed)]);
  const byName: WeightSource = (graph, name, shape) => graph.weight(name, shape);
  return { configuration, weights: tensors(all), lora, source: adapted(lora, byName, byName) };
}

/** The weights as a checkpoint holds them. */
export function checkpointWeights({ configuration, weights, lora }: StartingModel): Weights {
  if (lora) return mergedWeights(configuration, lora, weights);
  return new Map(
    [...weightShapes(configuration)].map(([name, shape]) => {
      return [name, { shape, data: weights.get(name)!.data as Float32Array }];
    }),
  );
}

function tensors(weights: Weights): NamedTensors {
  return new Map([...weights].map(([name, { shape, data }]) => [name, { type: 'float32', shape, data }]));
}
