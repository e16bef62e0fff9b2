// Attention: what each head looks at, and what it moves.
import type { Tensor } from '../engine/graph/graph';
import {
  add,
  attend,
  both,
  cast,
  concatenate,
  gather,
  lessThan,
  matmul,
  multiply,
  repeat,
  reshape,
  slice,
  softmax,
  split,
  sum,
  takeAlong,
  transpose,
  where,
} from '../engine/operations';
import { causalBlocks } from './causalBlocks';
import { cacheName, KEY_POSITIONS, LENGTHS, POSITIONS, TOKENS, type ModelContext } from './context';
import { linear } from './mlp';
import { Positions } from './positions';

/** The attention of all layers of one graph; what depends on positions alone is shared between them. */
export class Attention {
  private readonly positions: Positions;

  constructor(private readonly context: ModelContext) {
    const { graph, configuration, cached, padded } = context;
    const queries = graph.input(POSITIONS, 'int32', ['pos']);
    const keys = cached ? graph.input(KEY_POSITIONS, 'int32', ['past+pos']) : queries;
    const lengths = padded ? graph.input(LENGTHS, 'int32', ['batch']) : undefined;
    this.positions = new Positions(graph, configuration, queries, keys, lengths);
  }

  /**
   * `[batch, pos, d_model]` → the same, what the layer's heads add to the residual stream. Captures q, k, v and z
   * [batch, pos, head, d_head], scores and pattern [batch, head, query_pos, key_pos], result [batch, pos, head,
   * d_model]. With a cache, the layer's new keys and values go to `outputs`.
   */
  layer(layer: number, x: Tensor, outputs: Map<string, Tensor>): Tensor {
    const { configuration, hooks, weights } = this.context;
    const { n_heads, n_key_value_heads, d_head, d_model } = configuration;
    const name = `blocks.${layer}.attn`;
    const shared = n_heads / n_key_value_heads;

    const values = this.remembered(layer, 'values', this.heads(layer, 'V', x), outputs); // [batch, kv, d_head, key]
    const perHead = repeat(values, 1, shared);
    const mixed = this.mixed(layer, x, perHead, outputs); // [batch, head, pos, d_head]
    const z = hooks.at(`${name}.hook_z`, transpose(mixed, [0, 2, 1, 3])); // [batch, pos, head, d_head]

    const resultName = `${name}.hook_result`;
    let out: Tensor;
    if (hooks.wants(resultName)) {
      const outwards = reshape(weights.get(`${name}.W_O`), [n_heads, d_head, d_model]);
      const rows = matmul(transpose(z, [0, 2, 1, 3]), outwards); // [batch, head, pos, d_model]
      const result = hooks.at(resultName, transpose(rows, [0, 2, 1, 3])); // [batch, pos, head, d_model]
      const summed = sum(transpose(result, [0, 1, 3, 2])); // [batch, pos, d_model, 1]
      const bias = weights.find(`${name}.b_O`);
      const flat = reshape(summed, ['batch', 'pos', d_model]);
      out = bias ? add(flat, bias) : flat;
    } else {
      out = linear(this.context, name, 'O', reshape(z, ['batch', 'pos', n_heads * d_head]));
    }
    return hooks.at(`blocks.${layer}.hook_attn_out`, out);
  }

  /** The values `[batch, head, d_head, key]` as each query weighs them, [batch, head, pos, d_head]. */
  private mixed(layer: number, x: Tensor, values: Tensor, outputs: Map<string, Tensor>): Tensor {
    const { hooks, dropout } = this.context;
    const patternName = `blocks.${layer}.attn.hook_pattern`;
    const wantsPattern = hooks.wants(patternName) || dropout.drops('attention');
    if (!wantsPattern && this.mayLeaveOut(layer)) return this.mixedInBlocks(layer, x, values, outputs);
    const scores = this.scores(layer, x, outputs); // [batch, head, pos, key]
    if (!wantsPattern) return attend(scores, values);
    const pattern = dropout.at('attention', hooks.at(patternName, softmax(scores)));
    return matmul(pattern, values, { transposeB: true });
  }

