// All that `subtext bench` can measure on one engine, and the rows that come of it.
import type { Executor } from '../engine/executor';
import { SubtextError } from '../errors';
import type { EngineName, Precision } from '../../protocol/types';
import { attention } from './attention';
import { forward } from './forward';
import { generation } from './generate';
import { chainOf, product } from './matmul';
import { measureWork } from './measure';
import {
  attentionOperations,
  forwardOperations,
  hostSizes,
  productOperations,
  sizes,
  squares,
  type ModelSize,
} from './sizes';
import type { Figures, Prepare, Work } from './task';
import { hostTime, training } from './train';

export interface BenchRow {
  benchmark: string;
  size: string;
  engine: EngineName;
  precision: Precision;
  /** Median, and the best run; null where nothing was measured. */
  ms: number | null;
  fastest_ms: number | null;
  runs: number;
  tokens_per_s: number | null;
  /** 10⁹ floating-point operations a second, of its products. */
  gflops: number | null;
  /** Of the fastest run of a matrix product on the same engine, in the same measurement. */
  share_of_peak: number | null;
  figures: Figures;
  /** Why nothing was measured. */
  problem: string | null;
}

export interface BenchTask {
  benchmark: string;
  size: string;
  /** Floating-point operations of the work, about: to tell beforehand how long it takes. */
  operations: number;
  /** How often a run does the work. */
  repeats(executor: Executor): number;
  prepare(executor: Executor): Promise<Work>;
}

function tasks<Size extends { name: string }>(
  benchmark: string,
  all: readonly Size[],
  prepare: Prepare<Size>,
  operations: (size: Size) => number,
  repeats: (executor: Executor, size: Size) => number = () => 1,
): BenchTask[] {
  return all.map((size) => ({
    benchmark,
    size: size.name,
    operations: operations(size),
    repeats: (executor) => repeats(executor, size),
    prepare: (executor) => prepare(executor, size),
  }));
}

const PRODUCTS = tasks('matmul', squares, product, productOperations, chainOf);

export const BENCH_TASKS: BenchTask[] = [
  ...PRODUCTS,
  ...tasks('attention', sizes.attention, attention, attentionOperations),
  ...tasks('forward', sizes.forward, forward, forwardOperations),
  ...tasks('train', sizes.train, training, (size) => 3 * forwardOperations(size)),
  ...tasks('generate', sizes.generate, generation, (size: ModelSize) => forwardOperations(size)),
  ...tasks('host', hostSizes, hostTime, () => 0),
];

export const BENCHMARK_NAMES = [...new Set(BENCH_TASKS.map(({ benchmark }) => benchmark))];

/** Share of the best speed that slow work reaches: to tell how long it takes. */
const SLOW_SHARE = 0.3;
/** Runs that a row takes: some to warm up, some that count. */
const RUNS = 6;

export interface BenchOptions {
  /** Those that are wanted. */
  wanted: (task: BenchTask) => boolean;
  /** That one row may take, about: what would take longer is left out, and says so. */
  seconds: number;
  /** The fastest product in 10⁹ operations a second, where it is known; 0 where it has to be measured. */
  peak?: number;
  /** Gets each row as soon as it is known. */
  onRow: (row: BenchRow) => void;
}

/** @returns all rows, and the speed of the fastest run of a product in 10⁹ operations a second */
export async function benchmarkEngine(
  executor: Executor,
  { wanted, seconds, peak: known = 0, onRow }: BenchOptions,
): Promise<{ rows: BenchRow[]; peak_gflops: number }> {
  const rows: BenchRow[] = [];
  let peak = known;
  const products: [BenchTask, BenchRow][] = [];
  // From small to large; those that nobody asked for as long as they still gain.
  let gains = known === 0;
  for (const task of PRODUCTS) {
    if (!gains && !wanted(task)) continue;
    const row = await measureTask(executor, task, { seconds, peak });
    const speed = row.fastest_ms === null ? 0 : task.operations / row.fastest_ms / 1e6;
    gains &&= speed > 1.1 * peak;
    peak = Math.max(peak, speed);
    products.push([task, row]);
  }
  const keep = (row: BenchRow) => {
    if (row.gflops !== null && peak > 0) row.share_of_peak = row.gflops / peak;
    rows.push(row);
    onRow(row);
  };
  for (const [task, row] of products) if (wanted(task)) keep(row);
  for (const task of BENCH_TASKS) {
    if (task.benchmark !== 'matmul' && wanted(task))
      keep(await measureTask(executor, task, { seconds, peak }));
  }
  return { rows, peak_gflops: peak };
}

async function measureTask(
  executor: Executor,
  task: BenchTask,
  { seconds, peak }: { seconds: number; peak: number },
): Promise<BenchRow> {
  const row: BenchRow = {
    benchmark: task.benchmark,
    size: task.size,
    engine: executor.engine,
    precision: executor.precision ?? 'float32',
    ms: null,
    fastest_ms: null,
    runs: 0,
    tokens_per_s: null,
    gflops: null,
    share_of_peak: null,
    figures: {},
    problem: null,
  };
  const operations = RUNS * task.repeats(executor) * task.operations;
  const needed = peak > 0 ? operations / (SLOW_SHARE * peak * 1e9) : 0;
  if (needed > seconds)
    return { ...row, problem: `about ${Math.ceil(needed)} s; --seconds allows ${seconds}` };
  let work: Work | undefined;
  try {
    work = await task.prepare(executor);
    const measured = await measureWork(work, seconds, task.benchmark === 'train');
    const perSecond = (count: number | undefined, unit = 1) =>
      count === undefined ? null : (count / measured.ms) * (1000 / unit);
    return {
      ...row,
      ...measured,
      tokens_per_s: perSecond(work.tokens),
      gflops: perSecond(work.operations, 1e9),
    };
  } catch (error) {
    return { ...row, problem: error instanceof SubtextError ? error.line : String(error) };
  } finally {
    work?.dispose();
  }
}
