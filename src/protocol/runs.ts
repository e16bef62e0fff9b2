// A training run as its directory tells it, for the process that runs it and for everybody who watches.
// The run directory is the only truth about a run; docs/architecture.md names its files.
import type { EngineName, Precision } from './types';

/** As the run's process wrote it. A process that pauses its run saves a checkpoint and ends. */
export type RunState = 'starting' | 'running' | 'paused' | 'finished' | 'cancelled' | 'failed';

/** `status.json`, replaced atomically. */
export interface RunStatus {
  state: RunState;
  /** The run's process, on `host`; it may be gone without having said so. */
  pid: number;
  host: string;
  /** Steps done, of `steps`. */
  step: number;
  steps: number;
  /** Tokens trained on. */
  tokens: number;
  parameters: number;
  engine?: EngineName;
  /** Of its matrix products, where that is not float32. */
  precision?: Precision;
  /**
   * Threads of the engine: what was asked for until it has started, then what it uses. 0 = one per physical core, which
   * stays where the system does not say how many these are.
   */
  threads: number;
  /** ISO 8601. `started` is that of the first process, `updated` of this writing. */
  started: string;
  updated: string;
  ended?: string;
  /** Seconds spent training, those before an interruption included. */
  seconds: number;
  /** Steps of which a checkpoint is kept, in order. */
  checkpoints: number[];
  /** Why it failed, and what to do. */
  error?: { reason: string; message: string; remedy: string };
  /** Why it ended before its last step, if it did by itself. */
  note?: string;
}

/** A line of `metrics.jsonl`: a training step, an evaluation, or something that happened at a step. */
export interface MetricsLine {
  /** Counted from 1; an evaluation before the first step has 0. */
  step: number;
  tokens: number;
  /** Seconds of training until then. */
  seconds: number;
  /** Mean cross-entropy of the step's batch, nats per token. */
  loss?: number;
  lr?: number;
  /** Before clipping. None where gradients were too large for float16: then the step changed nothing. */
  grad_norm?: number;
  /** In float16: what the loss was multiplied by before the backward pass. */
  loss_scale?: number;
  tokens_per_s?: number;
  /** Mean cross-entropy on data that is never trained on, nats per token. */
  validation_loss?: number;
  /** What happened: 'went back to step 300 after a spike'. */
  event?: string;
}

/** A line of `samples.jsonl`: what the model wrote at an evaluation. */
export interface SamplesLine {
  step: number;
  samples: RunSample[];
}

export interface RunSample {
  text: string;
  /** For grammars: whether the text is in the language. */
  valid?: boolean;
  /** For grammars: characters of `text` up to the token where its prefix dies. */
  dies_at?: number;
}

/** An entry of `references.json`: a loss that the curve is compared with, nats per token. */
export interface ReferenceLine {
  /** 'true entropy', '3-gram', 'unigram' */
  name: string;
  loss: number;
}

/** `control.json`, written by whoever watches and removed by the run when it obeys. */
export interface RunControl {
  request: 'pause' | 'cancel';
}

/** Names inside a run directory. */
export const RUN_FILES = {
  recipe: 'recipe.json',
  status: 'status.json',
  metrics: 'metrics.jsonl',
  samples: 'samples.jsonl',
  references: 'references.json',
  control: 'control.json',
  lock: 'lock',
  log: 'log.txt',
  checkpoints: 'checkpoints',
  final: 'final',
} as const;

/** The folder of a checkpoint inside a run directory: `checkpoints/step-500`. */
export function checkpointFolder(step: number): string {
  return `${RUN_FILES.checkpoints}/step-${step}`;
}

/** Where a workspace keeps its runs. */
export const RUNS_FOLDER = '.subtext/runs';

/** What the palette offers for one question, with what stands beside it. */
export interface TrainingChoice {
  id: string;
  label: string;
  /** Short, beside the label: '1.3 M parameters'. */
  description: string;
  /** A sentence below it. */
  detail?: string;
  /** The person names a file or folder first; the answer is then `id:path`. */
  asks?: 'files';
}

/** The questions of *Train Model…*, in this order. */
export const TRAINING_QUESTIONS = ['data', 'architecture', 'size', 'budget'] as const;
export type TrainingQuestion = (typeof TRAINING_QUESTIONS)[number];

/** The answers so far; each narrows the choices of the next question. */
export interface TrainingAnswers {
  data: string;
  architecture?: string;
  size?: string;
  budget?: string;
}

/** What a recipe will cost on this machine. */
export interface RunEstimate {
  parameters: number;
  /** Tokens trained on in all. */
  tokens: number;
  /** Seconds on this machine's engine; undefined where nothing is known. */
  seconds?: number;
  /** Memory of the run's process. */
  bytes: number;
  engine: EngineName;
}
