// Our side as a process (see ../runner.ts), so that its memory can be told apart from everything else's.
import { createInterface } from 'node:readline';
import { attention } from '../../src/backend/bench/attention';
import { forward } from '../../src/backend/bench/forward';
import { generation } from '../../src/backend/bench/generate';
import { product } from '../../src/backend/bench/matmul';
import { ownMegabytes } from '../../src/backend/bench/memory';
import type { AttentionSize, ModelSize, ProductSize } from '../../src/backend/bench/sizes';
import type { Work } from '../../src/backend/bench/task';
import { training } from '../../src/backend/bench/train';
import { startEngine } from '../../src/backend/engine/engines';
import { median } from '../alternate';
import type { Task } from '../runner';
import { bareStep, trainer } from './trainer';

type Request = { prepare: Task } | { run: number } | { begin: true } | { finish: true };

let task: Work | undefined;
/** Before there is a model: the program and its libraries. */
let startMegabytes: number | undefined;
/** Microseconds of all threads in all runs: what a busy machine distorts least. */
let processor = 0;
/** Milliseconds of one run, of every turn. */
let times: number[] = [];
let runs = 0;

async function answer(request: Request): Promise<object> {
  if ('prepare' in request) {
    startMegabytes = ownMegabytes('VmRSS');
    task = await taskOf(request.prepare);
    return { detail: task.detail, facts: task.facts };
  }
  if (!task) throw new Error('nothing was prepared');
  if ('begin' in request) {
    [processor, runs, times] = [0, 0, []];
    return {};
  }
  if ('finish' in request) {
    const figures = {
      processor_milliseconds: processor / 1000 / runs,
      start_megabytes: startMegabytes,
      peak_megabytes: ownMegabytes('VmHWM'),
    };
    const ms = median(times);
    const speed = task.tokens === undefined ? {} : { tokens_per_second: (1000 * task.tokens) / ms };
    return { figures: { ...figures, ...speed, ...task.figures?.(ms) } };
  }
  await task.beforeTurn?.();
  const [start, before] = [performance.now(), process.cpuUsage()];
  for (let i = 0; i < request.run; i++) await task.run();
  const [taken, { user, system }] = [performance.now() - start, process.cpuUsage(before)];
  processor += user + system;
  runs += request.run;
  times.push(taken / request.run);
  return { milliseconds: taken / request.run };
}

/** On the `cpu` engine as the extension starts it, and as a training does, in a process of its own. */
async function taskOf({ benchmark, size }: Task): Promise<Work> {
  const exclusive = benchmark === 'train' || benchmark === 'step';
  const { executor } = await startEngine('cpu', { threads: 0, exclusive });
  switch (benchmark) {
    case 'train':
      return training(executor, size as ModelSize);
    case 'forward':
      return forward(executor, size as ModelSize);
    case 'generate':
      return generation(executor, size as ModelSize);
    case 'matmul':
      return product(executor, size as ProductSize);
    case 'attention':
      return attention(executor, size as AttentionSize);
    case 'step':
      return bareStep(executor, size);
    case 'trainer':
      return trainer(executor, size);
  }
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line) as Request).catch((error: unknown) => ({
      error: String(error),
    }));
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

void main();
