// Gradients of the training loss of whole models: in float64 against finite differences, on each engine against float64.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan, type NamedTensors } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import type { Tensor, TensorData } from '../../src/backend/engine/graph/graph';
import type { ReferenceTensor } from '../../src/backend/engine/graph/operation';
import { interpret, widen } from '../../src/backend/engine/reference/executor';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { interventionInput } from '../../src/backend/model/hooks';
import { buildTransformer, type ForwardRequest } from '../../src/backend/model/transformer';
import { weightShapes } from '../../src/backend/model/weights';
import { seededNormal, seededRandom } from '../../src/backend/random';
import { IGNORED, languageModelLoss } from '../../src/backend/train/loss';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertClose, dot } from '../support/numbers';
import { configurationWith, NO_BIASES, randomWeights } from '../support/randomModel';

const ARCHITECTURES: Record<string, Partial<TransformerConfiguration>> = {
  ...CONFIGURATIONS,
  'rms, post-norm, silu, tied, windows to both sides': {
    norm: 'rms',
    block: 'post-norm',
    activation: 'silu',
    tied: true,
    causal: false,
    windows: [2, null],
    biases: NO_BIASES,
  },
};

/** Of central differences. Each choice that a model makes (relu, experts) is further than this from turning over. */
const STEP = 2e-4;
/** Relative to the largest element of a gradient. The constants in derivatives are float32, good to 6e-8. */
const BOUND = 5e-7;
const ENGINE_BOUND = 1e-4;

const BATCH = 2;
const POS = 4;
const VOCABULARY = 7;
/** A token twice in one text and one that never comes; one label that does not count. */
const TOKENS = [3, 0, 3, 6, 1, 5, 2, 0];
const LABELS = [0, 3, 6, 2, 5, IGNORED, 0, 1];

const RESIDUAL = 'blocks.1.hook_resid_pre';

describe('gradients of a model equal finite differences', () => {
  for (const [name, changes] of Object.entries(ARCHITECTURES)) {
    it(`in every weight: ${name}`, () => {
      const model = new Loss(tiny(changes));
      const gradients = model.gradients();
      const floor = 1e-3 * largestOf([...gradients.values()]);
      for (const [index, [weight, gradient]] of [...gradients].entries()) {
        const bound = BOUND * Math.max(largestOf([gradient]), floor);
        for (const direction of directions(gradient.data.length, index)) {
          const slope = model.slope(new Map([[weight, direction]]));
          assertNear(dot(gradient.data, direction), slope, bound, `slope in ${weight}`);
        }
      }
    });
  }

  it('in all weights at once', () => {
    const model = new Loss(tiny({}));
    const gradients = model.gradients();
    const directions = new Map(
      [...gradients].map(([name, { data }], index) => [name, randomDirection(data.length, index)]),
    );
    const along = [...gradients].map(([name, { data }]) => dot(data, directions.get(name)!));
    const expected = model.slope(directions);
    assertNear(
      along.reduce((a, b) => a + b),
      expected,
      BOUND * Math.abs(expected),
      'slope',
    );
  });

  it('in what is added to the residual stream, for all tokens alike', () => {
    const intervention = { hook: RESIDUAL, kind: 'add', shape: [6] } as const;
    const delta = { shape: [6], data: Float64Array.from([0.5, -1, 0, 2, 0.1, -0.3]) };
    const input = interventionInput(RESIDUAL, 'add');
    const model = new Loss(
      tiny({}),
      { captures: [], interventions: [intervention] },
      new Map([[input, delta]]),
    );
    const [gradient] = model.gradientsIn([model.graph.input(input, 'float32', [6])]);
    for (const direction of directions(6, 1)) {
      const slope = model.slope(new Map([[input, direction]]));
      assertNear(dot(gradient.data, direction), slope, BOUND * largestOf([gradient]), 'slope');
    }
  });
});

