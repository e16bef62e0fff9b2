// Runs one case of an operation, forward and backward: on the reference, by finite differences, on an engine.
import assert from 'node:assert/strict';
import { Plan, type Executor, type NamedTensors } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph, type Tensor, type TensorData } from '../../src/backend/engine/graph/graph';
import { stored } from '../../src/backend/engine/graph/storage';
import type { ReferenceTensor } from '../../src/backend/engine/graph/operation';
import * as op from '../../src/backend/engine/operations';
import { interpret, widen } from '../../src/backend/engine/reference/executor';
import { seededNormal, seededRandom } from '../../src/backend/random';
import type { Case, Given } from './operationCases';

/** Largest difference of an engine to the reference, relative to the largest value: float32, a few hundred additions. */
const ENGINE_BOUND = 5e-6;
/** Where all is zero: a gradient that cancels without a rest. */
const LEAST_BOUND = 1e-9;
/** Where numbers cancel, an engine may lose what a machine loses that keeps so many bits of every number: float32 has 24. */
const BITS = 18;
/** The same of gradients to finite differences, in float64; constants are float32. */
const DIFFERENCE_BOUND = 1e-7;
const STEP = 1e-4;

/** A graph with the case's outputs y0, y1, …, and the gradients dx0, dx1, … of a sum of them, weighed at random. */
export interface PreparedCase {
  graph: Graph;
  inputs: NamedTensors;
  outputs: Map<string, Tensor>;
  /** What the sum is taken of. */
  terms: Tensor[];
}

export function prepare({ given, build, notDifferentiated }: Case): PreparedCase {
  const graph = new Graph();
  const inputs: NamedTensors = new Map(
    given.map((each, index) => [`x${index}`, randomTensor(each, index + 1)]),
  );
  const tensors = given.map(({ shape, declared, type }, index) =>
    graph.input(`x${index}`, type ?? 'float32', declared ?? shape),
  );
  const results = [build(tensors)].flat();
  const outputs = new Map(results.map((tensor, index) => [`y${index}`, tensor]));
  if (notDifferentiated) return { graph, inputs, outputs, terms: [] };

  const values = interpret(new Plan(graph, outputs), new Map(), widened(inputs));
  const weighed = results.filter(({ type }) => type === 'float32');
  const terms = weighed.map((tensor, index) => {
    const { shape } = values.get(tensor)!;
    inputs.set(`weight${index}`, randomTensor({ shape: [...shape] }, 100 + index));
    return op.multiply(tensor, graph.input(`weight${index}`, 'float32', tensor.shape));
  });
  if (terms.length === 0) return { graph, inputs, outputs, terms };

  const sources = tensors.filter(({ type }) => type === 'float32');
  differentiate(terms.map(op.sumAll).reduce(op.add), sources).forEach((gradient, index) => {
    outputs.set(`d${(sources[index].node as { name: string }).name}`, gradient);
  });
  return { graph, inputs, outputs, terms };
}

/**
 * Compares all gradients of a case with central differences of fourth order, in float64.
 * @param sampled when given, only the elements of the largest gradient, of the last, and so many others are compared
 */
