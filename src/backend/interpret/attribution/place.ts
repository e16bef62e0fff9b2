// All that a run computes at one position of a text, as far as attribution needs it.
import type { Cancellation } from '../../cancellation';
import type { TransformerConfiguration } from '../../model/configuration';
import type { HookedValue } from '../../model/languageModel';
import { hookPost } from '../neuronSummary';
import type { Reading } from '../reading';

export class Place {
  private constructor(
    private readonly rows: ReadonlyMap<string, Float32Array>,
    private readonly changes: readonly HookedValue[],
    private readonly row: number,
  ) {}

  /**
   * Runs the window that reads the token with the most context.
   * @param neuronLayers layers whose neurons are wanted too
   */
  static async of(
    reading: Reading,
    position: number,
    neuronLayers: readonly number[],
    cancellation: Cancellation,
  ): Promise<Place> {
    const { model } = reading;
    const { window, row } = reading.placeOf(position);
    const changes = reading.changesIn(window);
    const changed = new Set(changes.map(({ hook }) => hook));
    const hooks = [...neededHooks(model.configuration, changed), ...neuronLayers.map(hookPost)];
    const rows = new Map<string, Float32Array>();
    await reading.run(
      hooks,
      (_, captured) => {
        for (const [hook, { data }] of captured) {
          const width = data.length / window.ids.length;
          rows.set(hook, (data as Float32Array).slice(row * width, (row + 1) * width));
        }
      },
      cancellation,
      undefined,
      [window],
    );
    return new Place(rows, changes, row);
  }

  /** An activation here, as the model went on with it: the axes behind [batch, pos], flat. */
  activation(hook: string): Float32Array {
    return this.rows.get(hook)!;
  }

  has(hook: string): boolean {
    return this.rows.has(hook);
  }

  /** What was done to an activation of width `d_model`, in order, with the values for this position. */
  changesAt(hook: string, width: number): { kind: HookedValue['kind']; value: Float64Array }[] {
    return this.changes
      .filter((change) => change.hook === hook)
      .map(({ kind, value: { shape, data } }) => {
        const size = shape.at(-1) ?? 1;
        const first = (shape.at(-2) ?? 1) > 1 ? this.row * size : 0;
        return {
          kind,
          value: Float64Array.from({ length: width }, (_, i) => data[first + (size === 1 ? 0 : i)]),
        };
      });
  }
}

function neededHooks(configuration: TransformerConfiguration, changed: ReadonlySet<string>): string[] {
  const { n_layers, d_mlp, position, block, experts } = configuration;
  const postNorm = block === 'post-norm';
  const hooks = ['hook_embed', `blocks.${n_layers - 1}.hook_resid_post`];
  if (position === 'learned') hooks.push('hook_pos_embed');
  for (let layer = 0; layer < n_layers; layer++) {
    const name = `blocks.${layer}`;
    // The results of all heads are d_model / d_head times as many numbers as z, from which they follow.
    const result = `${name}.attn.hook_result`;
    hooks.push(changed.has(result) ? result : `${name}.attn.hook_z`);
    if (postNorm) hooks.push(`${name}.ln1.hook_scale`);
    if (d_mlp === 0) continue;
    hooks.push(`${name}.hook_mlp_out`);
    if (postNorm) hooks.push(`${name}.ln2.hook_scale`);
    if (experts) hooks.push(`${name}.mlp.hook_expert_weights`);
  }
  if (!postNorm) hooks.push('ln_final.hook_scale');
  // A value that was fed is read where the model went on with it.
  return [
    ...new Set([
      ...hooks,
      ...[...changed].filter((hook) => /hook_(resid_\w+|attn_out|normalized)$/.test(hook)),
    ]),
  ];
}