describe('gradients inside a model', () => {
  it('in an activation on the way are those in a value fed in its place', () => {
    const configuration = tiny({});
    const computed = new Loss(configuration, { captures: [RESIDUAL] });
    const activation = computed.outputs.get(RESIDUAL)!;
    const [inside] = computed.gradientsIn([activation]);

    const intervention = { hook: RESIDUAL, kind: 'feed', shape: ['batch', 'pos', 6] } as const;
    const input = interventionInput(RESIDUAL, 'feed');
    const given = new Map([[input, computed.value(activation)]]);
    const fed = new Loss(configuration, { captures: [], interventions: [intervention] }, given);
    const [inFed] = fed.gradientsIn([fed.graph.input(input, 'float32', ['batch', 'pos', 6])]);
    assertClose(inside, inFed, 1e-15, 'gradient');
    assert.ok(largestOf([inside]) > 1e-3);
  });

  it('add up in an embedding that is also the unembedding', () => {
    const tied = new Loss(tiny({ tied: true, biases: NO_BIASES }));
    const untied = new Loss(tiny({ tied: false, biases: NO_BIASES }));
    for (const [name, value] of tied.values) untied.values.set(name, value);
    untied.values.set('unembed.W_U', transposed(tied.values.get('embed.W_E')!));

    const apart = untied.gradients();
    const unembedding = transposed(apart.get('unembed.W_U')!);
    const { shape, data } = apart.get('embed.W_E')!;
    const sum = { shape, data: data.map((value, index) => value + unembedding.data[index]) };
    assertClose(tied.gradients().get('embed.W_E')!, sum, 1e-15, 'gradient');
  });

  it('are zero in the logits whose label is ignored, and only there', () => {
    const model = new Loss(tiny({}));
    const [{ data }] = model.gradientsIn([model.logits]);
    const rows = LABELS.map((_, row) => data.subarray(row * VOCABULARY, (row + 1) * VOCABULARY));
    const silent = rows.map((row) => row.every((value) => value === 0));
    assert.deepEqual(
      silent,
      LABELS.map((label) => label === IGNORED),
    );
  });

  it('are zero in the embedding of a token that does not come', () => {
    const gradient = new Loss(tiny({})).gradients().get('embed.W_E')!;
    const rows = Array.from({ length: VOCABULARY }, (_, row) => gradient.data.slice(row * 6, (row + 1) * 6));
    assert.deepEqual(
      rows.map((row) => row.some((value) => value !== 0)),
      rows.map((_, token) => TOKENS.includes(token)),
    );
  });
});

for (const engine of TESTED_ENGINES) {
  describe(`gradients of a model on ${engine} are those in float64`, () => {
    for (const [name, changes] of Object.entries(ARCHITECTURES)) {
      it(name, async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const model = new Loss(tiny(changes));
        const expected = model.gradients();
        const weights: NamedTensors = new Map(
          model.weightNames.map((key) => [key, narrow(model.values.get(key)!)]),
        );
        const outputs = new Map(
          differentiate(model.loss, model.weights).map((each, index) => [model.weightNames[index], each]),
        );
        const executable = await executor.compile(model.graph, outputs, weights);
        const found = await executable.run(modelInputs());
        executable.dispose();
        executor.release(weights);

        const floor = 1e-3 * largestOf([...expected.values()]);
        for (const [weight, gradient] of expected) {
          const bound = ENGINE_BOUND * Math.max(largestOf([gradient]), floor);
          assertClose(found.get(weight)!, gradient, bound, `gradient in ${weight}`);
        }
      });
    }
  });
}

/** The training loss of one model on one batch, and its gradients, in float64. */
class Loss {
  readonly graph;
  readonly outputs;
  readonly logits: Tensor;
  readonly loss: Tensor;
  readonly weightNames: string[];
  readonly weights: Tensor[];
  /** Of weights and inputs. */
  readonly values: Map<string, ReferenceTensor>;