export function assertGradients({ graph, inputs, outputs, terms }: PreparedCase, sampled = Infinity): void {
  const given = widened(inputs);
  const values = interpret(new Plan(graph, outputs), new Map(), given);
  const plan = new Plan(graph, new Map(terms.map((term, index) => [`${index}`, term])));
  const uniform = seededRandom(terms.length);
  for (const [name, gradientTensor] of outputs) {
    if (!name.startsWith('d')) continue;
    const gradient = values.get(gradientTensor)!;
    const { shape, data } = given.get(name.slice(1))!;
    assert.deepEqual(gradient.shape, shape, `shape of ${name}`);

    const termsAt = (index: number, value: number) => {
      const changed = new Map(given).set(name.slice(1), { shape, data: data.with(index, value) });
      const results = interpret(plan, new Map(), changed);
      return terms.map((term) => results.get(term)!.data);
    };
    // Differences before sums: most terms do not change at all.
    const rise = (index: number, by: number) => {
      const below = termsAt(index, data[index] - by);
      const above = termsAt(index, data[index] + by);
      return above.reduce((sum, each, term) => sum + each.reduce((s, v, i) => s + v - below[term][i], 0), 0);
    };
    const magnitudes = gradient.data.map(Math.abs);
    const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0);
    const all = [...gradient.data.keys()];
    const chosen =
      all.length <= sampled + 2
        ? all
        : [
            magnitudes.indexOf(largest),
            all.length - 1,
            ...Array.from({ length: sampled }, () => Math.floor(uniform() * all.length)),
          ];
    for (const index of chosen) {
      const slope = (8 * rise(index, STEP) - rise(index, 2 * STEP)) / (12 * STEP);
      const difference = Math.abs(gradient.data[index] - slope);
      const bound = DIFFERENCE_BOUND * Math.max(largest, 1e-3);
      assert.ok(difference <= bound, `${name}[${index}] is ${gradient.data[index]}, not ${slope}`);
    }
  }
}

/** Compares the outputs and gradients of a case on an engine with the float64 reference. */
export async function assertEngine(
  executor: Executor,
  { graph, inputs, outputs }: PreparedCase,
): Promise<void> {
  const plan = new Plan(graph, outputs);
  const expected = interpret(plan, new Map(), widened(inputs));
  const executable = await executor.compile(graph, outputs, new Map());
  const found = await executable.run(inputs);
  executable.dispose();
  // Some by fewer bits too, because what is lost may be small by chance.
  const rounded = [0, 1, 2].map((fewer) => ({
    values: interpret(plan, new Map(), widened(inputs), roundTo(BITS - fewer)),
    share: 2 ** -fewer,
  }));
  for (const [output, tensor] of outputs) {
    const exact = expected.get(tensor)!;
    const lost = rounded.map(({ values, share }) => share * largestDifference(values.get(tensor)!, exact));
    const bound = Math.max(...lost, ENGINE_BOUND * largest(exact.data), LEAST_BOUND);
    assertClose(found.get(output)!, exact, tensor.type === 'float32' ? bound : 0, output);
  }
}

/** To the nearest number of so many bits; twice is once (Veltkamp's splitting). */
function roundTo(bits: number): (value: ReferenceTensor) => ReferenceTensor {
  const factor = 2 ** (53 - bits) + 1;
  const nearest = (value: number) => factor * value - (factor * value - value);
  return ({ shape, data }) => ({
    shape,
    data: data.map((value) => (Number.isFinite(value) ? nearest(value) : value)),
  });
}

const largest = (values: Float64Array) => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

function largestDifference(a: ReferenceTensor, b: ReferenceTensor): number {
  return largest(a.data.map((value, index) => value - b.data[index]));
}

function randomTensor({ shape, type = 'float32', below = 2, positive }: Given, seed: number): TensorData {
  const size = shape.reduce((a, b) => a * b, 1);
  const [uniform, normal] = [seededRandom(seed), seededNormal(seed)];
  if (type === 'float32') {
    const data = Float32Array.from({ length: size }, () => (positive ? 0.1 + uniform() : 2 * normal()));
    return { type, shape, data };
  }
  const numbers = Array.from({ length: size }, () => Math.floor(below * uniform()));
  return { type, shape, data: stored(type, numbers) };
}

function widened(inputs: NamedTensors): Map<string, ReferenceTensor> {
  return new Map([...inputs].map(([name, value]) => [name, widen(value)]));
}

function assertClose(found: TensorData, expected: ReferenceTensor, bound: number, name: string): void {
  assert.deepEqual([...found.shape], [...expected.shape], `shape of ${name}`);
  for (let i = 0; i < expected.data.length; i++) {
    const same = found.data[i] === expected.data[i];
    const close = same || Math.abs(found.data[i] - expected.data[i]) <= bound;
    assert.ok(close, `${name}[${i}] is ${found.data[i]}, not ${expected.data[i]}`);
  }
}
