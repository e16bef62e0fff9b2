// A computation as data: nodes in the order of their creation, each an operation on earlier nodes' outputs.
import { SubtextError } from '../../errors';
import type { Shape } from './dimension';
import type { OperationForms } from './operation';

/** Computed with are float32, int32 and bool; the others hold numbers (see `STORAGE_TYPES`). */
export type DataType = 'float32' | 'float16' | 'bfloat16' | 'int32' | 'int64' | 'bool';

export interface TensorType {
  type: DataType;
  shape: Shape;
}

/** Numbers with a shape, row-major: what goes into a run and comes out of it. Bools are 0 or 1; see `ARRAYS`. */
export interface TensorData {
  type: DataType;
  shape: readonly number[];
  data: Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;
}

/** A value in a graph: one output of a node. */
export interface Tensor extends TensorType {
  graph: Graph;
  /** Unique in its graph. */
  id: number;
  node: Node;
}

/** Where a node's value comes from: fed with every run, kept by the engine, written in the graph, or computed. */
export type Node =
  | { kind: 'input'; name: string; outputs: Tensor[] }
  | { kind: 'weight'; name: string; outputs: Tensor[] }
  | { kind: 'constant'; value: TensorData; outputs: Tensor[] }
  | {
      kind: 'operation';
      forms: OperationForms<never>;
      attributes: never;
      inputs: Tensor[];
      outputs: Tensor[];
      /** Where in the model it stands, such as `blocks.3.attn`. */
      scope: string;
    };

export class Graph {
  /** Names the part of the model that is being built: messages about the nodes added meanwhile say it. */
  scope = '';
  /** In topological order. */
  readonly nodes: Node[] = [];
  private readonly sources = new Map<string, Tensor>();
  private tensorCount = 0;

  /** A value given with every run; asking twice for the same name gives the same tensor. */
  input(name: string, type: DataType, shape: Shape): Tensor {
    return this.source('input', name, { type, shape });
  }

  /** A value that the executor holds from run to run. */
  weight(name: string, shape: Shape, type: 'float32' | 'float16' | 'bfloat16' = 'float32'): Tensor {
    return this.source('weight', name, { type, shape });
  }

  /** A small literal. */
  constant(value: TensorData): Tensor {
    return this.append({ kind: 'constant', value, outputs: [] }, [value])[0];
  }

  /** A float32 scalar. */
  scalar(value: number): Tensor {
    return this.constant({ type: 'float32', shape: [], data: new Float32Array([value]) });
  }

  /** Builds a part of the model under its name. */
  within<Result>(scope: string, build: () => Result): Result {
    const outer = this.scope;
    this.scope = scope;
    try {
      return build();
    } finally {
      this.scope = outer;
    }
  }

  /** Adds a node and its output tensors. Operations call this; everybody else calls operations. */
  append(node: Node, types: readonly TensorType[]): Tensor[] {
    node.outputs = types.map(({ type, shape }) => ({
      graph: this,
      id: this.tensorCount++,
      node,
      type,
      shape,
    }));
    this.nodes.push(node);
    return node.outputs;
  }

  private source(kind: 'input' | 'weight', name: string, type: TensorType): Tensor {
    const key = `${kind} ${name}`;
    const existing = this.sources.get(key);
    if (existing) return existing;
    const [tensor] = this.append({ kind, name, outputs: [] }, [type]);
    this.sources.set(key, tensor);
    return tensor;
  }
}

/** The nodes that `outputs` depend on, in order: everything else is left out of what is compiled. */
export function neededNodes(graph: Graph, outputs: Iterable<Tensor>): Node[] {
  const needed = new Set<Node>();
  const pending = [...outputs].map((tensor) => tensor.node);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    if (node.kind === 'operation') pending.push(...node.inputs.map((tensor) => tensor.node));
  }
  return graph.nodes.filter((node) => needed.has(node));
}

/** Elements of a shape as text, for messages. */
export function describeType({ type, shape }: TensorType): string {
  return `${type} [${shape.join(', ')}]`;
}

/** An operation and where it stands, without its shapes. */
export function describePlace({ forms, scope }: Extract<Node, { kind: 'operation' }>): string {
  return scope === '' ? forms.name : `${forms.name} in ${scope}`;
}

/** A mistake in how a graph was put together. */
export function graphError(message: string): SubtextError {
  return new SubtextError('graph', message, 'This is a fault of Subtext: please report it with the log.');
}
