// How much each head would write of each source if it attended to it alone.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import type { Reading } from '../reading';
import type { PatternWindow } from './windows';

/**
 * ‖v(j)·W_O‖ of every head and source, by layer and window. α·‖f(x)‖ with f(x) = (x·W_V + b_V)·W_O: Kobayashi et al.
 * 2020, "Attention is Not Only a Weight" (arXiv 2004.10102), section 2.2; ‖v‖ alone would miss what W_O makes of it.
 */
export class ValueNorms {
  private readonly kept = new Map<string, Float32Array>();
  private readonly products = new Map<number, Float64Array>();

  constructor(private readonly reading: Reading) {}

  release(): void {
    this.kept.clear();
    this.products.clear();
    const { model } = this.reading;
    model.releaseGraphs(
      new Set(Array.from({ length: model.configuration.n_layers }, (_, layer) => hookValues(layer))),
    );
  }

  /** [heads, keys] of a window; units of the residual stream. */
  async of(layer: number, window: PatternWindow, cancellation: Cancellation): Promise<Float32Array> {
    const [norms] = await this.ofLayers([layer], window, cancellation);
    return norms;
  }

  /** The same for some layers, in their order, from one run of the engine. */
  async ofLayers(
    layers: readonly number[],
    window: PatternWindow,
    cancellation: Cancellation,
  ): Promise<Float32Array[]> {
    const missing = layers.filter((layer) => !this.kept.has(nameOf(layer, window)));
    if (missing.length > 0) {
      await this.reading.run(
        missing.map(hookValues),
        (_, captured) => {
          for (const layer of missing) {
            throwIfCancelled(cancellation);
            const values = captured.get(hookValues(layer))!.data as Float32Array;
            this.kept.set(nameOf(layer, window), this.norms(layer, values, window.keys));
          }
        },
        cancellation,
        undefined,
        [window.window],
      );
    }
    return layers.map((layer) => this.kept.get(nameOf(layer, window))!);
  }

  /** @param values [1, keys, key-value heads, d_head] */
  private norms(layer: number, values: Float32Array, keys: number): Float32Array {
    const { n_heads, n_key_value_heads, d_head } = this.reading.model.configuration;
    const products = this.outwardProducts(layer);
    const norms = new Float32Array(n_heads * keys);
    for (let head = 0; head < n_heads; head++) {
      const shared = Math.floor((head * n_key_value_heads) / n_heads);
      const product = products.subarray(head * d_head * d_head, (head + 1) * d_head * d_head);
      for (let key = 0; key < keys; key++) {
        const at = (key * n_key_value_heads + shared) * d_head;
        norms[head * keys + key] = Math.sqrt(Math.max(0, quadratic(product, values, at, d_head)));
      }
    }
    return norms;
  }

  /** W_O·W_Oᵀ of each head, [heads, d_head, d_head]: ‖v·W_O‖² is v·(W_O·W_Oᵀ)·vᵀ, for d_head² products instead of d_head·d_model. */
  private outwardProducts(layer: number): Float64Array {
    const known = this.products.get(layer);
    if (known) return known;
    const { n_heads, d_head, d_model } = this.reading.model.configuration;
    const outwards = this.reading.model.weight(`blocks.${layer}.attn.W_O`)!.data as Float32Array;
    const products = new Float64Array(n_heads * d_head * d_head);
    for (let head = 0; head < n_heads; head++) {
      for (let i = 0; i < d_head; i++) {
        const first = (head * d_head + i) * d_model;
        for (let j = 0; j <= i; j++) {
          const second = (head * d_head + j) * d_model;
          let sum = 0;
          for (let column = 0; column < d_model; column++)
            sum += outwards[first + column] * outwards[second + column];
          products[(head * d_head + i) * d_head + j] = sum;
          products[(head * d_head + j) * d_head + i] = sum;
        }
      }
    }
    this.products.set(layer, products);
    return products;
  }
}

function quadratic(product: Float64Array, values: Float32Array, at: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    let inner = 0;
    for (let j = 0; j < size; j++) inner += product[i * size + j] * values[at + j];
    sum += values[at + i] * inner;
  }
  return sum;
}

function hookValues(layer: number): string {
  return `blocks.${layer}.attn.hook_v`;
}

function nameOf(layer: number, { index }: PatternWindow): string {
  return `${layer} ${index}`;
}
