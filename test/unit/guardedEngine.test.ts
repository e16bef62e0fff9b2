// An engine in a process of its own: what becomes of a device that fails, and of those who asked it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ownMegabytes } from '../../src/backend/bench/memory';
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor } from '../../src/backend/engine/executor';
import { EngineProcess } from '../../src/backend/engine/guarded/engineProcess';
import { GuardedExecutor } from '../../src/backend/engine/guarded/executor';
import { faultIn } from '../../src/backend/engine/guarded/faults';
import { featuresIn } from '../../src/backend/engine/guarded/features';
import { Graph } from '../../src/backend/engine/graph/graph';
import { add, matmul, multiply, sumAll, transpose } from '../../src/backend/engine/operations';
import { tryEngine } from '../support/engines';
import { processorOnly } from '../support/missingOperations';
import { floatTensor } from '../support/numbers';
import { isRunning } from '../support/processes';
import { until } from '../support/trainingRuns';
import { fails } from './checkpointFiles';

/** An engine of this test's own, because it will not survive; undefined where there is none here. */
async function webgpu(context: TestContext): Promise<GuardedExecutor | undefined> {
  const shared = await tryEngine('webgpu');
  if (typeof shared === 'string') {
    context.skip(shared);
    return undefined;
  }
  const { executor } = await startEngine('webgpu', { threads: 0 });
  assert.ok(executor instanceof GuardedExecutor);
  return executor;
}

/** Σ (x + y) of a column and a row: a small graph with a value as large as is asked for. */
async function tableSum(executor: Executor, rows: number, columns: number): Promise<number> {
  const graph = new Graph();
  const column = graph.input('column', 'float32', ['rows', 1]);
  const row = graph.input('row', 'float32', [1, 'columns']);
  const executable = await executor.compile(graph, new Map([['sum', sumAll(add(column, row))]]), new Map());
  const outputs = await executable.run(
    new Map([
      ['column', floatTensor([rows, 1], new Float32Array(rows).fill(1))],
      ['row', floatTensor([1, columns], new Float32Array(columns).fill(1))],
    ]),
  );
  executable.dispose();
  return outputs.get('sum')!.data[0];
}

/** Many products one after the other: some seconds on a card in software. */
async function longRun(executor: Executor): Promise<unknown> {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [256, 256]);
  const product = Array.from({ length: 200 }).reduce<typeof x>((y) => matmul(y, x), x);
  const executable = await executor.compile(graph, new Map([['y', sumAll(product)]]), new Map());
  return executable.run(new Map([['x', floatTensor([256, 256], new Float32Array(65536))]]));
}

describe('a device that is lost in the middle of a run', () => {
  it('fails that run and all later ones with its name, within a second, and another engine goes on', async (context) => {
    const executor = await webgpu(context);
    if (!executor) return;
    const running = longRun(executor);
    setTimeout(() => process.kill(executor.processId!, 'SIGABRT'), 300);
    await fails(running, 'device-lost', /process of the webgpu engine ended \(SIGABRT\)/);
    const asked = performance.now();
    await fails(tableSum(executor, 2, 3), 'device-lost', /ended/);
    assert.ok(performance.now() - asked < 1000);
    const { executor: next } = await startEngine('webgpu', { threads: 0 });
    assert.equal(await tableSum(next, 2, 3), 12);
    next.dispose();
  });
});

describe('weights that every run gives new values', () => {
  it('take the memory of two sets at most, however many runs there were', async (context) => {
    const executor = await webgpu(context);
    if (!executor) return;
    const size = 4 * 2 ** 20; // 16 MB
    const graph = new Graph();
    const old = graph.weight('w', [size]);
    const weights = new Map([['w', floatTensor([size], new Float32Array(size))]]);
    const updates = new Map([['w', add(old, graph.scalar(1))]]);
    const executable = await executor.compile(graph, new Map([['sum', sumAll(old)]]), weights, { updates });
    const run = async (times: number) => {
      let sum = 0;
      for (let i = 0; i < times; i++) sum = (await executable.run(new Map())).get('sum')!.data[0];
      return { sum, megabytes: ownMegabytes('VmRSS', executor.processId) };
    };
    const early = await run(3);
    const late = await run(12);
    assert.equal(late.sum, 14 * size);
    if (early.megabytes === undefined)
      context.diagnostic('this system does not tell the memory of a process');
    else assert.ok(late.megabytes! - early.megabytes < 60, `${early.megabytes} → ${late.megabytes} MB`);
    executor.dispose();
  });
});

