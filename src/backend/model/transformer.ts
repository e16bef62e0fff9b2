// The transformer as a graph, from token ids to logits. Reads top to bottom; shapes stand at each step.
import { Graph, type Tensor } from '../engine/graph/graph';
import { add, cast, gather, logSoftmax, matmul, slice, subtract } from '../engine/operations';
import { Attention } from './attention';
import type { TransformerConfiguration } from './configuration';
import { DropoutPoints, type DropoutRates } from './dropout';
import { checkHookNames, HookPoints, type Intervention } from './hooks';
import { POSITIONS, TOKENS, type ModelContext } from './context';
import { ACTIVATIONS, mlp } from './mlp';
import { norm } from './norm';
import { watched, watchName } from './watch';
import { weightShapes } from './weights';

export type CaptureType = 'float32' | 'float16';

/** What is wanted of a forward pass; together with the configuration it determines the graph. */
export interface ForwardRequest {
  /** Activation names, and any of the `ReadoutName`s. */
  captures: readonly string[];
  interventions?: readonly Intervention[];
  /**
   * With a cache the run continues a text: keys and values of what came before are inputs, all of them outputs, and readouts
   * are those of the last token alone.
   */
  cached?: boolean;
  /** The type that captures are given in: float16 takes half the memory and keeps three digits. */
  as?: CaptureType;
  /** Texts may be shorter than `pos`: their lengths are one more input, and nothing looks at what lies behind them. */
  padded?: boolean;
  /** Tokens of each text, where all have the same number and count their positions from the first: what no token sees is left out. */
  pos?: number;
  /** Also watches every activation on the way for NaN and infinity: `firstNotFinite` of the outputs names the first. */
  watch?: boolean;
  /** In training: then `dropout_seed`, int32 [], is one more input. */
  dropout?: DropoutRates;
}

/** Where a graph takes its weights from; asked for the same name it gives the same tensor. */
export type WeightSource = (graph: Graph, name: string, shape: readonly number[]) => Tensor;

/** How logits are made: input·weight + bias. */
export interface Unembedding {
  /** [batch, pos, d_model]; [batch, 1, d_model] with a cache */
  input: Tensor;
  /** [d_model, d_vocab], or as the embedding that it is tied to, [d_vocab, d_model]. */
  weight: Tensor;
  tied: boolean;
  bias?: Tensor;
}

/** What can be asked for besides activations, `[batch, pos, d_vocab]` each; `[batch, 1, d_vocab]` with a cache. */
export type ReadoutName = 'logits' | 'log_probs';

const READOUTS = new Set<string>(['logits', 'log_probs'] satisfies ReadoutName[]);

/**
 * Builds the graph of one forward pass.
 *
 * Inputs: `tokens` int32 [batch, pos], `positions` int32 [pos]; with a cache also `key_positions` int32 [past+pos] and
 * per layer keys and values [batch, n_key_value_heads, d_head, past]; padded `lengths` int32 [batch]; with dropout
 * `dropout_seed` int32 [].
 * @param weightOf from the engine, by name, unless a trainer keeps them otherwise
 * @returns the graph, its outputs by name (the captures and, with a cache, its new state), and the logits, or what they
 * are made of, for whoever goes on with them
 * @throws SubtextError `hook` when a name does not exist in this model
 */
export function buildTransformer(
  configuration: TransformerConfiguration,
  request: ForwardRequest,
  weightOf: WeightSource = (graph, name, shape) => graph.weight(name, shape),
): { graph: Graph; outputs: Map<string, Tensor>; logits: Tensor; unembedding: Unembedding } {
  const graph = new Graph();
  const interventions = request.interventions ?? [];
  const activations = request.captures.filter((name) => !READOUTS.has(name));
  checkHookNames(configuration, [...activations, ...interventions.map(({ hook }) => hook)]);
  const hooks = new HookPoints(new Set(activations), interventions, request.watch);
  const shapes = weightShapes(configuration);
  const weights = {
    get: (name: string): Tensor => weightOf(graph, name, shapes.get(name)!),
    find: (name: string): Tensor | undefined => (shapes.has(name) ? weights.get(name) : undefined),
  };
  const dropout = new DropoutPoints(graph, request.dropout);
  const { cached = false, padded = false, pos } = request;
  const context = { configuration, graph, hooks, dropout, weights, cached, padded, pos };
  const outputs = new Map<string, Tensor>();

  let residual = graph.within('embed', () => embed(context)); // [batch, pos, d_model]
  const attention = new Attention(context);
  for (let layer = 0; layer < configuration.n_layers; layer++) {
    residual = graph.within(`blocks.${layer}`, () => block(context, attention, layer, residual, outputs));
  }
  const normalized =
    configuration.block === 'post-norm'
      ? residual
      : graph.within('ln_final', () => norm(context, 'ln_final', residual));

  const read = cached ? slice(normalized, 1, -1, 0) : normalized;
  const unembedding = graph.within('unembed', () => unembeddingOf(context, read));
  const logits = graph.within('unembed', () => unembed(unembedding)); // [batch, pos or 1, d_vocab]
  const captured = new Map(hooks.captured);
  if (request.captures.includes('logits')) captured.set('logits', logits);
  if (request.captures.includes('log_probs')) captured.set('log_probs', logSoftmax(logits));
  const { as = 'float32' } = request;
  for (const [name, tensor] of captured) outputs.set(name, as === tensor.type ? tensor : cast(tensor, as));
  for (const [name, tensor] of hooks.watches) outputs.set(watchName(name), tensor);
  if (request.watch) outputs.set(watchName('logits'), watched(logits));
  return { graph, outputs, logits, unembedding };
}

