// Our side as a process (see ../runner.ts), so that its memory can be told apart from everything else's.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { median } from '../alternate';
import type { ModelSize, ProductSize } from '../sizes';
import type { Task } from '../runner';
import { forward } from './forward';
import { generation } from './generate';
import { product } from './matmul';
import type { OwnTask } from './task';
import { training } from './train';
import { bareStep, trainer } from './trainer';

type Request = { prepare: Task } | { run: number } | { begin: true } | { finish: true };

let task: OwnTask | undefined;
/** Before there is a model: the program and its libraries. */
let startMegabytes: number | undefined;
/** Microseconds of all threads in all runs: what a busy machine distorts least. */
let processor = 0;
/** Milliseconds of one run, of every turn. */
let times: number[] = [];
let runs = 0;

async function answer(request: Request): Promise<object> {
  if ('prepare' in request) {
    startMegabytes = megabytes('VmRSS');
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
      peak_megabytes: megabytes('VmHWM'),
    };
    return { figures: { ...figures, ...task.figures?.(median(times)) } };
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

function taskOf({ benchmark, size }: Task): Promise<OwnTask> {
  switch (benchmark) {
    case 'train':
      return training(size as ModelSize);
    case 'forward':
      return forward(size as ModelSize);
    case 'generate':
      return generation(size as ModelSize);
    case 'matmul':
      return product(size as ProductSize);
    case 'step':
      return bareStep(size);
    case 'trainer':
      return trainer(size);
  }
}

/** Memory as Linux counts it for this very program: `maxRSS` begins with that of whoever started it. */
function megabytes(field: 'VmRSS' | 'VmHWM'): number | undefined {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) / 1024;
  } catch {
    return undefined;
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
