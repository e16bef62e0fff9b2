// A layer's attention pattern in a graph as [destination, source, head], with the masks of its cells.
import type { Graph, Tensor } from '../../engine/graph/graph';
import {
  add,
  both,
  equal,
  gather,
  lessThan,
  multiply,
  reshape,
  subtract,
  transpose,
  where,
} from '../../engine/operations';
import type { TransformerConfiguration } from '../../model/configuration';
import { POSITIONS } from '../../model/context';
import { HEAD_INPUTS, targetInput } from './headInputs';
import { hookPattern } from './patternStore';
import { spanOf } from './windows';

/** Farther back than any position. */
const EVERYTHING = 2 ** 30;

export class CellMaps {
  readonly graph: Graph;
  /** [pos, pos, head], or of one head [pos, pos, 1]. */
  readonly pattern: Tensor;
  /** Cells that a head can attend to; broadcasts against the pattern. */
  readonly visible: Tensor;
  /** Sources that are no sink; broadcasts. */
  readonly outside: Tensor;
  readonly zero: Tensor;
  readonly one: Tensor;
  readonly infinite: Tensor;
  private readonly positions: Tensor;
  /** How many positions back the source lies, [pos, pos, 1]. */
  private readonly distance: Tensor;
  private readonly causal: boolean;

  /**
   * @param activations with the layer's `hook_pattern` of one text, [1, head, pos, pos]
   * @param single whether only the head that is an input is looked at
   */
  constructor(
    activations: ReadonlyMap<string, Tensor>,
    configuration: TransformerConfiguration,
    layer: number,
    single = false,
  ) {
    const hooked = activations.get(hookPattern(layer))!;
    this.graph = hooked.graph;
    const { graph } = this;
    const { n_heads, causal } = configuration;
    this.zero = graph.scalar(0);
    this.one = graph.scalar(1);
    this.infinite = graph.scalar(Infinity);
    this.positions = graph.input(POSITIONS, 'int32', ['pos']);
    const byHead = reshape(hooked, [n_heads, 'pos', 'pos']);
    const head = graph.input(HEAD_INPUTS.head, 'int32', [1]);
    this.pattern = transpose(single ? gather(byHead, head) : byHead, [1, 2, 0]);

    const spans = Int32Array.from({ length: n_heads }, (_, each) =>
      Math.min(spanOf(configuration, layer, each), EVERYTHING),
    );
    const allSpans = graph.constant({ type: 'int32', shape: [n_heads], data: spans });
    this.causal = causal;
    this.distance = subtract(this.along('destination'), this.along('source'));
    const near = lessThan(this.distance, single ? gather(allSpans, head) : allSpans);
    this.visible = causal ? both(near, lessThan(this.integer(-1), this.distance)) : near;
    this.outside = equal(this.flags(HEAD_INPUTS.sink, 'source'), this.integer(0));
  }

  /** An input of ones and zeros by position, as a condition on destinations or sources. */
  flag(name: string, axis: 'destination' | 'source'): Tensor {
    return equal(this.flags(name, axis), this.integer(1));
  }

  /** Cells of two different positions, in a causal model of a source before its destination; broadcasts. */
  pairs(): Tensor {
    const { distance } = this;
    return lessThan(this.integer(0), this.causal ? distance : multiply(distance, distance));
  }

  /**
   * Cells by index, zero where the index is −1: [rows, columns, head].
   * @param x [pos, pos, head]
   * @param indices int32 [rows, columns], destination · pos + source
   */
  take(x: Tensor, indices: Tensor): Tensor {
    const flat = reshape(x, ['pos*pos', x.shape[2]]);
    const none = lessThan(indices, this.integer(0));
    const taken = gather(flat, where(none, this.integer(0), indices));
    return where(reshape(none, [...indices.shape, 1]), this.zero, taken);
  }

  /** For each distance, and each destination, the cell that lies so far back; −1 where there is none. [distance, pos] */
  diagonals(): Tensor {
    const { graph, positions } = this;
    const distances = reshape(graph.input(HEAD_INPUTS.distances, 'int32', ['distance']), ['distance', 1]);
    const length = graph.input(HEAD_INPUTS.length, 'int32', []);
    const sources = subtract(positions, distances);
    const inside = both(lessThan(this.integer(-1), sources), lessThan(sources, length));
    return where(inside, add(multiply(positions, length), sources), this.integer(-1));
  }

  targets(which: number): Tensor {
    return this.graph.input(targetInput(which), 'int32', ['pos', `source${which}`]);
  }

  private flags(name: string, axis: 'destination' | 'source'): Tensor {
    return this.along(axis, this.graph.input(name, 'int32', ['pos']));
  }

  /** A value of each position along one of the pattern's axes. */
  private along(axis: 'destination' | 'source', x = this.positions): Tensor {
    return reshape(x, axis === 'destination' ? ['pos', 1, 1] : [1, 'pos', 1]);
  }

  private integer(value: number): Tensor {
    return this.graph.constant({ type: 'int32', shape: [], data: Int32Array.of(value) });
  }
}
