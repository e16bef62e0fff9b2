// Gradients of the multi-head probe in float64 against finite differences, and its formula against plain loops.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph } from '../../src/backend/engine/graph/graph';
import type { ReferenceTensor } from '../../src/backend/engine/graph/operation';
import { crossEntropy, sumAll } from '../../src/backend/engine/operations';
import { interpret, widen } from '../../src/backend/engine/reference/executor';
import {
  multiHeadInputs,
  multiHeadLogits,
  type Locality,
} from '../../src/backend/interpret/probes/multiHeadProbe';
import { seededNormal } from '../../src/backend/random';
import { directions, largestOf } from '../support/modelLoss';
import { assertClose, dot } from '../support/numbers';

const [TEXTS, LENGTH, WIDTH, CLASSES, POSITIONS] = [2, 5, 3, 4, 6];
const SHAPE = { heads: 3, width: 2 };
const LENGTHS = [5, 3];
const LABELS = [0, 3, 1, 2, 2, 1, 0, 3, -100, -100];
/** Of central differences of fourth order, and what they may be off by, relative to the largest element. */
const STEP = 1e-3;
const BOUND = 1e-7;

const LOCALITIES: Locality[] = ['all', 'tridiagonal', 'diagonal'];

function built(locality: Locality) {
  const normal = seededNormal(4);
  const random = (...shape: number[]): ReferenceTensor => ({
    shape,
    data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal),
  });
  const graph = new Graph();
  const x = graph.input('activations', 'float32', ['batch', 'pos', WIDTH]);
  const logits = multiHeadLogits(
    graph,
    x,
    { name: 'h', classes: CLASSES },
    { ...SHAPE, locality },
    POSITIONS,
  );
  const loss = sumAll(crossEntropy(logits, graph.input('labels', 'int32', ['batch', 'pos']), -100));
  const data = Float32Array.from(random(TEXTS, LENGTH, WIDTH).data);
  const inputs = multiHeadInputs(data, WIDTH, LENGTH, LENGTHS, locality);
  const values = new Map<string, ReferenceTensor>([
    ...[...inputs].map(([name, value]) => [name, widen(value)] as const),
    ['labels', { shape: [TEXTS, LENGTH], data: Float64Array.from(LABELS) }],
    ['h/P', random(POSITIONS, SHAPE.heads * SHAPE.width)],
    ['h/F', random(WIDTH, SHAPE.heads * CLASSES)],
    ['h/b', random(CLASSES)],
  ]);
  const evaluate = (outputs: (typeof logits)[], given = values) => {
    const plan = new Plan(graph, new Map(outputs.map((each, index) => [String(index), each])));
    const found = interpret(plan, given, given);
    return outputs.map((each) => found.get(each)!);
  };
  return { graph, logits, loss, values, evaluate };
}

/** G_i = Σ_r Σ_k softmax_k(⟨P_ir, P_kr⟩ / √d′) · f_r(E_k) + b, as it is written. */
function plainLogits(values: Map<string, ReferenceTensor>, reach: number): Float64Array {
  const [E, P, F, b] = ['activations', 'h/P', 'h/F', 'h/b'].map((name) => values.get(name)!.data);
  const { heads, width } = SHAPE;
  const result = new Float64Array(TEXTS * LENGTH * CLASSES);
  for (const [text, own] of LENGTHS.entries()) {
    for (let i = 0; i < own; i++) {
      for (let r = 0; r < heads; r++) {
        const near = Array.from({ length: own }, (_, k) => {
          if (Math.abs(i - k) > reach) return 0;
          let product = 0;
          for (let j = 0; j < width; j++)
            product += P[(i * heads + r) * width + j] * P[(k * heads + r) * width + j];
          return Math.exp(product / Math.sqrt(width));
        });
        const total = near.reduce((sum, each) => sum + each);
        for (let k = 0; k < own; k++)
          for (let c = 0; c < CLASSES; c++) {
            let mapped = 0;
            for (let j = 0; j < WIDTH; j++)
              mapped += E[(text * LENGTH + k) * WIDTH + j] * F[(j * heads + r) * CLASSES + c];
            result[(text * LENGTH + i) * CLASSES + c] += (near[k] / total) * mapped;
          }
      }
      for (let c = 0; c < CLASSES; c++) result[(text * LENGTH + i) * CLASSES + c] += b[c];
    }
  }
  return result;
}

describe('the multi-head probe', () => {
  for (const [index, locality] of LOCALITIES.entries()) {
    it(`computes its formula, ${locality}`, () => {
      const { logits, values, evaluate } = built(locality);
      const [found] = evaluate([logits]);
      const expected = plainLogits(values, [LENGTH, 1, 0][index]);
      // What stands behind the end of the second text means nothing.
      const ended = (LENGTH + LENGTHS[1]) * CLASSES;
      const upToEnd = (data: Float64Array) => ({ shape: [ended], data: data.slice(0, ended) });
      assertClose(upToEnd(found.data), upToEnd(expected), 1e-6, 'logits');
    });

    it(`has the gradients of finite differences in all its parameters, ${locality}`, () => {
      const { graph, loss, values, evaluate } = built(locality);
      const names = ['h/P', 'h/F', 'h/b'];
      const weights = names.map((name) => graph.weight(name, values.get(name)!.shape));
      const gradients = evaluate(differentiate(loss, weights));
      const floor = 1e-3 * largestOf(gradients);
      for (const [at, name] of names.entries()) {
        for (const direction of directions(gradients[at].data.length, at)) {
          const lossAt = (distance: number) => {
            const { shape, data } = values.get(name)!;
            const moved = data.map((value, element) => value + distance * direction[element]);
            return evaluate([loss], new Map(values).set(name, { shape, data: moved }))[0].data[0];
          };
          const rise = (distance: number) => lossAt(distance) - lossAt(-distance);
          const slope = (8 * rise(STEP) - rise(2 * STEP)) / (12 * STEP);
          const bound = BOUND * Math.max(largestOf([gradients[at]]), floor);
          const found = dot(gradients[at].data, direction);
          assert.ok(Math.abs(found - slope) <= bound, `slope in ${name} is ${found}, not ${slope}`);
        }
      }
      // With one token to read, which one is read does not hang on the positions.
      assert.equal(largestOf([gradients[0]]) < 1e-12, locality === 'diagonal');
    });
  }
});
