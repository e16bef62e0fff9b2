// What depends on positions alone: masks, distances, rotary angles. Made once per graph and shared by all layers.
import type { Graph, Tensor } from '../engine/graph/graph';
import {
  atMost,
  both,
  cast,
  concatenate,
  cosine,
  equal,
  lessThan,
  multiply,
  reshape,
  sine,
  slice,
  subtract,
  add,
  where,
} from '../engine/operations';
import type { RotaryConfiguration, TransformerConfiguration } from './configuration';

export class Positions {
  private readonly masks = new Map<number | null, Tensor | undefined>();
  private readonly penalties = new Map<number | null, Tensor | undefined>();
  private distanceTensor: Tensor | undefined;
  private rotation: { cosines: Tensor; sines: Tensor } | undefined;

  /**
   * @param queries int32 [pos]
   * @param keys int32 [key]; the same tensor without a cache
   * @param lengths int32 [batch] where texts are padded; masks then have axes [batch, 1, pos, key]
   */
  constructor(
    private readonly graph: Graph,
    private readonly configuration: TransformerConfiguration,
    readonly queries: Tensor,
    readonly keys: Tensor,
    private readonly lengths?: Tensor,
  ) {}

  /** How far each key lies behind its query, int32 [pos, key]; negative for keys that come later. */
  get distances(): Tensor {
    this.distanceTensor ??= subtract(reshape(this.queries, ['pos', 1]), this.keys);
    return this.distanceTensor;
  }

  /** The distances, with later keys counted as distance 0 (they are masked where it matters). */
  get lookback(): Tensor {
    const zero = this.integer(0);
    return where(lessThan(this.distances, zero), zero, this.distances);
  }

  /** Which keys a query sees, bool [pos, key]; undefined when it sees all. */
  mask(window: number | null): Tensor | undefined {
    if (!this.masks.has(window)) this.masks.set(window, this.buildMask(window));
    return this.masks.get(window);
  }

  /** Added to scores: 0 where a query sees a key, −∞ where not, float32 [pos, key]; undefined when it sees all. */
  penalty(window: number | null): Tensor | undefined {
    if (!this.penalties.has(window)) {
      const mask = this.mask(window);
      const { graph } = this;
      this.penalties.set(window, mask && where(mask, graph.scalar(0), graph.scalar(-Infinity)));
    }
    return this.penalties.get(window);
  }

  private buildMask(window: number | null): Tensor | undefined {
    const { distances, lengths } = this;
    const masks: Tensor[] = [];
    if (this.configuration.causal) masks.push(atMost(this.integer(0), distances));
    if (window !== null) masks.push(lessThan(distances, this.integer(window)));
    if (lengths) masks.push(this.withinText(lengths));
    return masks.length === 0 ? undefined : masks.reduce(both);
  }

  /**
   * Which keys are tokens of the text, bool [batch, 1, pos, key]. Padding sees itself, because a softmax over nothing is
   * NaN, which as a value behind the mask would still spoil the sum.
   */
  private withinText(lengths: Tensor): Tensor {
    const zero = this.integer(0);
    const others = where(equal(this.distances, zero), zero, this.keys); // [pos, key]
    return lessThan(others, reshape(lengths, ['batch', 1, 1, 1]));
  }

  /** Turns queries or keys `[batch, pos, head, d_head]` by their position (RoFormer, arXiv 2104.09864). */
  rotate(x: Tensor, rotary: RotaryConfiguration): Tensor {
    const { dimensions, pairing } = rotary;
    const { d_head } = this.configuration;
    const [batch, pos, heads] = x.shape;
    const half = dimensions / 2;
    const turning = dimensions === d_head ? x : slice(x, 3, 0, dimensions);
    this.rotation ??= this.angles(rotary);
    const { cosines, sines } = this.rotation;
    const interleaved = pairing === 'interleaved';
    const pairs = interleaved ? reshape(turning, [batch, pos, heads, half, 2]) : turning;
    const first = interleaved ? slice(pairs, 4, 0, 1) : slice(pairs, 3, 0, half);
    const second = interleaved ? slice(pairs, 4, 1, 2) : slice(pairs, 3, half, dimensions);
    const turned = concatenate(
      [
        subtract(multiply(first, cosines), multiply(second, sines)),
        add(multiply(second, cosines), multiply(first, sines)),
      ],
      -1,
    );
    const flat = interleaved ? reshape(turned, [batch, pos, heads, dimensions]) : turned;
    return dimensions === d_head ? flat : concatenate([flat, slice(x, 3, dimensions, d_head)], 3);
  }

  /** Cosine and sine per position and pair, `[pos, 1, dimensions/2]` (and a last axis of 1 when interleaved). */
  private angles(rotary: RotaryConfiguration): { cosines: Tensor; sines: Tensor } {
    const half = rotary.dimensions / 2;
    const frequencies = this.graph.constant({
      type: 'float32',
      shape: [half],
      data: Float32Array.from({ length: half }, (_, pair) => rotaryFrequency(rotary, pair)),
    });
    const angles = multiply(reshape(cast(this.queries, 'float32'), ['pos', 1, 1]), frequencies);
    const shaped = rotary.pairing === 'interleaved' ? reshape(angles, ['pos', 1, half, 1]) : angles;
    return { cosines: cosine(shaped), sines: sine(shaped) };
  }

  private integer(value: number): Tensor {
    return this.graph.constant({ type: 'int32', shape: [], data: Int32Array.of(value) });
  }
}

/** Radians per position of one pair of dimensions; with scaling, as in Llama 3.1 (Hugging Face `rope_type: llama3`). */
export function rotaryFrequency({ base, dimensions, scaling }: RotaryConfiguration, pair: number): number {
  const frequency = base ** ((-2 * pair) / dimensions);
  if (!scaling) return frequency;
  const { factor, lowFrequencyFactor, highFrequencyFactor, originalContext } = scaling;
  const turns = (originalContext * frequency) / (2 * Math.PI);
  if (turns > highFrequencyFactor) return frequency;
  if (turns < lowFrequencyFactor) return frequency / factor;
  const smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
  return ((1 - smooth) / factor + smooth) * frequency;
}
