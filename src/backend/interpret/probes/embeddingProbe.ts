// The probe of Physics of Language Models 3.1 (arXiv 2309.14316, P- and Q-probing): the model stays as it is but for an
// update of low rank to its token embedding, which lets it take an input of an unusual kind; then a norm and a linear map.
import type { NamedTensors } from '../../engine/executor';
import type { Tensor, TensorData } from '../../engine/graph/graph';
import {
  add,
  divide,
  layerNorm,
  matmul,
  mixSeeds,
  multiply,
  reshape,
  squareRoot,
  subtract,
  sum,
} from '../../engine/operations';
import { LENGTHS, POSITIONS, TOKENS } from '../../model/context';
import type { LanguageModel } from '../../model/languageModel';
import { buildTransformer } from '../../model/transformer';
import { weightShapes } from '../../model/weights';
import { seededNormal } from '../../random';
import type { ProbeData, ProbeText, Split } from './data';
import type { Batch, BuiltProbes, Head, ProbeForm } from './probeForm';
import { EpochOrder } from './linearProbe';

export interface EmbeddingShape {
  rank: number;
  /** layer: of each token (P-probing). batch: of each number over the examples of a step (Q-probing). */
  norm: 'layer' | 'batch';
}

export const EMBEDDING = 'embed.W_E';
const EPSILON = 1e-5;
/** Share of a step's statistics in those that are used once nothing is trained (PyTorch's BatchNorm). */
const MOMENTUM = 0.1;
/** Tokens that are read at once where nothing is trained, padding included. */
const READ_TOKENS = 4096;

/**
 * Parameters of a head: `head/A` [d_vocab, rank] and `head/B` [rank, d_model], whose product is added to the embedding;
 * `head/gain` and `head/offset` of the norm, `head/mean` and `head/variance` where it is over a batch; `head/W` [width,
 * classes] and `head/b` [classes]. One head at a time: each has a model of its own.
 */
export class EmbeddingForm implements ProbeForm {
  readonly fixed: NamedTensors;
  private readonly texts: Record<Split, ProbeText[]>;
  private readonly order: EpochOrder;

  /** @param width of the activation */
  constructor(
    private readonly model: LanguageModel,
    private readonly hook: string,
    private readonly width: number,
    data: ProbeData,
    readonly shape: EmbeddingShape,
    private readonly batch: number,
    private readonly seed: number,
  ) {
    const names = [...weightShapes(model.configuration).keys()];
    this.fixed = new Map(names.map((name) => [name, model.weight(name)!]));
    const of = (split: Split) => data.texts.filter(({ unit }) => data.splits[unit] === split);
    this.texts = { train: of('train'), validation: of('validation'), test: of('test') };
    this.order = new EpochOrder(Int32Array.from(this.texts.train.keys()), seed);
  }

  /** As a file says it. */
  get stored(): { kind: 'embedding-update'; vocabulary: number; embedding: number } & EmbeddingShape {
    const { d_vocab, d_model } = this.model.configuration;
    const { rank, norm } = this.shape;
    return { kind: 'embedding-update', rank, norm, vocabulary: d_vocab, embedding: d_model };
  }

