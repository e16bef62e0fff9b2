// The way from a logit back to everything that was added to the residual stream.
import type { LogitComponent } from '../../../protocol/attribution';
import type { LanguageModel } from '../../model/languageModel';
import { dot, dotRow } from './dot';
import type { Place } from './place';

/** One addend of a logit. `stage`: 0 = there before the first block, l + 1 = added in block l. */
export interface Addend {
  stage: number;
  value: number;
}

export interface Contribution extends Addend {
  component: LogitComponent;
}

export interface Constant extends Addend {
  name: string;
}

/**
 * Takes the direction of a logit, [d_model], backwards through the model. What a part wrote to the stream, times the
 * direction as it is there, is what the part adds to the logit; norms are linear once their scale is given, and here it
 * is that of the run. Between a part and the logits only norms and the stream are counted, no other parts (the direct
 * path of "A Mathematical Framework for Transformer Circuits", Elhage et al. 2021, "logit attribution").
 *
 * Interventions on the way are followed: what they scale, they scale for everything upstream; what they add is an
 * addend of its own, unless it is added to one MLP or head.
 */
export class LogitPath {
  /** In the order of the model. */
  readonly contributions: Contribution[] = [];
  /** Biases. */
  readonly constants: Constant[] = [];
  /** By layer the direction at the output of the MLP's matrix, for its neurons. */
  readonly mlpDirections: Float64Array[] = [];
  private stage = 0;

  /**
   * @param direction what one step along each axis, behind the final norm, adds to the logit
   * @param bias of the unembedding
   */
  constructor(
    private readonly model: LanguageModel,
    private readonly place: Place,
    private direction: Float64Array,
    bias: number,
  ) {
    const { n_layers, block, d_mlp, embedding_norm, biases } = model.configuration;
    if (biases.unembed) this.constants.push({ name: 'unembed.b_U', stage: 0, value: bias });
    const postNorm = block === 'post-norm';
    if (!postNorm) this.throughNorm('ln_final');
    for (let layer = n_layers - 1; layer >= 0; layer--) {
      const name = `blocks.${layer}`;
      this.stage = layer + 1;
      this.throughChanges(`${name}.hook_resid_post`);
      if (d_mlp > 0) {
        if (postNorm) this.throughNorm(`${name}.ln2`);
        this.mlp(layer);
        if (block !== 'parallel') this.throughChanges(`${name}.hook_resid_mid`);
      }
      if (postNorm) this.throughNorm(`${name}.ln1`);
      this.attention(layer);
      this.throughChanges(`${name}.hook_resid_pre`);
    }
    this.stage = 0;
    if (embedding_norm) this.throughNorm('embed.ln');
    this.embedding();
    this.contributions.reverse();
    this.constants.reverse();
  }

  private embedding(): void {
    if (this.place.has('hook_pos_embed'))
      this.add({ kind: 'position', layer: -1 }, this.along('hook_pos_embed'));
    this.add({ kind: 'embedding', layer: -1 }, this.along('hook_embed'));
    const types = this.weight('token_type_embed.W_token_type');
    if (types) this.constant('token_type_embed.W_token_type', dotRow(types, 0, this.direction));
  }

  private attention(layer: number): void {
    const { n_heads, d_head } = this.model.configuration;
    const before = this.direction;
    this.throughChanges(`blocks.${layer}.hook_attn_out`);
    const name = `blocks.${layer}.attn`;
    const bias = this.weight(`${name}.b_O`);
    if (bias) this.constant(`${name}.b_O`, dot(bias, this.direction));
    const outwards = this.weight(`${name}.W_O`)!; // [head · d_head, d_model]
    const result = `${name}.hook_result`;
    for (let head = n_heads - 1; head >= 0; head--) {
      let value = 0;
      if (this.place.has(result)) {
        value = dotRow(this.place.activation(result), head, this.direction);
      } else {
        const z = this.place.activation(`${name}.hook_z`);
        for (let at = head * d_head; at < (head + 1) * d_head; at++) {
          value += z[at] * dotRow(outwards, at, this.direction);
        }
      }
      this.add({ kind: 'head', layer, head }, value);
    }
    this.direction = before;
  }