function embed(context: ModelContext): Tensor {
  const { configuration, graph, hooks, dropout, weights } = context;
  const tokens = graph.input(TOKENS, 'int32', ['batch', 'pos']);
  let residual = hooks.at('hook_embed', gather(weights.get('embed.W_E'), tokens));
  if (configuration.position === 'learned') {
    const positions = graph.input(POSITIONS, 'int32', ['pos']);
    residual = add(residual, hooks.at('hook_pos_embed', positionEmbedding(context, positions, tokens)));
  }
  const types = weights.find('token_type_embed.W_token_type');
  if (types) residual = add(residual, slice(types, 0, 0, 1));
  if (configuration.embedding_norm) residual = norm(context, 'embed.ln', residual);
  return dropout.at('embedding', residual);
}

/**
 * `[pos, d_model]`, the same for all texts, which is enough to add it; with the batch axis that TransformerLens
 * gives it where somebody looks at it.
 */
function positionEmbedding({ hooks, weights }: ModelContext, positions: Tensor, tokens: Tensor): Tensor {
  const table = weights.get('pos_embed.W_pos');
  if (!hooks.wants('hook_pos_embed')) return gather(table, positions);
  const zeros = subtract(tokens, tokens);
  return gather(table, add(zeros, positions)); // [batch, pos, d_model]
}

function block(
  context: ModelContext,
  attention: Attention,
  layer: number,
  residual: Tensor,
  outputs: Map<string, Tensor>,
): Tensor {
  const { configuration, graph, hooks, dropout } = context;
  const name = `blocks.${layer}`;
  const before = hooks.at(`${name}.hook_resid_pre`, residual);
  const hasMlp = configuration.d_mlp > 0;
  const normed = (part: 'ln1' | 'ln2', input: Tensor) =>
    graph.within(`${name}.${part}`, () => norm(context, `${name}.${part}`, input));
  const attentionOut = (input: Tensor) =>
    graph.within(`${name}.attn`, () => dropout.at('residual', attention.layer(layer, input, outputs)));
  const mlpOut = (input: Tensor) =>
    graph.within(`${name}.mlp`, () => dropout.at('residual', mlp(context, layer, input)));
  let after: Tensor;
  switch (configuration.block) {
    case 'serial': {
      const attended = add(before, attentionOut(normed('ln1', before)));
      if (!hasMlp) {
        after = attended;
        break;
      }
      const middle = hooks.at(`${name}.hook_resid_mid`, attended);
      after = add(middle, mlpOut(normed('ln2', middle)));
      break;
    }
    case 'parallel': {
      const attended = add(before, attentionOut(normed('ln1', before)));
      after = hasMlp ? add(attended, mlpOut(normed('ln2', before))) : attended;
      break;
    }
    case 'post-norm': {
      const attended = normed('ln1', add(before, attentionOut(before)));
      if (!hasMlp) {
        after = attended;
        break;
      }
      const middle = hooks.at(`${name}.hook_resid_mid`, attended);
      after = normed('ln2', add(middle, mlpOut(middle)));
    }
  }
  return hooks.at(`${name}.hook_resid_post`, after);
}

function unembeddingOf(context: ModelContext, residual: Tensor): Unembedding {
  const { configuration, weights } = context;
  const { tied } = configuration;
  return {
    input: configuration.head_transform ? headTransform(context, residual) : residual,
    weight: weights.get(tied ? 'embed.W_E' : 'unembed.W_U'),
    tied,
    bias: weights.find('unembed.b_U'),
  };
}

function unembed({ input, weight, tied, bias }: Unembedding): Tensor {
  const logits = matmul(input, weight, { transposeB: tied });
  return bias ? add(logits, bias) : logits;
}

function headTransform(context: ModelContext, residual: Tensor): Tensor {
  const { configuration, weights } = context;
  const turned = add(matmul(residual, weights.get('mlm_head.W')), weights.get('mlm_head.b'));
  return norm(context, 'mlm_head.ln', ACTIVATIONS[configuration.activation](turned));
}