  /** Whether scores that no query sees can be left out: nobody looks at them, and each has a known place. */
  private mayLeaveOut(layer: number): boolean {
    const { configuration, hooks, pos, cached, padded } = this.context;
    const { position, causal } = configuration;
    const byContent = position === 'learned' || position === 'rotary' || position === 'none';
    const unseen = !hooks.wants(`blocks.${layer}.attn.hook_attn_scores`);
    const several = pos !== undefined && causalBlocks(pos, null).length > 1;
    return several && causal && byContent && unseen && !cached && !padded;
  }

  /** As `attend` of all scores, but a block of queries at a time, with the keys that any of them sees. */
  private mixedInBlocks(layer: number, x: Tensor, values: Tensor, outputs: Map<string, Tensor>): Tensor {
    const { configuration, pos } = this.context;
    const window = configuration.windows[layer];
    const blocks = causalBlocks(pos!, window);
    const { q, k } = this.queriesAndKeys(layer, x, outputs);
    const counted = (perHead: Tensor, axis: number) => reshape(perHead, perHead.shape.with(axis, pos!));
    const sizes = blocks.map(({ from, to }) => to - from);
    const queries = split(counted(this.scaled(q), 2), 2, sizes);
    const penalty = this.positions.penalty(window)!;
    // From the last block to the first, each cut from the keys of the one behind it: gradients then add up in fewer passes.
    let [keysBefore, valuesBefore] = [counted(k, 3), counted(values, 3)];
    const mixed: Tensor[] = [];
    for (const [index, { from, to, firstKey }] of [...blocks.entries()].toReversed()) {
      [keysBefore, valuesBefore] = [slice(keysBefore, 3, 0, to), slice(valuesBefore, 3, 0, to)];
      const scores = matmul(queries[index], slice(keysBefore, 3, firstKey, to));
      const own = slice(slice(penalty, 0, from, to), 1, firstKey, to);
      mixed.unshift(attend(add(scores, own), slice(valuesBefore, 3, firstKey, to)));
    }
    return concatenate(mixed as [Tensor, ...Tensor[]], 2);
  }

  /** What the softmax over the keys is taken of, [batch, head, pos, key]. */
  private scores(layer: number, x: Tensor, outputs: Map<string, Tensor>): Tensor {
    const { configuration, graph, hooks } = this.context;
    const window = configuration.windows[layer];
    if (configuration.position === 'uniform') {
      const seen = this.uniformMask(this.positions.mask(window));
      return where(seen, this.zeros(), graph.scalar(-Infinity));
    }
    const scores =
      configuration.position === 'distance-only'
        ? this.distanceScores(layer)
        : this.scoresOf(layer, this.queriesAndKeys(layer, x, outputs));
    // Added, not chosen by condition: over [batch, head, pos, key] that is several times faster.
    const penalty = this.positions.penalty(window);
    const masked = penalty ? add(scores, penalty) : scores;
    return hooks.at(`blocks.${layer}.attn.hook_attn_scores`, masked, scores);
  }

  /** Queries [batch, head, pos, d_head] and keys [batch, head, d_head, key], turned by their positions where a model does that. */
  private queriesAndKeys(layer: number, x: Tensor, outputs: Map<string, Tensor>): { q: Tensor; k: Tensor } {
    const { configuration, hooks } = this.context;
    const { n_heads, n_key_value_heads, rotary, position } = configuration;
    const name = `blocks.${layer}.attn`;
    let queries = this.heads(layer, 'Q', x);
    let keys = this.heads(layer, 'K', x);
    if (position === 'rotary') {
      queries = hooks.at(`${name}.hook_rot_q`, this.positions.rotate(queries, rotary!));
      keys = hooks.at(`${name}.hook_rot_k`, this.positions.rotate(keys, rotary!));
    }
    const remembered = this.remembered(layer, 'keys', keys, outputs);
    return {
      q: transpose(queries, [0, 2, 1, 3]),
      k: repeat(remembered, 1, n_heads / n_key_value_heads),
    };
  }

  private scoresOf(layer: number, { q, k }: { q: Tensor; k: Tensor }): Tensor {
    const queries = this.scaled(q);
    const byContent = matmul(queries, k);
    const relative = this.context.configuration.position === 'relative';
    return relative ? add(byContent, this.relativeScores(layer, queries, this.scaled(k))) : byContent;
  }

