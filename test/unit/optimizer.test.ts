// Optimizers, on every engine, against loops over plain numbers that follow PyTorch's documentation.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph, type Tensor } from '../../src/backend/engine/graph/graph';
import { add, multiply, sine, sumAll } from '../../src/backend/engine/operations';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import {
  clippingFactor,
  globalNorm,
  optimizerUpdates,
  scalarInputs,
  scalarValues,
  stateNames,
  type AdamW,
  type Optimizer,
  type Sgd,
} from '../../src/backend/train/optimizer';
import { seededNormal } from '../../src/backend/random';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertCloseValues, floatTensor } from '../support/numbers';

const ADAMW: AdamW = { kind: 'adamw', beta1: 0.8, beta2: 0.95, epsilon: 0.01, weightDecay: 0.3 };
const SGD: Sgd = { kind: 'sgd', momentum: 0.9, weightDecay: 0.3 };

interface Training {
  optimizer: Optimizer;
  clipNorm: number;
}

const TRAININGS: Record<string, Training> = {
  AdamW: { optimizer: ADAMW, clipNorm: Infinity },
  'AdamW with clipped gradients': { optimizer: ADAMW, clipNorm: 2 },
  'AdamW with gradients that need no clipping': { optimizer: ADAMW, clipNorm: 1000 },
  Adam: { optimizer: { ...ADAMW, weightDecay: 0 }, clipNorm: Infinity },
  'gradient descent with momentum': { optimizer: SGD, clipNorm: Infinity },
  'gradient descent with momentum and clipped gradients': { optimizer: SGD, clipNorm: 2 },
  'gradient descent': { optimizer: { ...SGD, momentum: 0 }, clipNorm: Infinity },
};

/** Two weights, of which only the first decays; the loss is Σ c·sin(w), with another c at every step. */
const SHAPES: [string, number[]][] = [
  ['matrix', [3, 5]],
  ['vector', [7]],
];
const DECAYING = 'matrix';
const STEPS = 5;
const rateAt = (step: number) => 0.1 / step;
const factorsAt = (name: string, step: number) => randomNumbers(name, 10 + step);
/** Float32, over five steps of numbers up to 3. */
const BOUND = 3e-6;