describe('weights that a graph has given new values', () => {
  it('outlive the graph, and are freed after it', async (context) => {
    // Memory that was freed is overwritten at once, so that whoever goes on using it fails (glibc's malloc).
    const { MALLOC_PERTURB_ = '', GLIBC_TUNABLES = '' } = process.env;
    Object.assign(process.env, { MALLOC_PERTURB_: '165', GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0' });
    context.after(() => Object.assign(process.env, { MALLOC_PERTURB_, GLIBC_TUNABLES }));
    const executor = await webgpu(context);
    if (!executor) return;
    for (let round = 0; round < 20; round++) {
      const graph = new Graph();
      const old = graph.weight('w', [100]);
      const weights = new Map([['w', floatTensor([100], new Float32Array(100))]]);
      const updates = new Map([['w', add(old, graph.scalar(1))]]);
      const executable = await executor.compile(graph, new Map(), weights, { updates });
      await executable.run(new Map());
      executable.dispose();
      await executor.fetchWeights(weights);
      assert.deepEqual([...weights.get('w')!.data], Array<number>(100).fill(1));
      executor.release(weights);
    }
    executor.dispose();
  });
});

describe('a device that is lost by itself, in a process that lives on', () => {
  /** The processor computes: what is said of the device is all that counts. */
  const losing = (words: string) =>
    GuardedExecutor.start(
      { engine: 'cpu', threads: 1 },
      new EngineProcess('cpu', [join(__dirname, '../support/losingEngineProcess.ts'), words]),
    );

  it('fails the run, whose answer would be garbage, and ends the process', async () => {
    const executor = await losing(
      '[E:onnxruntime:, webgpu_context.cc:171] WebGPU device lost (1): driver hung',
    );
    const { processId } = executor;
    assert.ok(isRunning(processId!));
    await fails(tableSum(executor, 2, 3), 'device-lost', /The device was lost .*driver hung/);
    await until(() => !isRunning(processId!), 'the end of the process');
    const asked = performance.now();
    await fails(tableSum(executor, 2, 3), 'device-lost', /The device was lost .*driver hung/);
    assert.ok(performance.now() - asked < 1000);
  });

  it('is another thing than a complaint, after which the next run computes', async () => {
    const executor = await losing('WebGPU device error(3): out of memory');
    await fails(tableSum(executor, 2, 3), 'memory', /no memory left/);
    await fails(tableSum(executor, 2, 3), 'memory', /no memory left/);
    assert.ok(isRunning(executor.processId!));
    executor.dispose();
  });
});

describe('a value that the device cannot hold', () => {
  for (const [what, size] of [
    ['larger than a buffer may be', 60_000],
    ['larger than the memory that is left', 20_000],
  ] as const) {
    it(`${what} is an error of memory, and the next run computes`, async (context) => {
      if (!(await webgpu(context))) return;
      // As on a card with more of it, so that only the device refuses.
      const executor = await GuardedExecutor.start({ engine: 'webgpu', threads: 0, memory: Infinity });
      await fails(tableSum(executor, size, size), 'memory', /device/);
      assert.equal(await tableSum(executor, 2, 3), 12);
      executor.dispose();
    });
  }
});

describe('a graph that cannot be compiled', () => {
  it('names the operation, its place and the words of the runtime', async (context) => {
    const executor = await webgpu(context);
    if (!executor) return;
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2, 3]);
    const turned = graph.within('blocks.2.attn', () => transpose(x, [1, 0]));
    Object.assign(turned.node, { attributes: { order: [5, 9] } });
    const compiling = executor.compile(graph, new Map([['y', turned]]), new Map());
    await fails(compiling, 'engine-failed', /transpose\(float32 \[2, 3\]\) in blocks\.2\.attn: .*perm/);
    assert.equal(await tableSum(executor, 2, 3), 12);
    executor.dispose();
  });
});

describe('an operator that only the processor has', () => {
  it('is refused, with the operation and its place', async (context) => {
    if (!(await webgpu(context))) return;
    const program = join(__dirname, '../support/lackingEngineProcess.ts');
    const executor = await GuardedExecutor.start(
      { engine: 'webgpu', threads: 0 },
      new EngineProcess('webgpu', [program]),
    );
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n', 3]);
    const product = matmul(add(x, x), graph.weight('w', [3, 3]));
    const y = graph.within('blocks.1.mlp', () => processorOnly([product], null)[0]);
    const weights = new Map([['w', floatTensor([3, 3], new Float32Array(9))]]);
    const compiling = executor.compile(graph, new Map([['y', add(y, x)]]), weights);
    await fails(compiling, 'engine-failed', /processorOnly\(float32 \[n, 3\]\) in blocks\.1\.mlp: .*CPU/);
    assert.equal(await tableSum(executor, 2, 3), 12);
    executor.dispose();
  });
});

