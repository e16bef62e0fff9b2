// What heads say of examples: the loss of each, and the class that they take it for.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import type { Executable, Executor, NamedTensors } from '../../engine/executor';
import type { Graph, Tensor, TensorData } from '../../engine/graph/graph';
import { crossEntropy, reshape, topK } from '../../engine/operations';
import { IGNORED, type Split } from './data';
import type { Batch, Head, ProbeForm } from './probeForm';

const labelsOf = (head: Head) => `labels ${head.name}`;
/** Name of the input that a head's summed loss is multiplied by: one over the labels that count. */
export const weightOf = (head: Head) => `weight ${head.name}`;

interface HeadReading {
  /** By row of logits, 0 where no label counts. */
  losses: Float32Array;
  counted: number;
  classes: Int32Array;
}

/** Reads what heads say of a batch. */
export class HeadReader {
  private constructor(
    private readonly executable: Executable,
    private readonly heads: readonly Head[],
  ) {}

  static async compile(
    executor: Executor,
    form: ProbeForm,
    heads: readonly Head[],
    weights: NamedTensors,
  ): Promise<HeadReader> {
    const { graph, logits } = form.build(heads, 'read');
    const outputs = new Map<string, Tensor>();
    for (const head of heads) {
      const own = logits.get(head.name)!;
      outputs.set(`loss ${head.name}`, headLosses(graph, own, head));
      const { indices } = topK(own, 1);
      outputs.set(`class ${head.name}`, reshape(indices, own.shape.slice(0, -1)));
    }
    return new HeadReader(await executor.compile(graph, outputs, weights, { inFloat32: true }), heads);
  }

  async read(batch: Batch): Promise<Map<string, HeadReading>> {
    const inputs = labelled(batch, this.heads);
    const found = await this.executable.run(inputs);
    return new Map(
      this.heads.map((head) => {
        const labels = inputs.get(labelsOf(head))!.data as Int32Array;
        const counted = labels.reduce((sum, label) => sum + Number(label !== IGNORED), 0);
        const losses = found.get(`loss ${head.name}`)!.data as Float32Array;
        return [head.name, { losses, counted, classes: found.get(`class ${head.name}`)!.data as Int32Array }];
      }),
    );
  }

  dispose(): void {
    this.executable.dispose();
  }
}

/**
 * The class that trained heads read at each example of a split, by head; -1 at all others.
 * @param examples in all splits
 */
export async function readClasses(
  executor: Executor,
  form: ProbeForm,
  heads: readonly Head[],
  parameters: NamedTensors,
  split: Split,
  examples: number,
  cancellation: Cancellation,
): Promise<Map<string, Int32Array>> {
  const weights: NamedTensors = new Map([...form.fixed, ...parameters]);
  const reader = await HeadReader.compile(executor, form, heads, weights);
  const found = new Map(heads.map(({ name }) => [name, new Int32Array(examples).fill(-1)]));
  try {
    for (const batch of form.batches(split)) {
      throwIfCancelled(cancellation);
      for (const [name, { classes }] of await reader.read(batch)) {
        const target = found.get(name)!;
        batch.examples.forEach((example, row) => {
          if (example >= 0) target[example] = classes[row];
        });
      }
    }
    return found;
  } finally {
    reader.dispose();
    executor.release(weights);
  }
}

/** −log p of each label, 0 where none counts; of the shape of the labels. */
export function headLosses(graph: Graph, logits: Tensor, head: Head): Tensor {
  return crossEntropy(logits, graph.input(labelsOf(head), 'int32', logits.shape.slice(0, -1)), IGNORED);
}

/** A batch's inputs with the labels of every head and what its loss is divided by. */
export function labelled({ inputs, examples, shape }: Batch, heads: readonly Head[]): NamedTensors {
  const all = new Map(inputs);
  for (const head of heads) {
    const data = Int32Array.from(examples, (example) => (example < 0 ? IGNORED : head.labels[example]));
    const counted = data.reduce((sum, label) => sum + Number(label !== IGNORED), 0);
    all.set(labelsOf(head), { type: 'int32', shape, data });
    all.set(weightOf(head), scalar(counted === 0 ? 0 : 1 / counted));
  }
  return all;
}

export function scalar(value: number): TensorData {
  return { type: 'float32', shape: [], data: Float32Array.of(value) };
}