  private mlp(layer: number): void {
    const before = this.direction;
    const hook = `blocks.${layer}.hook_mlp_out`;
    const whole = this.along(hook);
    // What is added to or put in the place of an MLP's output counts as the MLP's own.
    this.throughChanges(hook, false);
    this.mlpDirections[layer] = this.direction;
    const bias = this.mlpBias(layer);
    if (bias !== undefined) this.constant(`blocks.${layer}.mlp.b_out`, bias);
    this.add({ kind: 'mlp', layer }, whole - (bias ?? 0));
    this.direction = before;
  }

  /** What the bias of an MLP adds; that of each expert as much as the expert counts here. */
  private mlpBias(layer: number): number | undefined {
    const name = `blocks.${layer}.mlp`;
    const bias = this.weight(`${name}.b_out`);
    if (!bias) return undefined;
    const routing = `${name}.hook_expert_weights`;
    if (!this.place.has(routing)) return dot(bias, this.direction);
    return this.place
      .activation(routing)
      .reduce((sum, share, expert) => sum + share * dotRow(bias, expert, this.direction), 0);
  }

  /** From behind a norm to before it. */
  private throughNorm(name: string): void {
    const offset = this.weight(`${name}.b`);
    if (offset) this.constant(`${name}.b`, dot(offset, this.direction));
    const gain = this.weight(`${name}.w`)!;
    this.direction = this.direction.map((value, i) => value * gain[i]);
    this.throughChanges(`${name}.hook_normalized`);
    const scale =
      name === 'embed.ln' ? this.embeddingScale() : this.place.activation(`${name}.hook_scale`)[0];
    const { norm, d_model } = this.model.configuration;
    const mean = norm === 'layer' ? this.direction.reduce((sum, value) => sum + value, 0) / d_model : 0;
    this.direction = this.direction.map((value) => (value - mean) / scale);
  }

  /** That of the norm behind the embeddings, which is no activation. */
  private embeddingScale(): number {
    const { d_model, norm, norm_epsilon } = this.model.configuration;
    const types = this.weight('token_type_embed.W_token_type');
    const positions = this.place.has('hook_pos_embed') ? this.place.activation('hook_pos_embed') : undefined;
    const sum = Float64Array.from(
      this.place.activation('hook_embed'),
      (value, i) => value + (positions?.[i] ?? 0) + (types?.[i] ?? 0),
    );
    const mean = norm === 'layer' ? sum.reduce((total, value) => total + value, 0) / d_model : 0;
    const squares = sum.reduce((total, value) => total + (value - mean) ** 2, 0);
    return Math.sqrt(squares / d_model + norm_epsilon);
  }

  /** From behind the interventions at an activation to before them. */
  private throughChanges(hook: string, counts = true): void {
    const changes = this.place.changesAt(hook, this.direction.length).reverse();
    let added = 0;
    for (const { kind, value } of changes) {
      if (kind !== 'scale') added += dot(value, this.direction);
      if (kind === 'scale') this.direction = this.direction.map((each, i) => each * value[i]);
      if (kind === 'feed') this.direction = this.direction.map(() => 0);
    }
    if (counts && changes.some(({ kind }) => kind !== 'scale')) {
      this.add({ kind: 'change', layer: this.stage - 1, hook }, added);
    }
  }

  private add(component: LogitComponent, value: number): void {
    this.contributions.push({ component, stage: this.stage, value });
  }

  private constant(name: string, value: number): void {
    this.constants.push({ name, stage: this.stage, value });
  }

  private along(hook: string): number {
    return dot(this.place.activation(hook), this.direction);
  }

  private weight(name: string): Float32Array | undefined {
    return this.model.weight(name)?.data as Float32Array | undefined;
  }
}
