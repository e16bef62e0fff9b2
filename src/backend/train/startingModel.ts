// The model that a run begins with: new, or a checkpoint that it goes on from.
import { openCheckpoint, readCheckpointHeader } from '../checkpoint/open';
import { vocabularyOf, type TrainingData } from '../data/training';
import type { NamedTensors } from '../engine/executor';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import type { Tokenizer } from '../tokenizer';
import { weightShapes, type Weights } from '../model/weights';
import { configurationOf, initialWeights } from './architectures';
import { initialLora, loraShapes, mergedWeights, type Lora } from './lora';
import type { Recipe, StartedModel } from './recipe';

export interface StartingModel {
  configuration: TransformerConfiguration;
  /** By name, those of adapters too. */
  weights: NamedTensors;
  lora?: Lora;
}

/**
 * What a recipe trains, before anything is read or made.
 * @throws SubtextError `recipe` where its adapters fit nothing; as `readCheckpointHeader`, `vocabularyOf`
 */
export async function configurationToTrain({
  model,
  train,
  ...rest
}: Recipe): Promise<TransformerConfiguration> {
  if ('from' in model) {
    const { configuration } = await readCheckpointHeader(model.from);
    loraOf(model, configuration);
    return configuration;
  }
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
  const { configuration, weights, tokenizer } = await openCheckpoint(model.from);
  const { d_vocab, n_ctx } = configuration;
  if (data.vocabulary > d_vocab) {
    throw new SubtextError(
      'recipe',
      `The data has a vocabulary of ${data.vocabulary}, the model in ${model.from} one of ${d_vocab}`,
      'Use the tokenizer of the model (leave tokenizer out), or train a new model.',
    );
  }
  if (tokenizer) checkSameTokens(model.from, tokenizer, data);
  if (train.context > n_ctx) {
    throw new SubtextError(
      'recipe',
      `train.context is ${train.context}, but the model in ${model.from} takes ${n_ctx} tokens at most`,
      `Set train.context to ${n_ctx} or less.`,
    );
  }
  const lora = loraOf(model, configuration);
  if (!lora) return { configuration, weights: tensors(weights) };
  const all = new Map([...weights, ...initialLora(configuration, lora, train.seed)]);
  return { configuration, weights: tensors(all), lora };
}

/**
 * A model knows its tokens by their ids alone.
 * @throws SubtextError `recipe` where an id of the data stands for another token in the model
 */
function checkSameTokens(from: string, own: Tokenizer, { tokenizer, vocabulary, mask }: TrainingData): void {
  for (let id = 0; id < vocabulary; id++) {
    // One that was added for an encoder, in a row that the model has left over.
    if (id === mask && id >= own.vocabularySize) continue;
    const [token, known] = [tokenizer.piece(id), own.piece(id)];
    if (token === known) continue;
    throw new SubtextError(
      'recipe',
      `Token ${id} of the data is ${JSON.stringify(token)}, but ${JSON.stringify(known)} in the model in ${from}`,
      'Use data and the tokenizer of the model (leave tokenizer out), or train a new model.',
    );
  }
}

/** @throws SubtextError `recipe` where the model has none of the matrices */
function loraOf({ from, lora }: StartedModel, configuration: TransformerConfiguration): Lora | undefined {
  if (!lora) return undefined;
  const { rank, alpha = rank, matrices } = lora;
  const found = { rank, alpha, matrices };
  if (loraShapes(configuration, found).size > 0) return found;
  throw new SubtextError(
    'recipe',
    `The model in ${from} has none of the matrices ${matrices.join(', ')}`,
    'Name others in model.lora.matrices.',
  );
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
