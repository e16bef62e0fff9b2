// The linear probe: logistic regression on one activation at one token.
import { Graph } from '../../engine/graph/graph';
import { add, matmul } from '../../engine/operations';
import type { NamedTensors } from '../../engine/executor';
import { streamRandom } from '../../random';
import type { Activations } from './activations';
import { labelledExamples, shuffled, type ProbeData, type Split } from './data';
import type { Batch, BuiltProbes, Head, ProbeForm } from './probeForm';
import { standardisation, standardised } from './standard';

/** Rows that are read at once where nothing is trained. */
const READ_ROWS = 4096;

/** `head/W` [width, classes] and `head/b` [classes], of standardised activations. */
export class LinearForm implements ProbeForm {
  readonly fixed: NamedTensors;
  private readonly examples: Record<Split, Int32Array>;
  private readonly order: EpochOrder;

  constructor(
    readonly activations: Activations,
    data: ProbeData,
    private readonly batch: number,
    seed: number,
  ) {
    this.examples = {
      train: labelledExamples(data, 'train'),
      validation: labelledExamples(data, 'validation'),
      test: labelledExamples(data, 'test'),
    };
    this.fixed = standardisation(activations, this.examples.train);
    this.order = new EpochOrder(this.examples.train, seed);
  }

  initial({ name, classes }: Head): NamedTensors {
    const { width } = this.activations;
    return new Map([
      [`${name}/W`, { type: 'float32', shape: [width, classes], data: new Float32Array(width * classes) }],
      [`${name}/b`, { type: 'float32', shape: [classes], data: new Float32Array(classes) }],
    ]);
  }

  build(heads: readonly Head[]): BuiltProbes {
    const graph = new Graph();
    const { width } = this.activations;
    const x = standardised(graph.input('activations', 'float32', ['batch', width]));
    const logits = heads.map(({ name, classes }) => {
      const product = matmul(x, graph.weight(`${name}/W`, [width, classes]));
      return [name, add(product, graph.weight(`${name}/b`, [classes]))] as const;
    });
    return { graph, logits: new Map(logits) };
  }

  training(step: number): Batch {
    return this.rows(this.order.take(step, this.batch));
  }

  *batches(split: Split): Generator<Batch> {
    const all = this.examples[split];
    for (let from = 0; from < all.length; from += READ_ROWS)
      yield this.rows(all.subarray(from, from + READ_ROWS));
  }

  private rows(examples: Int32Array): Batch {
    const { width, values } = this.activations;
    const data = new Float32Array(examples.length * width);
    examples.forEach((example, row) =>
      data.set(values.subarray(example * width, (example + 1) * width), row * width),
    );
    const inputs: NamedTensors = new Map([
      ['activations', { type: 'float32', shape: [examples.length, width], data }],
    ]);
    return { inputs, examples, shape: [examples.length] };
  }
}

/** Members of a set in random order, each once in every epoch; a step's are a function of its number. */
export class EpochOrder {
  private epoch = -1;
  private order: Int32Array = new Int32Array(0);

  constructor(
    private readonly members: Int32Array,
    private readonly seed: number,
  ) {}

  /** @param step from 1; at most all members are taken */
  take(step: number, count: number): Int32Array {
    const { members, seed } = this;
    const size = Math.min(count, members.length);
    // What is left over at the end of an epoch is left out: others in each.
    const perEpoch = Math.floor(members.length / size);
    const epoch = Math.floor((step - 1) / perEpoch);
    if (epoch !== this.epoch) {
      this.order = shuffled(members.slice(), streamRandom(seed, 16 + epoch));
      this.epoch = epoch;
    }
    const at = ((step - 1) % perEpoch) * size;
    return this.order.subarray(at, at + size);
  }
}
