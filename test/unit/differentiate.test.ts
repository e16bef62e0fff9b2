// Reverse-mode differentiation apart from the operations: what is summed, what is built, what is refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph, type Tensor } from '../../src/backend/engine/graph/graph';
import type { ReferenceTensor } from '../../src/backend/engine/graph/operation';
import * as op from '../../src/backend/engine/operations';
import { interpret } from '../../src/backend/engine/reference/executor';
import { assertClose } from '../support/numbers';

describe('differentiate', () => {
  it('sums over all places where a tensor is used', () => {
    const { graph, x } = numbers();
    const square = op.multiply(x, x);
    const loss = op.sumAll(op.add(op.multiply(square, x), op.add(square, x))); // x³ + x² + x
    assertGradients(graph, differentiate(loss, [x]), [[0.5, -2, 3].map((v) => 3 * v * v + 2 * v + 1)]);
  });

  it('gives a source on the way to another source the gradient of its own', () => {
    const { graph, x } = numbers();
    const square = op.multiply(x, x);
    const loss = op.sumAll(op.multiply(square, square));
    const gradients = differentiate(loss, [square, x]);
    assertGradients(graph, gradients, [
      [0.5, -2, 3].map((v) => 2 * v ** 2),
      [0.5, -2, 3].map((v) => 4 * v ** 3),
    ]);
  });

  it('gives one to the loss itself', () => {
    const { graph, x } = numbers();
    const loss = op.sumAll(x);
    assertGradients(graph, differentiate(loss, [loss]), [[1]]);
  });

  it('gives zeros of its shape to a source that the loss does not depend on', () => {
    const { graph, x } = numbers();
    const apart = graph.input('apart', 'float32', ['batch', 2]);
    const [gradient] = differentiate(op.sumAll(x), [apart]);
    const [value] = evaluate(
      graph,
      [gradient],
      new Map([['apart', { shape: [3, 2], data: new Float64Array(6).fill(7) }]]),
    );
    assert.deepEqual(value, { shape: [3, 2], data: new Float64Array(6) });
  });

  it('takes a comparison for a constant', () => {
    const { graph, x } = numbers();
    const positive = op.cast(op.lessThan(graph.scalar(0), x), 'float32');
    assertGradients(graph, differentiate(op.sumAll(op.multiply(x, positive)), [x]), [[1, 0, 1]]);
  });

  it('lets no gradient through integers', () => {
    const { graph, x } = numbers();
    const whole = op.cast(op.cast(x, 'int32'), 'float32');
    assertGradients(graph, differentiate(op.sumAll(whole), [x]), [[0, 0, 0]]);
  });

  it('sums the gradients of all parts of a split, with zeros for a part that is not used', () => {
    const { graph, x } = numbers();
    const [, second, third] = op.split(x, 0, [1, 1, 1]);
    const loss = op.sumAll(op.add(second, op.multiply(third, graph.scalar(5))));
    assertGradients(graph, differentiate(loss, [x]), [[0, 1, 5]]);
  });

  it('builds only what leads to the sources', () => {
    const graph = new Graph();
    const weights = ['a', 'b', 'c'].map((name) => graph.weight(name, [4, 4]));
    const start = graph.input('x', 'float32', [2, 4]);
    const loss = op.sumAll(weights.reduce((x, weight) => op.tanh(op.matmul(x, weight)), start));
    const built = (sources: Tensor[]) => {
      const before = graph.nodes.length;
      differentiate(loss, sources);
      return graph.nodes.length - before;
    };
    const [first, last, all] = [built([weights[0]]), built([weights[2]]), built(weights)];
    assert.ok(last < first, `${last} nodes for the last weight, ${first} for the first`);
    assert.ok(first < all, `${first} nodes for the first weight, ${all} for all`);
  });

  it('names the part of the model that a gradient belongs to', () => {
    const { graph, x } = numbers();
    const loss = graph.within('blocks.3.attn', () => op.sumAll(op.tanh(x)));
    const [gradient] = differentiate(loss, [x]);
    assert.equal(gradient.node.kind === 'operation' && gradient.node.scope, 'gradient of blocks.3.attn');
  });

  it('refuses a loss that is no single number', () => {
    const { x } = numbers();
    assert.throws(() => differentiate(x, [x]), { reason: 'graph', message: /not float32 \[3\]/ });
  });

  it('refuses a loss of an unknown number of elements', () => {
    const x = new Graph().input('x', 'float32', ['batch']);
    assert.throws(() => differentiate(x, [x]), { reason: 'graph', message: /not float32 \[batch\]/ });
  });

  it('refuses a loss that is an integer', () => {
    const x = new Graph().input('x', 'int32', []);
    assert.throws(() => differentiate(x, [x]), { reason: 'graph', message: /not int32 \[\]/ });
  });

  it('refuses a loss that depends on what an operation only keeps for its gradient', () => {
    const { graph, x } = numbers();
    const ones = op.broadcastTo(graph.scalar(1), x);
    const [, center] = op.layerNorm(x, ones, ones, 1e-5).node.outputs;
    assert.throws(() => differentiate(op.sumAll(center), [x]), {
      reason: 'graph',
      message: /layerNorm has a gradient in its first output only/,
    });
  });
});

