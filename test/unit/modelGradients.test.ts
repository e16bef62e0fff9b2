// Gradients of the training loss of whole models: in float64 against finite differences, on each engine against float64.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import type { TensorData } from '../../src/backend/engine/graph/graph';
import type { ReferenceTensor } from '../../src/backend/engine/graph/operation';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { interventionInput } from '../../src/backend/model/hooks';
import { IGNORED } from '../../src/backend/train/loss';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertClose, dot } from '../support/numbers';
import {
  directions,
  LABELS,
  largestOf,
  Loss,
  modelInputs,
  randomDirection,
  tiny,
  TOKENS,
  transposed,
  VOCABULARY,
} from '../support/modelLoss';
import { NO_BIASES } from '../support/randomModel';

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

/** Relative to the largest element of a gradient. The constants in derivatives are float32, good to 6e-8. */
const BOUND = 5e-7;
const ENGINE_BOUND = 1e-4;

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

describe('gradients of what is trained besides the plain loss equal finite differences', () => {
  const checkSlopes = (model: Loss) => {
    const gradients = model.gradients();
    const floor = 1e-3 * largestOf([...gradients.values()]);
    assert.ok(floor > 0);
    for (const [index, [name, gradient]] of [...gradients].entries()) {
      const bound = BOUND * Math.max(largestOf([gradient]), floor);
      for (const direction of directions(gradient.data.length, index)) {
        const slope = model.slope(new Map([[name, direction]]));
        assertNear(dot(gradient.data, direction), slope, bound, `slope in ${name}`);
      }
    }
    return [...gradients.keys()];
  };
  const matrices = ['W_Q', 'W_V', 'W_O', 'W_in', 'W_gate'];
  for (const name of ['learned positions', 'rotary halves, gated, rms, grouped keys', 'uniform attention']) {
    it(`LoRA's matrices, and nothing else: ${name}`, () => {
      const lora = { rank: 2, alpha: 3, matrices };
      const names = checkSlopes(new Loss(tiny(ARCHITECTURES[name]), { captures: [] }, new Map(), { lora }));
      assert.ok(names.length > 0 && names.every((each) => /\.lora_[AB]$/.test(each)));
    });
  }

  it('log²Z beside the loss', () => {
    checkSlopes(new Loss(tiny({}), { captures: [] }, new Map(), { zLoss: 0.3 }));
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

function narrow({ shape, data }: ReferenceTensor): TensorData {
  return { type: 'float32', shape, data: Float32Array.from(data) };
}

function assertNear(found: number, expected: number, bound: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= bound, `${what} is ${found}, not ${expected}`);
}
