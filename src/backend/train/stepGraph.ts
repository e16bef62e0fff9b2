// The graph of an optimizer step: forward, loss, gradients, clipping and the update of all that is trained.
import { differentiate } from '../engine/graph/differentiate';
import type { Shape } from '../engine/graph/dimension';
import type { Graph, Tensor } from '../engine/graph/graph';
import { add, divide, multiply, zerosLike } from '../engine/operations';
import type { TransformerConfiguration } from '../model/configuration';
import type { DropoutRates } from '../model/dropout';
import { buildTransformer, type WeightSource } from '../model/transformer';
import { weightShapes } from '../model/weights';
import { adapted, loraShapes, type Lora } from './lora';
import { languageModelLoss, lossesWithoutLogits, zLoss as zLossOf } from './loss';
import {
  clippingFactor,
  globalNorm,
  optimizerUpdates,
  scalarInputs,
  stateNames,
  type Optimizer,
} from './optimizer';
import { packSmall, packTensor, unpack, type Packed } from './packing';

export const LABELS = 'labels';
export const LOSS_SCALE = 'loss_scale';

export interface StepGraphOptions {
  optimizer: Optimizer;
  /** Gradients are scaled down to this global norm; Infinity leaves them as they are. */
  clipNorm: number;
  /** Which weights decay. Default: matrices and embeddings, not vectors. */
  decays?: (name: string, shape: readonly number[]) => boolean;
  /** Keeps only the residual stream of each layer for the backward pass: about a fifth more time, for long contexts. */
  recompute?: boolean;
  /** Weight of log²Z in what is minimised; the loss that is reported is without it. */
  zLoss?: number;
  dropout?: DropoutRates;
  /** Trains adapters beside weights that stay as they are. */
  lora?: Lora;
  /** Tokens of each text, where all steps have the same. */
  pos?: number;
  /** Computes the loss without whole logits, for many tokens of a large vocabulary (`withoutLogits`). */
  withoutLogits?: boolean;
  /** The loss is multiplied by an input before the backward pass, and the gradients divided by it (`lossScale.ts`). */
  lossScaled?: boolean;
  /** How many parts of equal size a step's texts are computed in, one after the other. */
  accumulate?: number;
}

/** A part before the last adds its gradients to what the parts before gave; the last one updates. */
export type StepPart = 'accumulate' | 'update';

export interface StepGraph {
  graph: Graph;
  /** `loss`, and of an update `gradient_norm`, before clipping. */
  outputs: Map<string, Tensor>;
  updates: Map<string, Tensor>;
  /** Shapes of all that is carried from step to step besides the weights. */
  state: Map<string, Shape>;
}

export function trainedShapes(
  configuration: TransformerConfiguration,
  { lora }: StepGraphOptions,
): Map<string, number[]> {
  return lora ? loraShapes(configuration, lora) : weightShapes(configuration);
}

export function packsOf(configuration: TransformerConfiguration, options: StepGraphOptions): Packed[] {
  const { decays = (_, { length }) => length > 1 } = options;
  return packSmall(trainedShapes(configuration, options), decays);
}

/** Where a graph takes the weights of the model that is trained from: its packs, and with LoRA its adapters. */
export function trainedModel(
  configuration: TransformerConfiguration,
  options: StepGraphOptions,
): WeightSource {
  return adaptedBy(options.lora, unpack(packsOf(configuration, options)));
}

function adaptedBy(lora: Lora | undefined, trained: WeightSource): WeightSource {
  return lora ? adapted(lora, byName, trained) : trained;
}

export function buildStepGraph(
  configuration: TransformerConfiguration,
  options: StepGraphOptions,
  part: StepPart,
): StepGraph {
  const { optimizer, clipNorm, dropout, recompute = false, lora, accumulate = 1, pos } = options;
  const packs = packsOf(configuration, options);
  const trained = unpack(packs);
  const weightOf = adaptedBy(lora, trained);
  const captures = recompute
    ? Array.from({ length: configuration.n_layers }, (_, layer) => `blocks.${layer}.hook_resid_pre`)
    : [];
  const model = buildTransformer(configuration, { captures, dropout, pos }, weightOf);
  const { graph, logits, outputs: kept } = model;
  const labels = graph.input(LABELS, 'int32', ['batch', 'pos']);
  const { loss, zLoss } = graph.within('loss', () =>
    options.withoutLogits
      ? lossesWithoutLogits(model.unembedding, labels)
      : {
          loss: languageModelLoss(logits, labels),
          zLoss: options.zLoss ? zLossOf(logits, labels) : undefined,
        },
  );
  const summand = options.zLoss && zLoss ? add(loss, multiply(zLoss, graph.scalar(options.zLoss))) : loss;
  const lossScale = options.lossScaled ? graph.input(LOSS_SCALE, 'float32', []) : undefined;
  const minimised = lossScale ? multiply(summand, lossScale) : summand;
  const values = packs.map((pack) => packTensor(graph, pack));
  const single = [...trainedShapes(configuration, options)].map(([name, shape]) =>
    trained(graph, name, shape),
  );
  const all = differentiate(minimised, [...values, ...single], recompute ? [...kept.values()] : undefined);
  const own = all.slice(0, values.length);
  const outputs = new Map([['loss', loss]]);
  const sums =
    accumulate === 1 ? [] : packs.map(({ name }, index) => graph.weight(sumName(name), values[index].shape));
  const summed = sums.length > 0 ? own.map((gradient, index) => add(sums[index], gradient)) : own;
  const state = new Map(sums.map((sum, index) => [sumName(packs[index].name), sum.shape]));
  if (part === 'accumulate') {
    return {
      graph,
      outputs,
      updates: new Map(packs.map(({ name }, index) => [sumName(name), summed[index]])),
      state,
    };
  }
  // Of a step in one part the norm is that of the single weights' gradients: these come in the order of the backward pass.
  const ofEach = graph.scalar(1 / accumulate);
  const share = lossScale ? divide(ofEach, lossScale) : ofEach;
  const norm = multiply(globalNorm(sums.length > 0 ? summed : all.slice(values.length)), share);
  const clip = clipNorm === Infinity ? graph.scalar(1) : clippingFactor(norm, clipNorm);
  const parameters = packs.map(({ name, decays }, index) => ({
    name,
    value: values[index],
    gradient: summed[index],
    decays,
  }));
  const scale = multiply(clip, share);
  const updates = graph.within('optimizer', () =>
    optimizerUpdates(optimizer, parameters, scale, scalarInputs(graph)),
  );
  packs.forEach(({ name }, index) => {
    if (sums.length > 0) updates.set(sumName(name), zerosLike(sums[index]));
    for (const key of stateNames(optimizer, name)) state.set(key, values[index].shape);
  });
  outputs.set('gradient_norm', norm);
  return { graph, outputs, updates, state };
}

function sumName(parameter: string): string {
  return `accumulated.${parameter}`;
}

/** Whether a state is the sum of gradients over the parts of a step. */
export function isSum(name: string): boolean {
  return name.startsWith('accumulated.');
}

/** Those that stay as they are lie under their own names. */
const byName: WeightSource = (graph, name, shape) => graph.weight(name, shape);
