// Every operation, forward and backward: on every engine against the float64 reference, there against finite differences.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan, type NamedTensors } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph, type TensorData } from '../../src/backend/engine/graph/graph';
import type { ReferenceTensor } from '../../src/backend/engine/graph/operation';
import * as op from '../../src/backend/engine/operations';
import { interpret, ReferenceExecutor, widen } from '../../src/backend/engine/reference/executor';
import { seededNormal, seededRandom } from '../../src/backend/random';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { cases, type Case, type Given } from '../support/operationCases';

/** Largest difference to the reference, relative to the largest value: float32 with a few hundred additions. */
const BOUND = 5e-6;

describe('operations', () => {
  it('every one of them has a case here', () => {
    const covered = new Set(Object.values(cases).flatMap(({ covers }) => covers));
    assert.deepEqual(
      [...op.operations.keys()].filter((name) => !covered.has(name)),
      [],
    );
  });

  describe('gradients equal finite differences in float64', () => {
    for (const [name, testCase] of Object.entries(cases)) {
      if (testCase.notDifferentiated) continue;
      it(name, () => {
        const { plan, inputs } = prepare(testCase);
        const wide = new Map([...inputs].map(([input, value]) => [input, widen(value)]));
        const values = interpret(plan, new Map(), wide);
        for (const [input, { type }] of inputs) {
          if (type !== 'float32') continue;
          const gradient = values.get(plan.outputs.get(`d${input}`)!)!;
          const differences = finiteDifferences(plan, wide, input);
          assertClose(gradient, differences, `gradient in ${input}`, 1e-7);
        }
      });
    }
  });

  for (const engine of TESTED_ENGINES) {
    describe(`on ${engine}`, () => {
      for (const [name, testCase] of Object.entries(cases)) {
        it(name, async (context) => {
          const executor = await tryEngine(engine);
          if (typeof executor === 'string') {
            context.skip(executor);
            return;
          }
          const { plan, graph, inputs } = prepare(testCase);
          const outputs = plan.outputs;
          const expected = await (
            await new ReferenceExecutor().compile(graph, outputs, new Map())
          ).run(inputs);
          const found = await (await executor.compile(graph, outputs, new Map())).run(inputs);
          for (const [output, value] of expected) {
            // The loss is a sum that cancels; its gradients do not.
            if (output !== 'loss') assertClose(found.get(output)!, value, output);
          }
        });
      }
    });
  }
});

/** The outputs y0, y1, …, a loss of them all, and its gradients dx0, dx1, … in the float32 inputs. */
function prepare({ given, build, notDifferentiated }: Case): {
  plan: Plan;
  graph: Graph;
  inputs: NamedTensors;
} {
  const graph = new Graph();
  const inputs: NamedTensors = new Map(
    given.map((each, index) => [`x${index}`, randomTensor(each, index + 1)]),
  );
  const tensors = given.map(({ shape, declared, type }, index) =>
    graph.input(`x${index}`, type ?? 'float32', declared ?? shape),
  );
  const results = [build(tensors)].flat();
  const outputs = new Map(results.map((tensor, index) => [`y${index}`, tensor]));
  if (!notDifferentiated) {
    // Sines, so that no two elements of an output have the same gradient.
    const losses = results
      .filter(({ type }) => type === 'float32')
      .map((tensor, index) => op.sumAll(op.sine(op.add(tensor, graph.scalar(index + 1)))));
    const loss = losses.reduce(op.add, graph.scalar(0));
    outputs.set('loss', loss);
    const sources = tensors.filter(({ type }) => type === 'float32');
    differentiate(loss, sources).forEach((gradient, index) => {
      outputs.set(`d${(sources[index].node as { name: string }).name}`, gradient);
    });
  }
  return { plan: new Plan(graph, outputs), graph, inputs };
}

function randomTensor({ shape, type = 'float32', below = 2, positive }: Given, seed: number): TensorData {
  const size = shape.reduce((a, b) => a * b, 1);
  const [uniform, normal] = [seededRandom(seed), seededNormal(seed)];
  if (type === 'float32') {
    const data = Float32Array.from({ length: size }, () => (positive ? 0.1 + uniform() : 2 * normal()));
    return { type, shape, data };
  }
  return { type, shape, data: Int32Array.from({ length: size }, () => Math.floor(below * uniform())) };
}

/** d loss / d input by central differences of fourth order, element by element. */
function finiteDifferences(plan: Plan, inputs: Map<string, ReferenceTensor>, input: string): ReferenceTensor {
  const { shape, data } = inputs.get(input)!;
  const step = 1e-4;
  const loss = new Plan(plan.graph, new Map([['loss', plan.outputs.get('loss')!]]));
  const lossAt = (index: number, value: number) => {
    const changed = new Map(inputs).set(input, { shape, data: data.with(index, value) });
    return interpret(loss, new Map(), changed).get(loss.outputs.get('loss')!)!.data[0];
  };
  const rise = (index: number, value: number, by: number) =>
    lossAt(index, value + by) - lossAt(index, value - by);
  const slope = (value: number, index: number) =>
    (8 * rise(index, value, step) - rise(index, value, 2 * step)) / (12 * step);
  return { shape, data: data.map(slope) };
}

interface Numbers {
  shape: readonly number[];
  data: ArrayLike<number>;
}

function assertClose(found: Numbers, expected: Numbers, name: string, bound = BOUND): void {
  assert.deepEqual([...found.shape], [...expected.shape], `shape of ${name}`);
  const largest = Array.from(expected.data).reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3);
  for (let i = 0; i < expected.data.length; i++) {
    const difference = Math.abs(found.data[i] - expected.data[i]);
    assert.ok(difference <= bound * largest, `${name}[${i}] is ${found.data[i]}, not ${expected.data[i]}`);
  }
}
