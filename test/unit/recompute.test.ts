// Gradients from recomputed activations: the same numbers, from fewer values that are kept.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph, type Tensor } from '../../src/backend/engine/graph/graph';
import { matmul, sumAll, tanh } from '../../src/backend/engine/operations';
import { interpret } from '../../src/backend/engine/reference/executor';

const LAYERS = 4;

/** tanh(… tanh(tanh(x·W₀)·W₁) …), its loss, and the inputs of its layers. */
function deepNetwork() {
  const graph = new Graph();
  const weights = Array.from({ length: LAYERS }, (_, layer) => graph.weight(`w${layer}`, [3, 3]));
  const layers: Tensor[] = [graph.input('x', 'float32', ['n', 3])];
  for (const weight of weights) layers.push(tanh(matmul(layers[layers.length - 1], weight)));
  return { graph, weights, layers, loss: sumAll(layers[LAYERS]) };
}

function numbers(seed: number, shape: number[]) {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float64Array.from({ length: size }, (_, i) => Math.sin(seed + 1.7 * i)) };
}

describe('recomputation', () => {
  it('changes no gradient', () => {
    const plain = deepNetwork();
    const again = deepNetwork();
    const evaluate = (network: typeof plain, checkpoints?: Tensor[]) => {
      const gradients = differentiate(network.loss, network.weights, checkpoints);
      const plan = new Plan(network.graph, new Map(gradients.map((tensor, i) => [`d${i}`, tensor])));
      const weights = new Map(network.weights.map((_, i) => [`w${i}`, numbers(i, [3, 3])]));
      const values = interpret(plan, weights, new Map([['x', numbers(9, [2, 3])]]));
      return gradients.map((tensor) => Array.from(values.get(tensor)!.data));
    };
    assert.deepEqual(evaluate(again, [again.layers[1], again.layers[3]]), evaluate(plain));
  });

  it('lets the backward pass use nothing of the forward pass but checkpoints and what comes after the last', () => {
    const { graph, loss, weights, layers } = deepNetwork();
    const forward = new Set(
      graph.nodes.flatMap(({ kind, outputs }) => (kind === 'operation' ? outputs : [])),
    );
    const kept = new Set([layers[1], layers[3]]);
    const gradients = differentiate(loss, weights, [...kept]);
    const { nodes } = new Plan(graph, new Map(gradients.map((tensor, i) => [`d${i}`, tensor])));
    const backward = nodes.filter((node) => node.kind === 'operation' && !forward.has(node.outputs[0]));
    const used = new Set(
      backward
        .flatMap((node) => (node.kind === 'operation' ? node.inputs : []))
        .filter((x) => forward.has(x)),
    );
    // The second layer's values are made again from the first checkpoint; before it there is only the first layer.
    assert.ok(!used.has(layers[2]), 'the value between the checkpoints is computed again');
    assert.ok([...kept].every((tensor) => used.has(tensor)));
  });

  it('starts again only when the gradient has come back that far', () => {
    const { graph, loss, weights, layers } = deepNetwork();
    const before = graph.nodes.length;
    differentiate(loss, weights, [layers[1]]);
    const fresh = new Set(graph.nodes.slice(before));
    const made = graph.nodes.find(
      (node) => node.kind === 'operation' && fresh.has(node) && node.inputs[0] === layers[1],
    );
    assert.ok(made?.kind === 'operation' && made.inputs.some(({ node }) => fresh.has(node)));
  });
});
