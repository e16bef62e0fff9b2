// Training runs made up for the tests of the run view: losses that fall as real ones do, with noise that is the same
// in every run.
import type { MetricsLine, ReferenceLine, RunStatus, SamplesLine } from '../../../src/protocol/runs';
import type { RunPoints, RunSnapshot, ShownRunState, ToRunView } from '../../../src/protocol/runViews';
import { randomFrom } from './random';

export interface RunSampleOptions {
  name?: string;
  title?: string;
  state?: ShownRunState;
  /** Steps done, of `total`. */
  steps?: number;
  total?: number;
  /** Steps between two evaluations. */
  evaluateEvery?: number;
  checkpoints?: number[];
  references?: ReferenceLine[];
  events?: { step: number; text: string }[];
  samples?: SamplesLine;
  status?: Partial<RunStatus>;
  /** What the loss falls to. */
  floor?: number;
  seed?: number;
}

export interface RunSampleData {
  snapshot: RunSnapshot;
  points: RunPoints;
}

/** Tokens of a step. */
const BATCH = 8192;
const SECONDS_PER_STEP = 0.45;

const grammarReferences: ReferenceLine[] = [
  { name: 'true entropy', loss: 0.367 },
  { name: '3-gram', loss: 0.76 },
  { name: 'unigram', loss: 1.094 },
];

export const grammarSamples: SamplesLine = {
  step: 1200,
  samples: [
    { text: '3 2 1 3 1 2 2 1 3 3 1 2 1 1 3 2 2 3 1 2 1 3 3 2 1 2 3 1 1 2 3 2 2 1 3 1 2 2 1 3', valid: true },
    { text: '3 1 2 2 1 1 3 2 1 2 3 3 1 2 1 3 2 2 1 1 3 2', valid: false, dies_at: 28 },
    { text: '1 3 2 2 3 1 1 2 3 1 2 2 1 3 3 2 1 1 2 3 1 3 2 1 2 2 3 1', valid: true },
    { text: '2 2 1 3', valid: false },
  ],
};

export const storySamples: SamplesLine = {
  step: 1200,
  samples: [
    {
      text: 'Once upon a time, there was a little girl named Lily. She loved to play outside in the park.\n\nOne day, she saw a big, red ball. It was very high in a tree. "Can you help me?" she asked her friend Tom.',
    },
    { text: 'Tom and Ben were friends. They liked to run and jump. <b>not markup</b> & co.' },
  ],
};

/** A run with everything that the view shows of it. */
export function makeRun(options: RunSampleOptions = {}): RunSampleData {
  const { name = 'cfg-small-01', state = 'running', steps = 1240, total = 2000, seed = 1 } = options;
  const { floor = 0.38, evaluateEvery = 100, references = grammarReferences, events = [] } = options;
  const directory = `/workspace/.subtext/runs/${name}`;
  const checkpoints = options.checkpoints ?? stepsUntil(steps, 500);
  const status: RunStatus = {
    state: state === 'interrupted' || state === 'pausing' || state === 'cancelling' ? 'running' : state,
    pid: 4242,
    host: 'here',
    step: steps,
    steps: total,
    tokens: steps * BATCH,
    parameters: 1_264_000,
    engine: 'cpu',
    threads: 2,
    started: '2026-01-02T03:04:05Z',
    updated: '2026-01-02T03:14:05Z',
    seconds: steps * SECONDS_PER_STEP,
    checkpoints,
    ...options.status,
  };
  const { title = 'GPT-2 type, 2 layers, width 64 · cfg3b', samples } = options;
  return {
    snapshot: { directory, name, state, status, references, samples, events, title },
    points: pointsOf(directory, linesOf(steps, evaluateEvery, floor, total, seed)),
  };
}

/** The message that shows these runs. */
export function runsMessage(
  runs: readonly RunSampleData[],
  others: { directory: string; name: string }[] = [],
): ToRunView {
  return { type: 'runs', runs: runs.map(({ snapshot }) => snapshot), others };
}

/** Lines of a run's metrics as the columns that the host makes of them; the rows from these numbers on. */
export function pointsOf(
  directory: string,
  lines: readonly MetricsLine[],
  trainFrom = 0,
  evaluationFrom = 0,
): RunPoints {
  const train = lines.filter(({ loss }) => loss !== undefined).slice(trainFrom);
  const evaluation = lines.filter(({ validation_loss: loss }) => loss !== undefined).slice(evaluationFrom);
  const places = (rows: readonly MetricsLine[]): Pick<RunPoints['train'], 'step' | 'tokens' | 'seconds'> => ({
    step: Int32Array.from(rows, ({ step }) => step),
    tokens: Float64Array.from(rows, ({ tokens }) => tokens),
    seconds: Float64Array.from(rows, ({ seconds }) => seconds),
  });
  const column = (rows: readonly MetricsLine[], key: keyof MetricsLine): Float32Array =>
    Float32Array.from(rows, (row) => (row[key] as number | undefined) ?? NaN);
  return {
    directory,
    trainFrom,
    train: {
      ...places(train),
      loss: column(train, 'loss'),
      lr: column(train, 'lr'),
      gradientNorm: column(train, 'grad_norm'),
      tokensPerSecond: column(train, 'tokens_per_s'),
    },
    evaluationFrom,
    evaluation: { ...places(evaluation), loss: column(evaluation, 'validation_loss') },
  };
}

/** Metrics of a run that warms up, falls to its floor, and is evaluated before its first step and then now and then. */
export function linesOf(
  steps: number,
  evaluateEvery: number,
  floor: number,
  total: number,
  seed: number,
): MetricsLine[] {
  const random = randomFrom(seed);
  const noise = (): number => random() + random() + random() - 1.5;
  const lossAt = (step: number): number => floor + 1.4 * Math.exp(-step / 130) + 0.5 / (1 + step / 60);
  const lines: MetricsLine[] = [];
  for (let step = 0; step <= steps; step++) {
    const place = { step, tokens: step * BATCH, seconds: step * SECONDS_PER_STEP };
    const progress = Math.min(1, step / total);
    if (step > 0) {
      const warm = Math.min(1, step / 100);
      lines.push({
        ...place,
        loss: lossAt(step) * (1 + 0.05 * noise()),
        lr: 3e-4 * warm * (0.55 + 0.45 * Math.cos(Math.PI * progress)),
        grad_norm: 0.4 + 2 * Math.exp(-step / 80) + 0.15 * Math.abs(noise()),
        tokens_per_s: 18_300 * (1 + 0.04 * noise()),
      });
    }
    if (step % evaluateEvery === 0) lines.push({ ...place, validation_loss: lossAt(step) * 1.01 + 0.01 });
  }
  return lines;
}

function stepsUntil(last: number, every: number): number[] {
  return Array.from({ length: Math.floor(last / every) }, (_, index) => (index + 1) * every);
}
