// Operations of matrix products: what decides how many threads a run takes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Plan } from '../../src/backend/engine/executor';
import { Graph, type Tensor } from '../../src/backend/engine/graph/graph';
import { add, attend, matmul } from '../../src/backend/engine/operations';
import { productOperations } from '../../src/backend/engine/work';

const operations = (result: Tensor, bindings: Record<string, number>) =>
  productOperations(new Plan(result.graph, new Map([['result', result]])), new Map(Object.entries(bindings)));

it('counts a multiplication and an addition for each element of each product, in all batches', () => {
  const graph = new Graph();
  const a = graph.input('a', 'float32', ['batch', 5, 'pos']);
  const b = graph.input('b', 'float32', ['pos', 7]);
  assert.equal(operations(add(matmul(a, b), matmul(a, b)), { batch: 3, pos: 11 }), 2 * 2 * 3 * 5 * 11 * 7);
});

it('counts products of transposed operands, and the values that attention mixes', () => {
  const graph = new Graph();
  const a = graph.input('a', 'float32', [5, 'pos']);
  const b = graph.input('b', 'float32', [7, 5]);
  const product = matmul(a, b, { transposeA: true, transposeB: true }); // [pos, 7]
  assert.equal(operations(product, { pos: 11 }), 2 * 11 * 5 * 7);
  const values = graph.input('values', 'float32', [13, 7]);
  assert.equal(operations(attend(product, values), { pos: 11 }), 2 * 11 * 5 * 7 + 2 * 11 * 7 * 13);
});
