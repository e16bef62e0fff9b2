// Which operation of a graph a provider cannot run, where all that the runtime says is that there are some.
import { Plan } from '../executor';
import type { Operation } from '../failures';
import { Graph, type Tensor } from '../graph/graph';

/**
 * The first operation that is refused when it is compiled alone, each kind of call once.
 * @param accepts whether a graph compiles
 */
export async function refusedOperation(
  plan: Plan,
  accepts: (alone: Plan) => Promise<boolean>,
): Promise<Operation | undefined> {
  const tried = new Set<string>();
  for (const node of plan.nodes) {
    if (node.kind !== 'operation') continue;
    const call = JSON.stringify([node.forms.name, node.attributes, node.inputs.map(describe)]);
    if (tried.has(call)) continue;
    tried.add(call);
    if (!(await accepts(alone(node)))) return node;
  }
  return undefined;
}

/** What makes a call another kind: an operator may be there for some types and ranks only. */
function describe({ type, shape, node }: Tensor) {
  return [type, shape, node.kind === 'constant' && node.outputs[0].id];
}

/** A graph of one operation: what others compute for it is given to it. */
function alone(node: Operation): Plan {
  const graph = new Graph();
  const inputs = node.inputs.map((tensor) =>
    tensor.node.kind === 'constant'
      ? graph.constant(tensor.node.value)
      : graph.input(`${tensor.id}`, tensor.type, tensor.shape),
  );
  const outputs = graph.append({ ...node, inputs, outputs: [] }, node.outputs);
  return new Plan(graph, new Map(outputs.map((tensor, index) => [`${index}`, tensor])));
}