for (const engine of [...TESTED_ENGINES, 'reference'] as const) {
  describe(`optimizers on ${engine}`, () => {
    for (const [name, training] of Object.entries(TRAININGS)) {
      it(`${name}: weights and state after each of ${STEPS} steps are PyTorch's`, async (context) => {
        const executor = await executorOf(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const run = await start(executor, training);
        const expected = new PlainTraining(training);
        for (let step = 1; step <= STEPS; step++) {
          const { norm } = await run.step(step);
          const plainNorm = expected.step(step);
          await executor.fetchWeights(run.weights);
          assert.ok(Math.abs(norm - plainNorm) < 1e-5, `norm ${norm}, not ${plainNorm}, at step ${step}`);
          for (const [weight, values] of expected.values) {
            assertCloseValues(run.weights.get(weight)!.data, values, BOUND, `${weight} after step ${step}`);
          }
        }
        run.dispose();
      });
    }

    it('put new weights where another graph that was compiled with the same map finds them', async (context) => {
      const executor = await executorOf(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const run = await start(executor, TRAININGS.AdamW);
      const graph = new Graph();
      const doubled = multiply(graph.weight('vector', [7]), graph.scalar(2));
      const reader = await executor.compile(graph, new Map([['doubled', doubled]]), run.weights);
      await reader.run(new Map());
      await run.step(1);
      const found = (await reader.run(new Map())).get('doubled')!.data;
      reader.dispose();
      run.dispose();

      const expected = new PlainTraining(TRAININGS.AdamW);
      expected.step(1);
      const twice = expected.values.get('vector')!.map((value) => 2 * value);
      assertCloseValues(found, twice, BOUND, 'what the other graph reads');
    });
  });
}

describe('an optimizer', () => {
  it('keeps no state for gradient descent without momentum', () => {
    assert.deepEqual(stateNames({ ...SGD, momentum: 0 }, 'w'), []);
  });

  it('reads and writes all the state that it names, and nothing else', () => {
    for (const optimizer of [ADAMW, SGD]) {
      const { graph, updates } = build({ optimizer, clipNorm: 1 });
      const names = SHAPES.flatMap(([name]) => [name, ...stateNames(optimizer, name)]).sort();
      const read = graph.nodes.flatMap((node) => (node.kind === 'weight' ? [node.name] : [])).sort();
      assert.deepEqual([[...updates.keys()].sort(), read], [names, names]);
    }
  });
});

async function executorOf(engine: (typeof TESTED_ENGINES)[number] | 'reference'): Promise<Executor | string> {
  return engine === 'reference' ? new ReferenceExecutor() : tryEngine(engine);
}

function build({ optimizer, clipNorm }: Training): {
  graph: Graph;
  norm: Tensor;
  updates: Map<string, Tensor>;
} {
  const graph = new Graph();
  const values = SHAPES.map(([name, shape]) => graph.weight(name, shape));
  const loss = SHAPES.map(([name, shape], index) =>
    sumAll(multiply(sine(values[index]), graph.input(`factors of ${name}`, 'float32', shape))),
  ).reduce(add);
  const gradients = differentiate(loss, values);
  const norm = globalNorm(gradients);
  const scale = clipNorm === Infinity ? graph.scalar(1) : clippingFactor(norm, clipNorm);
  const parameters = SHAPES.map(([name], index) => ({
    name,
    value: values[index],
    gradient: gradients[index],
    decays: name === DECAYING,
  }));
  const updates = optimizerUpdates(optimizer, parameters, scale, scalarInputs(graph));
  return { graph, norm, updates };
}

async function start(executor: Executor, training: Training) {
  const { optimizer } = training;
  const { graph, norm, updates } = build(training);
  const weights: NamedTensors = new Map();
  for (const [name, shape] of SHAPES) {
    weights.set(name, floatTensor(shape, randomNumbers(name, 1)));
    for (const state of stateNames(optimizer, name)) {
      weights.set(state, floatTensor(shape, randomNumbers(name, 1).fill(0)));
    }
  }
  const executable = await executor.compile(graph, new Map([['norm', norm]]), weights, { updates });
  return {
    weights,
    async step(step: number): Promise<{ norm: number }> {
      const scalars = Object.entries(scalarValues(optimizer, step, rateAt(step)));
      const inputs: NamedTensors = new Map([
        ...scalars.map(([name, value]) => [name, floatTensor([], [value])] as const),
        ...SHAPES.map(
          ([name, shape]) => [`factors of ${name}`, floatTensor(shape, factorsAt(name, step))] as const,
        ),
      ]);
      const results = await executable.run(inputs);
      return { norm: results.get('norm')!.data[0] };
    },
    dispose(): void {
      executable.dispose();
      executor.release(weights);
    },
  };
}

/**
 * The same in float64: torch.optim.AdamW, and torch.optim.SGD with the decay apart from the gradient; gradients clipped
 * as torch.nn.utils.clip_grad_norm_ does.
 */
class PlainTraining {
  /** Of the weights and the optimizer's state. */
  readonly values = new Map(SHAPES.map(([name]) => [name, randomNumbers(name, 1)]));

  constructor(private readonly training: Training) {
    for (const [name] of SHAPES) {
      for (const state of stateNames(training.optimizer, name)) {
        this.values.set(state, randomNumbers(name, 1).fill(0));
      }
    }
  }

  /** @returns the norm of all gradients, before they are clipped */
  step(step: number): number {
    const { optimizer, clipNorm } = this.training;
    const gradients = new Map(
      SHAPES.map(([name]) => {
        const weight = this.values.get(name)!;
        return [name, factorsAt(name, step).map((factor, i) => factor * Math.cos(weight[i]))];
      }),
    );
    const norm = Math.hypot(...[...gradients.values()].flatMap((gradient) => [...gradient]));
    const scale = norm > clipNorm ? clipNorm / norm : 1;
    for (const [name, gradient] of gradients) {
      const decay = name === DECAYING ? optimizer.weightDecay : 0;
      for (const [i, unclipped] of gradient.entries()) this.update(name, i, scale * unclipped, decay, step);
    }
    return norm;
  }

  private update(name: string, i: number, gradient: number, decay: number, step: number): void {
    const { optimizer } = this.training;
    const weight = this.values.get(name)!;
    const [first, second] = stateNames(optimizer, name).map((state) => this.values.get(state)!);
    const rate = rateAt(step);
    weight[i] *= 1 - rate * decay;
    if (optimizer.kind === 'adamw') {
      const { beta1, beta2, epsilon } = optimizer;
      first[i] = beta1 * first[i] + (1 - beta1) * gradient;
      second[i] = beta2 * second[i] + (1 - beta2) * gradient ** 2;
      const mean = first[i] / (1 - beta1 ** step);
      weight[i] -= (rate * mean) / (Math.sqrt(second[i] / (1 - beta2 ** step)) + epsilon);
    } else if (optimizer.momentum > 0) {
      first[i] = optimizer.momentum * first[i] + gradient;
      weight[i] -= rate * first[i];
    } else {
      weight[i] -= rate * gradient;
    }
  }
}

/** As many as the weight has, exact in float32. */
function randomNumbers(name: string, seed: number): Float64Array {
  const [, shape] = SHAPES.find(([each]) => each === name)!;
  const normal = seededNormal(100 * seed + name.length);
  const length = shape.reduce((a, b) => a * b, 1);
  return Float64Array.from({ length }, () => Math.fround(normal()));
}
