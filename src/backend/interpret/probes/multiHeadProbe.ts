// The position-based multi-head linear probe of arXiv 2305.13673, §4.1: from which tokens it reads depends on positions
// alone, so that it cannot parse what the model did not.
import { Graph, type Tensor } from '../../engine/graph/graph';
import type { NamedTensors } from '../../engine/executor';
import { add, attend, gather, matmul, multiply, reshape, sum, transpose } from '../../engine/operations';
import { mixSeeds } from '../../engine/operations';
import { seededNormal } from '../../random';
import type { Activations } from './activations';
import type { ProbeData, ProbeText, Split } from './data';
import type { Batch, BuiltProbes, Head, ProbeForm } from './probeForm';
import { EpochOrder } from './linearProbe';
import { standardisation, standardised } from './standard';

/** Which tokens k are read for token i: all, or those with |i − k| at most 0 or 1. */
export type Locality = 'all' | 'diagonal' | 'tridiagonal';

export interface MultiHeadShape {
  heads: number;
  /** d′: numbers of a position vector. */
  width: number;
  locality: Locality;
}

/** Added to scores of tokens that are not read: far below all others, and finite. */
const NOT_READ = -1e9;
/** Where nothing is trained, so many texts are read at once, or fewer, where the scores of one head would be more. */
const READ_TEXTS = 64;
const MAX_SCORES = 2 ** 25;

/**
 * G_i = Σ_r Σ_k softmax_k(⟨P_ir, P_kr⟩ / √d′) · f_r(E_k) + b. Parameters of a head: `head/P` [positions, heads · d′],
 * `head/F` [width, heads · classes] and `head/b` [classes]. Positions count a text's probed tokens from 0.
 */
export class MultiHeadForm implements ProbeForm {
  readonly fixed: NamedTensors;
  readonly positions: number;
  private readonly texts: Record<Split, ProbeText[]>;
  private readonly order: EpochOrder;

  constructor(
    readonly activations: Activations,
    data: ProbeData,
    readonly shape: MultiHeadShape,
    private readonly batch: number,
    private readonly seed: number,
  ) {
    const { texts, splits } = data;
    const of = (split: Split) => texts.filter(({ unit }) => splits[unit] === split);
    this.texts = { train: of('train'), validation: of('validation'), test: of('test') };
    this.positions = texts.reduce((longest, { rows }) => Math.max(longest, rows.length), 0);
    const read = this.texts.train.flatMap(({ rows, first }) => Array.from(rows, (_, index) => first + index));
    this.fixed = standardisation(activations, Int32Array.from(read));
    this.order = new EpochOrder(Int32Array.from(this.texts.train.keys()), seed);
  }

  initial({ name, classes }: Head): NamedTensors {
    const { heads, width } = this.shape;
    // A position's score for itself starts near 1, that for others near 0.
    const positions = this.normal(this.positions * heads * width, width ** -0.25, 1);
    const maps = this.normal(this.activations.width * heads * classes, 0.02, 2);
    return new Map([
      [`${name}/P`, { type: 'float32', shape: [this.positions, heads * width], data: positions }],
      [`${name}/F`, { type: 'float32', shape: [this.activations.width, heads * classes], data: maps }],
      [`${name}/b`, { type: 'float32', shape: [classes], data: new Float32Array(classes) }],
    ]);
  }

  build(heads: readonly Head[]): BuiltProbes {
    const graph = new Graph();
    const x = standardised(graph.input('activations', 'float32', ['batch', 'pos', this.activations.width]));
    return {
      graph,
      logits: new Map(
        heads.map((head) => [head.name, multiHeadLogits(graph, x, head, this.shape, this.positions)]),
      ),
    };
  }

  training(step: number): Batch {
    return this.rows(Array.from(this.order.take(step, this.batch), (text) => this.texts.train[text]));
  }

  *batches(split: Split): Generator<Batch> {
    const all = this.texts[split];
    const perText = this.positions ** 2 * this.shape.heads;
    const count = Math.max(1, Math.min(READ_TEXTS, Math.floor(MAX_SCORES / perText)));
    for (let from = 0; from < all.length; from += count) yield this.rows(all.slice(from, from + count));
  }

  private rows(texts: readonly ProbeText[]): Batch {
    const { width, values } = this.activations;
    const length = Math.max(...texts.map(({ rows }) => rows.length));
    const data = new Float32Array(texts.length * length * width);
    const examples = new Int32Array(texts.length * length).fill(-1);
    texts.forEach(({ rows, first }, text) => {
      data.set(values.subarray(first * width, (first + rows.length) * width), text * length * width);
      rows.forEach((_, index) => (examples[text * length + index] = first + index));
    });
    const lengths = texts.map(({ rows }) => rows.length);
    const inputs = multiHeadInputs(data, width, length, lengths, this.shape.locality);
    return { inputs, examples, shape: [texts.length, length] };
  }

  private normal(length: number, deviation: number, stream: number): Float32Array {
    const next = seededNormal(mixSeeds(this.seed, stream));
    return Float32Array.from({ length }, () => deviation * next());
  }
}

/**
 * The logits of one head, [batch, pos, classes].
 * @param x [batch, pos, width]
 * @param positions that the head has vectors for
 */
export function multiHeadLogits(
  graph: Graph,
  x: Tensor,
  { name, classes }: Pick<Head, 'name' | 'classes'>,
  { heads, width }: MultiHeadShape,
  positions: number,
): Tensor {
  const from = x.shape[2] as number;
  const places = graph.input('positions', 'int32', ['pos']);
  const allowed = graph.input('allowed', 'float32', ['batch', 1, 'pos', 'pos']);
  const table = graph.weight(`${name}/P`, [positions, heads * width]);
  const vectors = transpose(reshape(gather(table, places), ['pos', heads, width]), [1, 0, 2]); // [heads, pos, d′]
  const near = matmul(vectors, vectors, { transposeB: true });
  const scores = add(multiply(near, graph.scalar(1 / Math.sqrt(width))), allowed); // [batch, heads, pos, pos]
  const mapped = matmul(x, graph.weight(`${name}/F`, [from, heads * classes]));
  const values = transpose(reshape(mapped, ['batch', 'pos', heads, classes]), [0, 2, 3, 1]);
  const read = sum(attend(scores, values), [1]); // [batch, 1, pos, classes]
  return add(reshape(read, ['batch', 'pos', classes]), graph.weight(`${name}/b`, [classes]));
}

/**
 * Inputs of `multiHeadLogits`.
 * @param data [texts, length, width]
 * @param lengths of the texts; what lies behind is not read
 */
export function multiHeadInputs(
  data: Float32Array,
  width: number,
  length: number,
  lengths: readonly number[],
  locality: Locality,
): NamedTensors {
  const reach = { all: length, tridiagonal: 1, diagonal: 0 }[locality];
  const allowed = new Float32Array(lengths.length * length * length).fill(NOT_READ);
  lengths.forEach((own, text) => {
    for (let i = 0; i < length; i++) {
      const row = (text * length + i) * length;
      for (let k = Math.max(0, i - reach); k < Math.min(own, i + reach + 1); k++) allowed[row + k] = 0;
    }
  });
  return new Map([
    ['activations', { type: 'float32', shape: [lengths.length, length, width], data }],
    ['positions', { type: 'int32', shape: [length], data: Int32Array.from({ length }, (_, at) => at) }],
    ['allowed', { type: 'float32', shape: [lengths.length, 1, length, length], data: allowed }],
  ]);
}
