// Runs of ONNX Runtime that write into memory of ours, and what its binding for Node does with their outputs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as onnxruntime from 'onnxruntime-node';
import { Graph } from '../../src/backend/engine/graph/graph';
import { Plan } from '../../src/backend/engine/executor';
import { emptyTensor, runInPlace } from '../../src/backend/engine/onnx/inPlace';
import { writeOnnx } from '../../src/backend/engine/onnx/writer';
import { add } from '../../src/backend/engine/operations';

/** y = x + x, of n numbers. */
async function doubling(): Promise<onnxruntime.InferenceSession> {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['n']);
  return onnxruntime.InferenceSession.create(writeOnnx(new Plan(graph, new Map([['y', add(x, x)]])), 'cpu'), {
    logSeverityLevel: 4,
  });
}

const numbers = (...data: number[]) => new onnxruntime.Tensor('float32', data, [data.length]);

describe('a run in memory of ours', () => {
  it('writes there', async () => {
    const y = emptyTensor(onnxruntime, 'float32', [3]);
    (y.data as Float32Array).fill(-1);
    await runInPlace(await doubling(), { 'input:x': numbers(1, 2, 3) }, { 'output:y': y });
    assert.deepEqual([...(y.data as Float32Array)], [2, 4, 6]);
  });

  it('is stopped by the binding at the sequence: where this fails, it does not stop the copying any more', async () => {
    const y = emptyTensor(onnxruntime, 'float32', [3]);
    const session = await doubling();
    await assert.rejects(
      session.run({ 'input:x': numbers(1, 2, 3) }, { sequence: null, 'output:y': y }),
      /^Error: Non tensor type is temporarily not supported\.$/,
    );
  });

  it('says why it failed', async () => {
    const room = { 'output:y': emptyTensor(onnxruntime, 'float32', [2]) };
    await assert.rejects(runInPlace(await doubling(), { 'input:x': numbers(1, 2, 3) }, room), /shape/);
  });

  it('has room for each type as the runtime holds it', () => {
    const types = ['float32', 'float16', 'bfloat16', 'int32', 'int64', 'bool'] as const;
    assert.deepEqual(
      types.map((type) => {
        const { type: held, dims, data } = emptyTensor(onnxruntime, type, [2, 3]);
        return `${type} ${held} ${dims.join()} ${data.length}`;
      }),
      types.map((type) => `${type} ${type === 'bfloat16' ? 'float32' : type} 2,3 6`),
    );
  });
});
