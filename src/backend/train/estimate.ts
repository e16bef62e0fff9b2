// What a recipe will cost, before anything is computed.
import type { RunEstimate } from '../../protocol/runs';
import { gigabytes } from '../engine/availableMemory';
import { Plan } from '../engine/executor';
import { sizeOf } from '../engine/graph/dimension';
import { runBytes } from '../engine/footprint';
import { withHalfProducts } from '../engine/graph/halfProducts';
import { STRETCH } from '../engine/halfExecutor';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import { parameterCount } from '../model/weights';
import { loraShapes, type Lora } from './lora';
import { optimizerOf } from './optimizerSettings';
import { withoutLogits } from './loss';
import type { Recipe } from './recipe';
import { buildStepGraph } from './stepGraph';
import { shortCount } from './words';

/** Share of the speed of large products that training steps reach (bench/NOTES.md: A 0.55, B 0.6). */
const EFFICIENCY = 0.5;
/** Seconds that an engine needs for an operation on few numbers. */
const NODE_SECONDS = 4e-6;
/** A step's operations on weights and activations for each layer, about. */
const NODES_PER_LAYER = 120;

/** Bytes of a number that is trained and its optimizer state, in two buffers each; of a weight that stays as it is. */
const TRAINED_BYTES = 6 * 4;
const FIXED_BYTES = 4;

/**
 * Tokens, and seconds where the engine's speed is known.
 * @param speed floating-point operations per second (`measureSpeed`)
 */
export function estimateTime(
  configuration: TransformerConfiguration,
  { train }: Recipe,
  speed?: number,
): Pick<RunEstimate, 'parameters' | 'tokens' | 'seconds'> {
  const parameters = parameterCount(configuration);
  const { steps, batch, context } = train;
  const tokens = steps * batch * context;
  if (speed === undefined) return { parameters, tokens };
  const { n_layers, n_heads, d_head } = configuration;
  // Palm, arXiv 2204.02311, appendix B.
  const operations = tokens * (6 * parameters + 12 * n_layers * n_heads * d_head * context);
  const seconds = operations / (EFFICIENCY * speed) + steps * n_layers * NODES_PER_LAYER * NODE_SECONDS;
  return { parameters, tokens, seconds };
}

/** Bytes that the run's process needs at its largest, about. */
export function estimateMemory(configuration: TransformerConfiguration, recipe: Recipe): number {
  const { train, model } = recipe;
  const lora = 'from' in model && model.lora ? { alpha: model.lora.rank, ...model.lora } : undefined;
  const { graph, outputs, updates } = buildStepGraph(
    configuration,
    {
      optimizer: optimizerOf(train),
      clipNorm: train.clip,
      recompute: train.recompute,
      accumulate: train.accumulate,
      withoutLogits: withoutLogits(configuration, (train.batch / train.accumulate) * train.context),
      lora,
      pos: train.context,
    },
    'update',
  );
  const sizes = new Map([
    ['batch', train.batch / train.accumulate],
    ['pos', train.context],
  ]);
  const weights = parameterCount(configuration);
  const held = lora
    ? weights * FIXED_BYTES + adapterCount(configuration, lora) * TRAINED_BYTES
    : weights * TRAINED_BYTES;
  const plan = new Plan(graph, outputs, updates);
  const halved = train.precision === 'float16' ? withHalfProducts(plan, sizes, STRETCH) : undefined;
  return held + runBytes(halved ? new Plan(halved.graph, halved.outputs, halved.updates) : plan, sizes);
}

function adapterCount(configuration: TransformerConfiguration, lora: Lora): number {
  return [...loraShapes(configuration, lora).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/**
 * @param available bytes of the memory that it will be trained in
 * @throws SubtextError `memory`, before any is taken, when a run of this recipe would not fit
 */
export function checkMemory(
  configuration: TransformerConfiguration,
  recipe: Recipe,
  available: number,
): void {
  const needed = estimateMemory(configuration, recipe);
  if (needed <= available) return;
  const { batch, context } = recipe.train;
  throw new SubtextError(
    'memory',
    `About ${gigabytes(needed)} of memory are needed to train ${shortCount(parameterCount(configuration))} parameters with ${batch} texts of ${context} tokens; ${gigabytes(available)} are free`,
    'Lower train.batch or train.context, set train.accumulate or train.recompute, or choose a smaller model.',
  );
}
