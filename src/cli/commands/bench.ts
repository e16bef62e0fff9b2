// subtext bench: how fast the engines of this machine are.
import {
  BENCH_TASKS,
  benchmarkEngine,
  BENCHMARK_NAMES,
  type BenchRow,
  type BenchTask,
} from '../../backend/bench/benchmarks';
import { openCheckpoint } from '../../backend/checkpoint/open';
import { ENGINE_NAMES, listEngines, startEngine } from '../../backend/engine/engines';
import type { Executor } from '../../backend/engine/executor';
import { SubtextError } from '../../backend/errors';
import { LanguageModel } from '../../backend/model/languageModel';
import { precisionErrorOf } from '../../backend/precisionError';
import { hasSampleModel, modelPath } from '../../backend/sampleModels';
import type { PrecisionError } from '../../protocol/engines';
import type { EngineName, Precision } from '../../protocol/types';
import type { Command, Values } from '../command';
import { MODEL_OPTIONS, numberOption, precisionOption } from '../options';
import { percent, short, type Output } from '../output';

/** Of a row, unless told otherwise. */
const SECONDS = 30;

const SIZES = [...new Set(BENCH_TASKS.map(({ size }) => size))];

interface EngineResult {
  engine: EngineName;
  precision: Precision;
  detail: string;
  /** 10⁹ floating-point operations a second of the fastest matrix product. */
  peak_gflops: number;
  rows: BenchRow[];
  /** Of float16 against float32, for the sample model `stories`; null in float32, and where that model is not installed. */
  precision_error: PrecisionError | null;
}

export const bench: Command = {
  name: 'bench',
  summary: `Measures the engines of this machine: ${BENCHMARK_NAMES.join(', ')}; all by default.`,
  arguments: 'NAME',
  options: {
    engine: {
      value: 'NAME',
      list: true,
      help: 'engines to measure; default every one that can be used here',
    },
    size: { value: 'NAME', list: true, help: `sizes, default all: ${SIZES.join(', ')}` },
    seconds: { value: 'N', help: `that a row may take; slower ones are left out; default ${SECONDS}` },
    peak: {
      value: 'N',
      help: 'GFLOP/s that speeds are a share of; default the fastest product, measured first',
    },
    precision: { value: 'NAME', help: 'float32 or float16; default all that an engine has' },
    threads: MODEL_OPTIONS.threads,
  },
  async run(values, output) {
    const wanted = choose(values);
    const seconds = numberOption(values, 'seconds', SECONDS, { min: 0.1, max: 3600, whole: false });
    const threads = numberOption(values, 'threads', 0, { min: 0, max: 256 });
    const peak = numberOption(values, 'peak', 0, { min: 0, whole: false });
    const engines: EngineResult[] = [];
    const measure = async (engine: EngineName, precision: Precision): Promise<readonly string[]> => {
      const { executor } = await startEngine(engine, { threads, precision, describe: true });
      const { detail, features = [] } = executor;
      output.write(`${detail}\n`);
      const onRow = (row: BenchRow) => output.write(`  ${lineOf(row)}\n`);
      try {
        const { rows, peak_gflops } = await benchmarkEngine(executor, { wanted, seconds, peak, onRow });
        output.write(`  fastest product ${short(peak_gflops)} GFLOP/s\n`);
        const measured = { engine: executor.engine, precision, detail, peak_gflops, rows };
        const result: EngineResult = { ...measured, precision_error: null };
        engines.push(result);
        if (precision === 'float16') result.precision_error = await errorOf(executor, threads, output);
      } finally {
        executor.dispose();
      }
      return features;
    };
    const precision = precisionOption(values);
    for (const engine of await enginesOf(values, threads, precision)) {
      const features = await measure(engine, precision ?? 'float32');
      if (precision === undefined && features.includes('float16')) await measure(engine, 'float16');
    }
    const measured = engines.some(({ rows }) => rows.some(({ ms }) => ms !== null));
    if (!measured) throw nothingMeasured(engines);
    if (output.json)
      output.answer(
        () => ({ engines }),
        () => '',
      );
  },
};