  constructor(
    configuration: TransformerConfiguration,
    request: ForwardRequest = { captures: [] },
    given: ReadonlyMap<string, ReferenceTensor> = new Map(),
  ) {
    ({
      graph: this.graph,
      outputs: this.outputs,
      logits: this.logits,
    } = buildTransformer(configuration, request));
    this.loss = languageModelLoss(this.logits, this.graph.input('labels', 'int32', ['batch', 'pos']));
    const shapes = [...weightShapes(configuration)];
    this.weightNames = shapes.map(([name]) => name);
    this.weights = shapes.map(([name, shape]) => this.graph.weight(name, shape));
    const random = [...randomWeights(configuration, 1)].map(([name, value]): [string, ReferenceTensor] => [
      name,
      widen({ type: 'float32', ...value }),
    ]);
    const inputs = [...modelInputs()].map(([name, value]): [string, ReferenceTensor] => [name, widen(value)]);
    this.values = new Map([...random, ...inputs, ...given]);
  }

  /** In each weight, by name. */
  gradients(): Map<string, ReferenceTensor> {
    return new Map(this.gradientsIn(this.weights).map((each, index) => [this.weightNames[index], each]));
  }

  gradientsIn(sources: readonly Tensor[]): ReferenceTensor[] {
    return this.evaluate(differentiate(this.loss, sources), this.values);
  }

  value(tensor: Tensor): ReferenceTensor {
    return this.evaluate([tensor], this.values)[0];
  }

  /** How fast the loss rises when the values named move along these directions, by differences of fourth order. */
  slope(directions: ReadonlyMap<string, Float64Array>): number {
    const lossAt = (distance: number) => {
      const moved = new Map(this.values);
      for (const [name, direction] of directions) {
        const { shape, data } = moved.get(name)!;
        moved.set(name, { shape, data: data.map((value, index) => value + distance * direction[index]) });
      }
      return this.evaluate([this.loss], moved)[0].data[0];
    };
    const rise = (distance: number) => lossAt(distance) - lossAt(-distance);
    return (8 * rise(STEP) - rise(2 * STEP)) / (12 * STEP);
  }

  private evaluate(tensors: readonly Tensor[], values: Map<string, ReferenceTensor>): ReferenceTensor[] {
    const plan = new Plan(this.graph, new Map(tensors.map((tensor, index) => [`${index}`, tensor])));
    const results = interpret(plan, values, values);
    return tensors.map((tensor) => results.get(tensor)!);
  }
}

/** Two layers, so small that the slow reference can run hundreds of times. */
function tiny(changes: Partial<TransformerConfiguration>): TransformerConfiguration {
  const neurons = changes.experts ? 2 * changes.experts.num_experts : 5;
  const d_mlp = changes.d_mlp === 0 ? 0 : neurons;
  return configurationWith({ ...changes, d_model: 6, d_mlp, d_vocab: VOCABULARY, n_ctx: POS });
}

function modelInputs(): NamedTensors {
  const ids = (shape: number[], values: number[]): TensorData => ({
    type: 'int32',
    shape,
    data: Int32Array.from(values),
  });
  return new Map([
    ['tokens', ids([BATCH, POS], TOKENS)],
    ['labels', ids([BATCH, POS], LABELS)],
    ['positions', ids([POS], [0, 1, 2, 3])],
  ]);
}

/** One that moves every element, and one that moves a single one. */
function directions(length: number, seed: number): Float64Array[] {
  const moved = Math.floor(length * seededRandom(seed)());
  return [randomDirection(length, seed), new Float64Array(length).with(moved, 1)];
}

/** Of length one. */
function randomDirection(length: number, seed: number): Float64Array {
  const normal = seededNormal(seed + 1);
  const direction = new Float64Array(length).map(normal);
  const norm = Math.sqrt(dot(direction, direction));
  return direction.map((value) => value / norm);
}

function largestOf(tensors: readonly ReferenceTensor[]): number {
  return tensors.flatMap(({ data }) => [...data]).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

function transposed({ shape: [rows, columns], data }: ReferenceTensor): ReferenceTensor {
  const swapped = data.map((_, index) => data[(index % rows) * columns + Math.floor(index / rows)]);
  return { shape: [columns, rows], data: swapped };
}

function narrow({ shape, data }: ReferenceTensor): TensorData {
  return { type: 'float32', shape, data: Float32Array.from(data) };
}

function assertNear(found: number, expected: number, bound: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= bound, `${what} is ${found}, not ${expected}`);
}