  /** A side of the scores times their scale: one pass less over the scores, which are more where texts are long. */
  private scaled(side: Tensor): Tensor {
    const { attention_scale } = this.context.configuration;
    return attention_scale === 1 ? side : multiply(side, side.graph.scalar(attention_scale));
  }

  /** Queries, keys or values of a layer, [batch, pos, head, d_head]. */
  private heads(layer: number, which: 'Q' | 'K' | 'V', x: Tensor): Tensor {
    const { configuration, hooks } = this.context;
    const count = which === 'Q' ? configuration.n_heads : configuration.n_key_value_heads;
    const name = `blocks.${layer}.attn`;
    const projected = linear(this.context, name, which, x);
    const split = reshape(projected, ['batch', 'pos', count, configuration.d_head]);
    return hooks.at(`${name}.hook_${which.toLowerCase()}`, split);
  }

  /**
   * `[batch, pos, head, d_head]` → `[batch, head, d_head, key]`, behind what the cache remembers. They lie across, so that
   * no gradient of theirs is transposed for each product that it comes out of.
   */
  private remembered(
    layer: number,
    which: 'keys' | 'values',
    fresh: Tensor,
    outputs: Map<string, Tensor>,
  ): Tensor {
    const { configuration, graph, cached } = this.context;
    const perHead = transpose(fresh, [0, 2, 3, 1]);
    if (!cached) return perHead;
    const shape = ['batch', configuration.n_key_value_heads, configuration.d_head, 'past'];
    const name = cacheName(layer, which);
    const all = concatenate([graph.input(name, 'float32', shape), perHead], 3);
    outputs.set(name, all);
    return all;
  }

  /** A learned score for each head and distance (arXiv 2305.13673, GPT_pos). */
  private distanceScores(layer: number): Tensor {
    const table = this.context.weights.get(`blocks.${layer}.attn.distance_scores`); // [head, n_ctx]
    const scores = gather(transpose(table, [1, 0]), this.positions.lookback); // [pos, key, head]
    return add(transpose(scores, [2, 0, 1]), this.zeros());
  }

  /** Head h, counted from 1, sees the last 2^h − 1 tokens (ibid., GPT_uni). */
  private uniformMask(mask: Tensor | undefined): Tensor {
    const { configuration, graph } = this.context;
    const widths = Int32Array.from(
      { length: configuration.n_heads },
      (_, head) => 2 ** Math.min(head + 1, 30) - 1,
    );
    const width = graph.constant({ type: 'int32', shape: [configuration.n_heads, 1, 1], data: widths });
    const near = lessThan(this.positions.distances, width); // [head, pos, key]
    return mask ? both(mask, near) : near;
  }

  /** Content against distance: q_i · r_{i−j} + k_j · s_{i−j} of scaled q and k, the latter across, as in DeBERTa (arXiv 2006.03654; 2305.13673 GPT_rel). */
  private relativeScores(layer: number, q: Tensor, k: Tensor): Tensor {
    const { weights } = this.context;
    const name = `blocks.${layer}.attn`;
    const distances = add(this.positions.lookback, cast(this.zeros(), 'int32')); // [batch, head, pos, key]
    const byQuery = matmul(q, weights.get(`${name}.relative_keys`), { transposeB: true }); // [.., pos, n_ctx]
    const relative = weights.get(`${name}.relative_queries`);
    const byKey = matmul(k, relative, { transposeA: true, transposeB: true }); // [.., key, n_ctx]
    const swapped = [0, 1, 3, 2];
    return add(
      takeAlong(byQuery, distances),
      transpose(takeAlong(byKey, transpose(distances, swapped)), swapped),
    );
  }

  /** Zeros [batch, head, 1, 1]: give a batch axis to what is the same for all texts, as TransformerLens has it. */
  private zeros(): Tensor {
    const { graph, configuration } = this.context;
    const tokens = cast(graph.input(TOKENS, 'int32', ['batch', 'pos']), 'float32');
    const perText = multiply(reshape(sum(tokens), ['batch', 1, 1, 1]), graph.scalar(0));
    const shape = [configuration.n_heads, 1, 1];
    return add(
      perText,
      graph.constant({ type: 'float32', shape, data: new Float32Array(configuration.n_heads) }),
    );
  }
}
