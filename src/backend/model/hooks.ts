// Activation names, and the points in the model where activations are captured, fed or modified.
// Names and shapes are TransformerLens's (https://transformerlensorg.github.io/TransformerLens, HookPoint).
import { SubtextError } from '../errors';
import type { Dimension, Shape } from '../engine/graph/dimension';
import type { Tensor } from '../engine/graph/graph';
import { add, equal, multiply, where } from '../engine/operations';
import type { TransformerConfiguration } from './configuration';
import { watched, watchedMasked } from './watch';

/**
 * What is done to one activation before the model goes on with it. `shape` is that of the value given with each
 * run under `interventionInput(hook, kind)`: for `feed` the activation's own, else anything that broadcasts to it.
 */
export interface Intervention {
  hook: string;
  /** feed: replaced (what is upstream is not computed). scale: multiplied. add: added to. */
  kind: 'feed' | 'scale' | 'add';
  shape: readonly (number | string)[];
}

export function interventionInput(hook: string, kind: Intervention['kind']): string {
  return `${kind} ${hook}`;
}

/** Passes activations through, keeping those with names that somebody wants. */
export class HookPoints {
  /** The captured activations by name. */
  readonly captured = new Map<string, Tensor>();
  /** What watches each activation in the form that is computed anyway, in its order; where `watch` is set. */
  readonly watches = new Map<string, Tensor>();
  private readonly interventions: Map<string, Intervention[]>;

  constructor(
    private readonly captures: ReadonlySet<string>,
    interventions: readonly Intervention[],
    private readonly watch = false,
  ) {
    this.interventions = new Map();
    for (const each of interventions) {
      const others = this.interventions.get(each.hook) ?? [];
      if (others.some(({ kind }) => kind === each.kind)) {
        throw new SubtextError(
          'hook',
          `Two values to ${each.kind} at ${each.hook}`,
          'Combine them into one.',
        );
      }
      this.interventions.set(each.hook, [...others, each]);
    }
  }

  /** Whether anybody looks at this activation: if not, a faster form that never makes it may be used. */
  wants(name: string): boolean {
    return this.captures.has(name) || this.interventions.has(name);
  }

  /** Whether the model goes on with another value than the one computed. */
  changes(name: string): boolean {
    return this.interventions.has(name);
  }

  /**
   * The activation as the model goes on with it.
   * @param unmasked where parts of it may be −∞ on purpose: the same before they were made so
   */
  at(name: string, computed: Tensor, unmasked?: Tensor): Tensor {
    let value = computed;
    for (const intervention of this.interventions.get(name) ?? []) {
      const { hook, kind } = intervention;
      const shape = inputShape(intervention, value.shape);
      const given = value.graph.input(interventionInput(hook, kind), 'float32', shape);
      value = kind === 'feed' ? given : kind === 'scale' ? scaled(value, given) : add(value, given);
    }
    if (this.captures.has(name)) this.captured.set(name, value);
    if (this.watch) {
      const changed = value !== computed;
      this.watches.set(name, unmasked && changed ? watchedMasked(value) : watched(unmasked ?? value));
    }
    return value;
  }
}

/** What a factor of zero switches off is zero, also where it is no number. */
function scaled(value: Tensor, factor: Tensor): Tensor {
  const zero = value.graph.scalar(0);
  return where(equal(factor, zero), zero, multiply(value, factor));
}

/**
 * The shape of an intervention's input: the activation's own sizes, by their names where it has names, and 1 where
 * the value is broadcast. What stands under a name is checked when the graph runs.
 * @throws SubtextError `hook` when a value of that shape does not fit the activation
 */
function inputShape({ hook, kind, shape }: Intervention, activation: Shape): Dimension[] {
  const skipped = activation.length - shape.length;
  const fits =
    (kind === 'feed' ? skipped === 0 : skipped >= 0) &&
    shape.every((size, axis) => {
      const own = activation[skipped + axis];
      return (
        size === own ||
        (kind !== 'feed' && size === 1) ||
        (typeof own === 'string' && typeof size === 'number')
      );
    });
  if (!fits) {
    throw new SubtextError(
      'hook',
      `${hook} is [${activation.join(', ')}]; a value of [${shape.join(', ')}] to ${kind} does not fit it`,
      'Give a value of that shape.',
    );
  }
  return shape.map((size, axis) => (size === 1 && kind !== 'feed' ? 1 : activation[skipped + axis]));
}

/** Every activation that a model of this configuration has, in the order of the forward pass. */
export function hookNames(configuration: TransformerConfiguration): string[] {
  const { n_layers, d_mlp, position, block, gated, experts } = configuration;
  const names = ['hook_embed'];
  if (position === 'learned') names.push('hook_pos_embed');
  const scores = position !== 'uniform';
  const keys = scores && position !== 'distance-only';
  for (let layer = 0; layer < n_layers; layer++) {
    const of = (...parts: string[]) => names.push(...parts.map((part) => `blocks.${layer}.${part}`));
    of('hook_resid_pre');
    of('ln1.hook_scale', 'ln1.hook_normalized');
    if (keys) of('attn.hook_q', 'attn.hook_k');
    of('attn.hook_v');
    if (position === 'rotary') of('attn.hook_rot_q', 'attn.hook_rot_k');
    if (scores) of('attn.hook_attn_scores');
    of('attn.hook_pattern', 'attn.hook_z', 'attn.hook_result', 'hook_attn_out');
    if (d_mlp > 0) {
      if (block !== 'parallel') of('hook_resid_mid');
      of('ln2.hook_scale', 'ln2.hook_normalized');
      if (experts) of('mlp.hook_expert_weights');
      of('mlp.hook_pre');
      if (gated) of('mlp.hook_pre_linear');
      of('mlp.hook_post', 'hook_mlp_out');
    }
    of('hook_resid_post');
  }
  if (block !== 'post-norm') names.push('ln_final.hook_scale', 'ln_final.hook_normalized');
  return names;
}

/** @throws SubtextError `hook` when one of the names is not an activation of this model */
export function checkHookNames(configuration: TransformerConfiguration, names: Iterable<string>): void {
  const known = new Set(hookNames(configuration));
  for (const name of names) {
    if (known.has(name)) continue;
    throw new SubtextError(
      'hook',
      `This model has no activation named ${name}`,
      "Names are TransformerLens's, such as blocks.0.mlp.hook_post; `subtext inspect MODEL` lists them.",
    );
  }
}