/** @throws SubtextError `usage` for a benchmark or size that there is not */
function choose(values: Values): (task: BenchTask) => boolean {
  const names = oneOf(values.arguments, 'benchmark', BENCHMARK_NAMES);
  const sizes = oneOf(values.size, 'size', SIZES);
  const wanted = ({ benchmark, size }: BenchTask) =>
    (names.length === 0 || names.includes(benchmark)) && (sizes.length === 0 || sizes.includes(size));
  if (BENCH_TASKS.some(wanted)) return wanted;
  const has = BENCH_TASKS.filter(({ benchmark }) => names.includes(benchmark)).map(({ size }) => size);
  throw new SubtextError(
    'usage',
    `${names.join(', ')} has no size ${sizes.join(', ')}`,
    `Sizes: ${has.join(', ')}.`,
  );
}

/** The words of a list, each of which must be known. */
function oneOf(given: Values[string], what: string, known: readonly string[]): string[] {
  const words = typeof given === 'string' ? given.split(',') : [];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return words;
  throw new SubtextError('usage', `There is no ${what} ${unknown}`, `There are: ${known.join(', ')}.`);
}

/** Those that are named; else all that can be used here, in that precision. */
async function enginesOf(
  values: Values,
  threads: number,
  precision: Precision | undefined,
): Promise<EngineName[]> {
  const named = oneOf(values.engine, 'engine', ENGINE_NAMES);
  if (named.length > 0) return named as EngineName[];
  const usable = (await listEngines({ threads })).filter((each) => each.usable);
  const having = usable.filter(({ features }) => precision !== 'float16' || features.includes('float16'));
  // With none, the first one says what is missing.
  return (having.length > 0 ? having : usable.slice(0, 1)).map(({ engine }) => engine);
}

/** What the sample model is compared on. */
const STORY =
  'Once upon a time there was a little girl named Lily. She had a red ball, and she liked to play with it in the park. One day the ball rolled under a big tree. Lily looked and looked, but she could not see it. A small dog came and helped her. They were happy and played until the sun went down.';

/** Said as soon as it is known; what fails here takes no figure with it that was measured before. */
async function errorOf(
  executor: Executor,
  threads: number,
  output: Pick<Output, 'write'>,
): Promise<PrecisionError | null> {
  if (!hasSampleModel('stories')) return null;
  const model = new LanguageModel(await openCheckpoint(modelPath('stories')), executor);
  try {
    const error = await precisionErrorOf(model, STORY, { threads });
    output.write(`  ${errorLine(error)}\n`);
    return error;
  } catch (error) {
    output.write(`  error against float32 not measured: ${(error as Error).message}\n`);
    return null;
  } finally {
    model.dispose();
  }
}

function errorLine({ tokens, largest, mean, loss }: PrecisionError): string {
  return `sample model stories, ${tokens} tokens, against float32: logits differ by ${short(largest)} at most, ${short(mean)} on average; the loss by ${short(loss)} nats`;
}

function lineOf({
  benchmark,
  size,
  ms,
  tokens_per_s,
  gflops,
  share_of_peak,
  figures,
  problem,
}: BenchRow): string {
  const name = `${benchmark.padEnd(10)} ${size.padEnd(10)}`;
  if (ms === null) return `${name} not measured: ${problem ?? ''}`;
  const figure = (value: number | null, unit: string) =>
    (value === null ? '' : `${short(value)} ${unit}`).padStart(16);
  const told = Object.entries(figures).map(([key, value]) => `${key.replaceAll('_', ' ')} ${short(value)}`);
  const columns = [
    `${short(ms)} ms`.padStart(10),
    figure(tokens_per_s, 'tokens/s'),
    figure(gflops, 'GFLOP/s'),
    (share_of_peak === null ? '' : percent(share_of_peak)).padStart(7),
  ];
  return `${name} ${columns.join(' ')}  ${told.join(', ')}`.trimEnd();
}

function nothingMeasured(engines: readonly EngineResult[]): SubtextError {
  const problem = engines.flatMap(({ rows }) => rows).find((row) => row.problem !== null)?.problem;
  return new SubtextError(
    'engine-failed',
    `Nothing was measured${problem ? `: ${problem}` : ''}`,
    'Choose a smaller --size, another --engine, or more --seconds.',
  );
}
