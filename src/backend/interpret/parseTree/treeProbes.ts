// All probes of one activation that read a grammar's tree, as one compiled graph: a run of the model, then a run of this.
import type { Executable, Executor, NamedTensors } from '../../engine/executor';
import { Graph, type Tensor } from '../../engine/graph/graph';
import { add, matmul, softmax } from '../../engine/operations';
import { SubtextError } from '../../errors';
import { multiHeadInputs, multiHeadLogits } from '../probes/multiHeadProbe';
import type { StoredProbe } from '../probes/probeFile';

/** A probe and the name of its output. */
export interface NamedProbe {
  name: string;
  probe: StoredProbe;
}

export class TreeProbes {
  private constructor(
    private readonly executor: Executor,
    private readonly executable: Executable,
    private readonly weights: NamedTensors,
    private readonly width: number,
    /** undefined for linear probes, which know no positions. */
    private readonly shape: MultiHead | undefined,
  ) {}

  /** Tokens of the longest string that the probes can read. */
  get positions(): number {
    return this.shape?.positions ?? Infinity;
  }

  /**
   * @param probes of one activation and one kind, at least one
   * @throws SubtextError `probe` for a kind that does not read activations as they are
   */
  static async compile(executor: Executor, probes: readonly NamedProbe[]): Promise<TreeProbes> {
    const graph = new Graph();
    const { width, probe: shape } = probes[0].probe.header;
    const weights: NamedTensors = new Map();
    const outputs = new Map<string, Tensor>();
    const x =
      shape.kind === 'multi-head'
        ? graph.input('activations', 'float32', ['batch', 'pos', width])
        : graph.input('activations', 'float32', ['batch', width]);
    for (const { name, probe } of probes) {
      const { classes, probe: own } = probe.header;
      for (const [parameter, value] of probe.parameters) weights.set(`${name}/${parameter}`, value);
      outputs.set(name, softmax(logitsOf(graph, x, name, classes.length, width, own)));
    }
    const executable = await executor.compile(graph, outputs, weights);
    return new TreeProbes(
      executor,
      executable,
      weights,
      width,
      shape.kind === 'multi-head' ? shape : undefined,
    );
  }

  /**
   * The probabilities of every probe at every token of some strings.
   * @param activations [strings, length, width]
   * @param lengths of the strings; what lies behind is padding
   * @returns by probe [strings, length, classes]
   */
  async read(
    activations: Float32Array,
    length: number,
    lengths: readonly number[],
  ): Promise<Map<string, Float32Array>> {
    const { width, shape } = this;
    const inputs: NamedTensors = shape
      ? multiHeadInputs(activations, width, length, lengths, shape.locality)
      : new Map([
          ['activations', { type: 'float32', shape: [lengths.length * length, width], data: activations }],
        ]);
    const read = await this.executable.run(inputs);
    return new Map([...read].map(([name, { data }]) => [name, data as Float32Array]));
  }

  dispose(): void {
    this.executable.dispose();
    this.executor.release(this.weights);
  }
}

type Shape = StoredProbe['header']['probe'];
type MultiHead = Extract<Shape, { kind: 'multi-head' }>;

function logitsOf(
  graph: Graph,
  x: Tensor,
  name: string,
  classes: number,
  width: number,
  shape: Shape,
): Tensor {
  switch (shape.kind) {
    case 'linear': {
      const product = matmul(x, graph.weight(`${name}/W`, [width, classes]));
      return add(product, graph.weight(`${name}/b`, [classes]));
    }
    case 'multi-head':
      return multiHeadLogits(graph, x, { name, classes }, shape, shape.positions);
    case 'embedding-update':
      throw new SubtextError(
        'probe',
        'A probe that updates the embedding changes the model that it reads, so that it reads no tree in the editor',
        'Train a linear or a multi-head one.',
      );
  }
}