describe('a gradient of a gradient', () => {
  const functions: Record<string, (x: Tensor) => Tensor> = {
    'products and sines': (x) => op.multiply(op.sine(x), op.multiply(x, x)),
    'quotients and roots': (x) =>
      op.divide(op.squareRoot(op.add(op.multiply(x, x), x.graph.scalar(2))), op.exponential(x)),
    softmax: (x) => op.multiply(op.softmax(x), x),
    'logarithms of probabilities': (x) => op.multiply(op.logSoftmax(x), x),
    'gelu by erf': op.gelu,
    'gelu by tanh': op.geluTanh,
    silu: op.silu,
    'a product of matrices': (x) => {
      const column = op.reshape(x, [3, 1]);
      return op.multiply(op.matmul(column, column, { transposeB: true }), x);
    },
    'elements at indices': (x) => {
      const indices = x.graph.constant({ type: 'int32', shape: [2], data: Int32Array.of(2, 2) });
      const taken = op.gather(x, indices);
      return op.multiply(taken, op.multiply(taken, taken));
    },
  };
  for (const [name, apply] of Object.entries(functions)) {
    it(`equals the difference of gradients: ${name}`, () => {
      const { graph, x } = numbers();
      const [first] = differentiate(op.sumAll(apply(x)), [x]);
      const along = { shape: [3], data: Float64Array.of(0.3, -0.8, 0.5) };
      const direction = graph.input('along', 'float32', [3]);
      const [second] = differentiate(op.sumAll(op.multiply(first, direction)), [x]);
      const [found] = evaluate(graph, [second], new Map([['along', along]]));

      const step = 1e-3;
      const firstAt = (distance: number) =>
        evaluate(
          graph,
          [first],
          new Map([['x', { shape: [3], data: X.map((v, i) => v + distance * along.data[i]) }]]),
        )[0].data;
      const [back2, back, ahead, ahead2] = [-2, -1, 1, 2].map((steps) => firstAt(steps * step));
      const expected = X.map((_, i) => (8 * (ahead[i] - back[i]) - (ahead2[i] - back2[i])) / (12 * step));
      assertClose(found, { shape: [3], data: expected }, 1e-6, 'second derivative along a direction');
    });
  }
});

const X = Float64Array.of(0.5, -2, 3);

function numbers(): { graph: Graph; x: Tensor } {
  const graph = new Graph();
  return { graph, x: graph.input('x', 'float32', [3]) };
}

function evaluate(
  graph: Graph,
  tensors: readonly Tensor[],
  inputs: ReadonlyMap<string, ReferenceTensor> = new Map(),
): ReferenceTensor[] {
  const plan = new Plan(graph, new Map(tensors.map((tensor, index) => [`${index}`, tensor])));
  const values = interpret(plan, new Map(), new Map([['x', { shape: [3], data: X }], ...inputs]));
  return tensors.map((tensor) => values.get(tensor)!);
}

function assertGradients(graph: Graph, gradients: readonly Tensor[], expected: number[][]): void {
  evaluate(graph, gradients).forEach(({ data }, index) => assert.deepEqual([...data], expected[index]));
}
