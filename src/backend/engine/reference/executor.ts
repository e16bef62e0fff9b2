// The float64 interpreter: the definition of every operation, for tests. Slow and plain on purpose.
import '../operations';
import { availableMemory } from '../availableMemory';
import { resolveShape } from '../graph/dimension';
import type { TensorData, DataType, Graph, Tensor } from '../graph/graph';
import type { ReferenceTensor } from '../graph/operation';
import { heldOnHost, onHost } from '../heldTensor';
import { numbersOf, stored } from '../graph/storage';
import {
  allFinite,
  Plan,
  type CompileOptions,
  type Executable,
  type Executor,
  type NamedTensors,
} from '../executor';

export class ReferenceExecutor implements Executor {
  readonly engine = 'reference';
  readonly detail = 'float64 interpreter';
  readonly threads = 1;
  readonly ownMemory = false;

  availableMemory(): number {
    return availableMemory();
  }

  compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    { updates, onlyFinite = false, sizes = {}, holds = new Set() }: CompileOptions = {},
  ): Promise<Executable> {
    const plan = new Plan(graph, outputs, updates, new Map(Object.entries(sizes)));
    plan.weightValues(weights);
    const run = (inputs: NamedTensors): NamedTensors => {
      const results = interpret(plan, widenAll(plan.weightValues(weights)), widenAll(inputs));
      const value = ([name, tensor]: [string, Tensor]): [string, TensorData] => [
        name,
        narrow(results.get(tensor)!, tensor.type),
      ];
      const outputs = new Map([...plan.outputs].map(value));
      if (!onlyFinite || allFinite(outputs))
        for (const each of [...plan.updates].map(value)) weights.set(...each);
      return outputs;
    };
    return Promise.resolve({
      run: (inputs) => Promise.resolve(run(onHost(inputs))),
      runHolding: (inputs) => Promise.resolve(heldOnHost(run(onHost(inputs)), holds)),
      bytes: 0,
      dispose: () => undefined,
    });
  }

  fetchWeights(): Promise<string[]> {
    return Promise.resolve([]);
  }

  weightsChanged(): void {
    // Looks them up with every run.
  }

  release(): void {
    // Holds nothing.
  }

  dispose(): void {
    // Holds nothing.
  }
}

/**
 * The values of all tensors of a plan in float64, from inputs and weights in float64.
 * @param rounded what becomes of each float32 value before others use it: nothing, unless errors are studied
 * @throws SubtextError `graph` when an input is missing or does not fit
 */
export function interpret(
  plan: Plan,
  weights: ReadonlyMap<string, ReferenceTensor>,
  inputs: ReadonlyMap<string, ReferenceTensor>,
  rounded = (value: ReferenceTensor) => value,
): Map<Tensor, ReferenceTensor> {
  const bindings = plan.bind(inputs);
  const context = { resolve: (shape: Tensor['shape']) => resolveShape(shape, bindings) };
  const values = new Map<Tensor, ReferenceTensor>();
  for (const node of plan.nodes) {
    let results: ReferenceTensor[];
    switch (node.kind) {
      case 'input':
        results = [inputs.get(node.name)!];
        break;
      case 'weight':
        results = [weights.get(node.name)!];
        break;
      case 'constant':
        results = [widen(node.value)];
        break;
      case 'operation':
        results = node.forms.reference(
          node.inputs.map((input) => values.get(input)!),
          node.attributes,
          context,
        );
    }
    node.outputs.forEach((output, index) => {
      values.set(output, output.type === 'float32' ? rounded(results[index]) : results[index]);
    });
  }
  return values;
}

export function widen(value: TensorData): ReferenceTensor {
  return { shape: value.shape, data: Float64Array.from(numbersOf(value)) };
}

function widenAll(values: NamedTensors): Map<string, ReferenceTensor> {
  return new Map([...values].map(([name, value]) => [name, widen(value)]));
}

function narrow({ shape, data }: ReferenceTensor, type: DataType): TensorData {
  return { type, shape, data: stored(type, data) };
}
