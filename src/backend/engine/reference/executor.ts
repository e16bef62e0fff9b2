// The float64 interpreter: the definition of every operation, for tests. Slow and plain on purpose.
import '../operations';
import { resolveShape } from '../graph/dimension';
import type { TensorData, DataType, Graph, Tensor } from '../graph/graph';
import type { ReferenceTensor } from '../graph/operation';
import { Plan, type Executable, type Executor, type NamedTensors } from '../executor';

export class ReferenceExecutor implements Executor {
  readonly engine = 'reference';
  readonly detail = 'float64 interpreter';

  compile(graph: Graph, outputs: Map<string, Tensor>, weights: NamedTensors): Promise<Executable> {
    const plan = new Plan(graph, outputs);
    const held = plan.weightValues(weights);
    return Promise.resolve({
      run: (inputs: NamedTensors) => Promise.resolve(interpret(plan, held, inputs)),
      dispose: () => undefined,
    });
  }

  release(): void {
    // Holds nothing.
  }

  dispose(): void {
    // Holds nothing.
  }
}

function interpret(plan: Plan, weights: NamedTensors, inputs: NamedTensors): NamedTensors {
  const bindings = plan.bind(inputs);
  const context = { resolve: (shape: Tensor['shape']) => resolveShape(shape, bindings) };
  const values = new Map<number, ReferenceTensor>();
  for (const node of plan.nodes) {
    let results: ReferenceTensor[];
    switch (node.kind) {
      case 'input':
        results = [widen(inputs.get(node.name)!)];
        break;
      case 'weight':
        results = [widen(weights.get(node.name)!)];
        break;
      case 'constant':
        results = [widen(node.value)];
        break;
      case 'operation':
        results = node.forms.reference(
          node.inputs.map((input) => values.get(input.id)!),
          node.attributes,
          context,
        );
    }
    node.outputs.forEach((output, index) => values.set(output.id, results[index]));
  }
  return new Map(
    [...plan.outputs].map(([name, tensor]) => [name, narrow(values.get(tensor.id)!, tensor.type)]),
  );
}

function widen({ shape, data }: TensorData): ReferenceTensor {
  return { shape, data: Float64Array.from(data) };
}

function narrow({ shape, data }: ReferenceTensor, type: DataType): TensorData {
  const array = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[type];
  return { type, shape, data: array.from(data) };
}