describe('weights on a device', () => {
  it('are updated there, brought back when asked for, and replaced when they were changed outside', async (context) => {
    const executor = await webgpu(context);
    if (!executor) return;
    const graph = new Graph();
    const weight = graph.weight('w', [3]);
    const weights = new Map([['w', floatTensor([3], [1, 2, 3])]]);
    const doubling = await executor.compile(graph, new Map([['sum', sumAll(weight)]]), weights, {
      updates: new Map([['w', multiply(weight, graph.scalar(2))]]),
    });
    const sum = async () => (await doubling.run(new Map())).get('sum')!.data[0];
    assert.deepEqual([await sum(), await sum(), await sum()], [6, 12, 24]);
    assert.deepEqual([...weights.get('w')!.data], [1, 2, 3]);
    assert.deepEqual(await executor.fetchWeights(weights), ['w']);
    assert.deepEqual([...weights.get('w')!.data], [8, 16, 24]);
    assert.deepEqual(await executor.fetchWeights(weights), []);
    weights.get('w')!.data.fill(1);
    executor.weightsChanged(weights);
    assert.equal(await sum(), 3);
    executor.dispose();
  });
});

describe('what a device complains of', () => {
  for (const [words, reason] of [
    ['WebGPU device lost (1): VK_ERROR_DEVICE_LOST', 'device-lost'],
    ['WebGPU device error(3): vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY', 'memory'],
    ['Buffer size (3200000000) exceeds the max buffer size limit (1073741824).', 'memory'],
    ['WebGPU validation failed. [Invalid Buffer] is invalid', 'engine-failed'],
  ] as const) {
    it(`"${words.slice(0, 40)}…" is an error of the kind ${reason}`, () => {
      const said = `\u001b[1;31m2026-01-02 03:04:05.678901 [E:onnxruntime:, webgpu_context.cc:171 operator()] ${words}`;
      const fault = faultIn(`some line\n${said}\n`, 'webgpu');
      assert.equal(fault?.reason, reason);
      assert.ok(fault.message.endsWith(`(webgpu: ${words})`), fault.message);
    });
  }

  it('is nothing where it only talks', () => {
    assert.equal(faultIn('No GPUs found via /sys/class/drm.\n', 'webgpu'), undefined);
  });
});

describe('what a device can do', () => {
  it('has subgroups where the programs that are written for it use them', () => {
    const program = (head: string) =>
      `2026-01-02 [V:onnxruntime] \n=== WebGPU Shader code [Add] ===\n\n${head}const a = 1;\n`;
    assert.deepEqual(featuresIn(program('enable f16;\nenable subgroups;\n')), ['subgroups']);
    assert.deepEqual(featuresIn(program('')), []);
    assert.deepEqual(featuresIn(program('enable subgroup_size_control;\n')), []);
  });

  it('is listed, but asked for only then', async (context) => {
    const executor = await webgpu(context);
    if (!executor) return;
    assert.deepEqual(executor.features, []);
    executor.dispose();
    const described = await GuardedExecutor.start({ engine: 'webgpu', threads: 0, verbose: true });
    // SwiftShader has subgroups of four, and no float16.
    const software = process.env.SUBTEXT_TEST_GPU === undefined;
    if (software) assert.deepEqual(described.features, ['subgroups']);
    assert.equal(await tableSum(described, 2, 3), 12);
    described.dispose();
  });
});

describe('outputs that are held', () => {
  it('stay on the device, are inputs of later runs, and can be read', async (context) => {
    const executor = await webgpu(context);
    if (!executor) return;
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n']);
    const doubled = multiply(x, graph.scalar(2));
    const outputs = new Map([
      ['doubled', doubled],
      ['sum', sumAll(doubled)],
    ]);
    const doubling = await executor.compile(graph, outputs, new Map(), { holds: new Set(['doubled']) });
    const first = await doubling.runHolding(new Map([['x', floatTensor([3], [1, 2, 3])]]));
    assert.deepEqual([...first.outputs.keys()], ['sum']);
    const second = await doubling.runHolding(new Map([['x', first.held.get('doubled')!]]));
    assert.equal(second.outputs.get('sum')!.data[0], 24);
    const { shape, data } = await second.held.get('doubled')!.read();
    assert.deepEqual([[...shape], [...data]], [[3], [4, 8, 12]]);
    for (const { held } of [first, second]) held.get('doubled')!.release();
    executor.dispose();
  });
});
