// A graph as plain data, on its way to the process that computes it.
import type { Plan } from '../executor';
import { Graph, type Tensor, type TensorData, type TensorType } from '../graph/graph';
import { operations } from '../operations';

type NodeData = { outputs: TensorType[] } & (
  | { kind: 'input' | 'weight'; name: string }
  | { kind: 'constant'; value: TensorData }
  | { kind: 'operation'; operation: string; attributes: unknown; inputs: number[]; scope: string }
);

export interface GraphData {
  /** In order; tensors are numbered in that order too. */
  nodes: NodeData[];
  outputs: Map<string, number>;
  updates: Map<string, number>;
}

export function graphData({ nodes, outputs, updates }: Plan): GraphData {
  const numbers = new Map<number, number>();
  const numbersOf = (named: ReadonlyMap<string, Tensor>) =>
    new Map([...named].map(([name, tensor]) => [name, numbers.get(tensor.id)!]));
  const written = nodes.map((node): NodeData => {
    const types = node.outputs.map(({ type, shape }) => ({ type, shape }));
    for (const tensor of node.outputs) numbers.set(tensor.id, numbers.size);
    switch (node.kind) {
      case 'input':
      case 'weight':
        return { kind: node.kind, name: node.name, outputs: types };
      case 'constant':
        return { kind: node.kind, value: node.value, outputs: types };
      case 'operation':
        return {
          kind: node.kind,
          operation: node.forms.name,
          attributes: node.attributes,
          inputs: node.inputs.map((tensor) => numbers.get(tensor.id)!),
          scope: node.scope,
          outputs: types,
        };
    }
  });
  return { nodes: written, outputs: numbersOf(outputs), updates: numbersOf(updates) };
}

/** The same graph again, with the tensors that are wanted of it. */
export function graphFrom({ nodes, outputs, updates }: GraphData): {
  graph: Graph;
  outputs: Map<string, Tensor>;
  updates: Map<string, Tensor>;
} {
  const graph = new Graph();
  const tensors: Tensor[] = [];
  for (const node of nodes) {
    const added =
      node.kind === 'operation'
        ? graph.append(
            {
              kind: 'operation',
              forms: operations.get(node.operation)!,
              attributes: node.attributes as never,
              inputs: node.inputs.map((number) => tensors[number]),
              scope: node.scope,
              outputs: [],
            },
            node.outputs,
          )
        : graph.append({ ...node, outputs: [] }, node.outputs);
    tensors.push(...added);
  }
  const named = (numbers: Map<string, number>) =>
    new Map([...numbers].map(([name, number]) => [name, tensors[number]]));
  return { graph, outputs: named(outputs), updates: named(updates) };
}
