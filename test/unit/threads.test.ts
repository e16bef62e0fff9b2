// Several threads compute what one computes, the same every time.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEngine } from '../../src/backend/engine/engines';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { Graph } from '../../src/backend/engine/graph/graph';
import { addRows, matmul } from '../../src/backend/engine/operations';
import { configurationOf, initialWeights } from '../../src/backend/train/architectures';
import { TrainingStep } from '../../src/backend/train/trainingStep';

const ROWS = 4096;
const WIDTH = 64;
const VOCABULARY = 5;

describe('two threads', () => {
  // Below 1.2e-38 Intel's processors are some 100 times as slow, and softmax is there behind every mask.
  const elsewhere = process.arch !== 'x64' && 'ONNX Runtime knows the switch for it on x64 only';
  it(
    'take numbers below the normal range of float32 for zero, as one does',
    { skip: elsewhere },
    async () => {
      const { executor } = await startEngine('cpu', { threads: 2 });
      const graph = new Graph();
      const left = graph.input('left', 'float32', ['rows', 4]);
      const right = graph.input('right', 'float32', [4, 'rows']);
      const outputs = new Map([['products', matmul(left, right)]]);
      const executable = await executor.compile(graph, outputs, new Map());
      // The first is small work, which has one thread.
      for (const rows of [1, 2048]) {
        const filled = (value: number) => new Float32Array(rows * 4).fill(value);
        const run = await executable.run(
          new Map([
            ['left', { type: 'float32', shape: [rows, 4], data: filled(1e-30) }],
            ['right', { type: 'float32', shape: [4, rows], data: filled(1e-10) }],
          ]),
        );
        assert.ok(run.get('products')!.data.every((product) => product === 0));
      }
      executor.dispose();
    },
  );

  it('lose nothing that is added to the same rows', async () => {
    const { executor } = await startEngine('cpu', { threads: 2 });
    const graph = new Graph();
    const base = graph.input('base', 'float32', [VOCABULARY, WIDTH]);
    const indices = graph.input('indices', 'int32', ['rows']);
    const rows = graph.input('rows', 'float32', ['rows', WIDTH]);
    const outputs = new Map([['sums', addRows(base, indices, rows)]]);
    const executable = await executor.compile(graph, outputs, new Map());
    const inputs: NamedTensors = new Map([
      ['base', { type: 'float32', shape: [VOCABULARY, WIDTH], data: new Float32Array(VOCABULARY * WIDTH) }],
      [
        'indices',
        { type: 'int32', shape: [ROWS], data: Int32Array.from({ length: ROWS }, (_, i) => i % VOCABULARY) },
      ],
      ['rows', { type: 'float32', shape: [ROWS, WIDTH], data: new Float32Array(ROWS * WIDTH).fill(1) }],
    ]);
    for (let run = 0; run < 20; run++) {
      const { data } = (await executable.run(inputs)).get('sums')!;
      for (let row = 0; row < VOCABULARY; row++) {
        const expected = Math.ceil((ROWS - row) / VOCABULARY);
        for (let i = 0; i < WIDTH; i++) assert.equal(data[row * WIDTH + i], expected);
      }
    }
    executor.dispose();
  });

  for (const architecture of ['gpt_rotary', 'gpt_neo', 'llama'] as const) {
    it(`train a ${architecture} the same way every time`, async () => {
      const model = { architecture, layers: 2, width: 64, heads: 4, initial_deviation: 0.1 };
      const configuration = configurationOf(model, 128, VOCABULARY);
      const tokens = Int32Array.from({ length: 16 * 128 }, (_, i) => (i * 7919 + (i >> 3)) % VOCABULARY);
      const labels = Int32Array.from({ length: 16 * 128 }, (_, i) => (i * 104729 + 3) % VOCABULARY);
      const found: number[][] = [];
      for (let time = 0; time < 3; time++) {
        const { executor } = await startEngine('cpu', { threads: 2 });
        const weights: NamedTensors = new Map(
          [...initialWeights(configuration, 0.1, 1)].map(([name, weight]) => [
            name,
            { type: 'float32', ...weight },
          ]),
        );
        const step = await TrainingStep.compile(executor, configuration, weights, {
          optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.1 },
          clipNorm: 1,
          sizes: { batch: 16, pos: 128 },
        });
        const course: number[] = [];
        for (let number = 1; number <= 4; number++) {
          const { loss, gradientNorm } = await step.run(
            { batch: 16, pos: 128, tokens, labels },
            number,
            1e-3,
          );
          course.push(loss, gradientNorm);
        }
        found.push(course);
        executor.dispose();
      }
      assert.deepEqual(found[1], found[0]);
      assert.deepEqual(found[2], found[0]);
    });
  }
});