  initial({ name, classes }: Head): NamedTensors {
    const { d_vocab, d_model } = this.model.configuration;
    const { rank, norm } = this.shape;
    const next = seededNormal(mixSeeds(this.seed, 3));
    const filled = (shape: number[], value: () => number): TensorData => ({
      type: 'float32',
      shape,
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value),
    });
    const zero = () => 0;
    return new Map([
      // One of the two is zero, so that the model starts as it is.
      [`${name}/A`, filled([d_vocab, rank], () => next() / Math.sqrt(rank))],
      [`${name}/B`, filled([rank, d_model], zero)],
      [`${name}/gain`, filled([this.width], () => 1)],
      [`${name}/offset`, filled([this.width], zero)],
      ...(norm === 'batch'
        ? ([
            [`${name}/mean`, filled([this.width], zero)],
            [`${name}/variance`, filled([this.width], () => 1)],
          ] as const)
        : []),
      [`${name}/W`, filled([this.width, classes], zero)],
      [`${name}/b`, filled([classes], zero)],
    ]);
  }

  build([head, ...others]: readonly Head[], mode: 'train' | 'read'): BuiltProbes {
    if (others.length > 0) throw new Error('one head at a time');
    const { name, classes } = head;
    const { configuration } = this.model;
    const { d_model, d_vocab, causal } = configuration;
    const { rank, norm } = this.shape;
    const { graph, outputs } = buildTransformer(
      configuration,
      { captures: [this.hook], padded: !causal },
      (own, weight, shape) => {
        const base = own.weight(weight, shape);
        if (weight !== EMBEDDING) return base;
        return add(
          base,
          matmul(own.weight(`${name}/A`, [d_vocab, rank]), own.weight(`${name}/B`, [rank, d_model])),
        );
      },
    );
    const captured = outputs.get(this.hook)!; // [batch, pos, …]
    const x = captured.shape.length === 3 ? captured : reshape(captured, ['batch', 'pos', this.width]);
    const carried = new Map<string, Tensor>();
    const normed = normalised(x, name, this.width, norm, mode === 'train' ? carried : undefined);
    const product = matmul(normed, graph.weight(`${name}/W`, [this.width, classes]));
    const logits = add(product, graph.weight(`${name}/b`, [classes]));
    return { graph, logits: new Map([[name, logits]]), carried };
  }

  training(step: number): Batch {
    return this.rows(Array.from(this.order.take(step, this.batch), (text) => this.texts.train[text]));
  }

  *batches(split: Split): Generator<Batch> {
    let pending: ProbeText[] = [];
    for (const text of this.texts[split].toSorted((a, b) => b.ids.length - a.ids.length)) {
      if (pending.length > 0 && (pending.length + 1) * pending[0].ids.length > READ_TOKENS) {
        yield this.rows(pending);
        pending = [];
      }
      pending.push(text);
    }
    if (pending.length > 0) yield this.rows(pending);
  }

  private rows(texts: readonly ProbeText[]): Batch {
    const length = Math.max(...texts.map(({ ids }) => ids.length));
    const tokens = new Int32Array(texts.length * length);
    const examples = new Int32Array(tokens.length).fill(-1);
    texts.forEach(({ ids, rows, first }, text) => {
      tokens.set(ids, text * length);
      rows.forEach((row, index) => (examples[text * length + row] = first + index));
    });
    const counted = Float32Array.from(examples, (example) => Number(example >= 0));
    const count = counted.reduce((total, each) => total + each, 0);
    const shape = [texts.length, length];
    const integers = (shape: number[], data: Int32Array): TensorData => ({ type: 'int32', shape, data });
    const inputs: NamedTensors = new Map([
      [TOKENS, integers(shape, tokens)],
      [
        POSITIONS,
        integers(
          [length],
          Int32Array.from({ length }, (_, at) => at),
        ),
      ],
      [
        LENGTHS,
        integers(
          [texts.length],
          Int32Array.from(texts, ({ ids }) => ids.length),
        ),
      ],
      ['counted', { type: 'float32', shape: [...shape, 1], data: counted }],
      ['count', { type: 'float32', shape: [], data: Float32Array.of(count) }],
    ]);
    return { inputs, examples, shape };
  }
}

/**
 * The norm of a head, trained gain and offset included.
 * @param x […, width]
 * @param carried where the statistics of a step's batch are used, and take new running ones
 */
export function normalised(
  x: Tensor,
  name: string,
  width: number,
  norm: EmbeddingShape['norm'],
  carried?: Map<string, Tensor>,
): Tensor {
  const { graph } = x;
  const vector = (parameter: string) => graph.weight(`${name}/${parameter}`, [width]);
  const [gain, offset] = [vector('gain'), vector('offset')];
  if (norm === 'layer') return layerNorm(x, gain, offset, EPSILON);
  let [mean, variance] = [vector('mean'), vector('variance')];
  if (carried) {
    const [count, counted] = [
      graph.input('count', 'float32', []),
      graph.input('counted', 'float32', ['batch', 'pos', 1]),
    ];
    const ofBatch = (values: Tensor) =>
      reshape(divide(sum(multiply(values, counted), [0, 1]), count), [width]);
    const own = ofBatch(x);
    const centred = subtract(x, own);
    const spread = ofBatch(multiply(centred, centred));
    const moved = (kept: Tensor, now: Tensor) =>
      add(multiply(kept, graph.scalar(1 - MOMENTUM)), multiply(now, graph.scalar(MOMENTUM)));
    carried.set(`${name}/mean`, moved(mean, own));
    carried.set(`${name}/variance`, moved(variance, spread));
    [mean, variance] = [own, spread];
  }
  const scaled = divide(subtract(x, mean), squareRoot(add(variance, graph.scalar(EPSILON))));
  return add(multiply(scaled, gain), offset);
}
