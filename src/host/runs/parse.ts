// The files of a run, checked: they come from a disk, perhaps from another version, or half written.
import type {
  MetricsLine,
  ReferenceLine,
  RunControl,
  RunSample,
  RunState,
  RunStatus,
  SamplesLine,
} from '../../protocol/runs';

const states: readonly RunState[] = ['starting', 'running', 'paused', 'finished', 'cancelled', 'failed'];

/** Texts of a line or two, of whatever length they come. */
const LONGEST_TEXT = 5000;
const LONGEST_EVENT = 500;
const LONGEST_SAMPLE = 20_000;
const MOST_SAMPLES = 100;
const MOST_REFERENCES = 100;
/** The latest ones are kept: a menu of more is of no use. */
const MOST_CHECKPOINTS = 1000;

/** `status.json`; undefined where it says nothing about a state. Numbers that are missing are 0. */
export function readStatus(value: unknown): RunStatus | undefined {
  if (!isRecord(value)) return undefined;
  const state = states.find((name) => name === value.state);
  if (state === undefined) return undefined;
  const error = isRecord(value.error) ? value.error : undefined;
  return {
    state,
    pid: number(value.pid),
    host: text(value.host),
    step: number(value.step),
    steps: number(value.steps),
    tokens: number(value.tokens),
    parameters: number(value.parameters),
    ...(typeof value.engine === 'string' && { engine: value.engine as NonNullable<RunStatus['engine']> }),
    ...(value.precision === 'float16' && { precision: 'float16' as const }),
    threads: number(value.threads),
    started: time(value.started),
    updated: time(value.updated),
    ...(time(value.ended) !== '' && { ended: time(value.ended) }),
    seconds: number(value.seconds),
    checkpoints: Array.isArray(value.checkpoints)
      ? [...new Set(value.checkpoints.filter(isStep))].slice(-MOST_CHECKPOINTS)
      : [],
    ...(error && {
      error: { reason: text(error.reason), message: text(error.message), remedy: text(error.remedy) },
    }),
    ...(typeof value.note === 'string' && { note: text(value.note) }),
  };
}

/** A line of `metrics.jsonl`; undefined for one that is cut or of another kind. */
export function readMetricsLine(line: string): MetricsLine | undefined {
  const value = parsed(line);
  if (!isRecord(value) || !isStep(value.step)) return undefined;
  return {
    step: value.step,
    tokens: number(value.tokens),
    seconds: number(value.seconds),
    ...optional('loss', value.loss),
    ...optional('lr', value.lr),
    ...optional('grad_norm', value.grad_norm),
    ...optional('tokens_per_s', value.tokens_per_s),
    ...optional('validation_loss', value.validation_loss),
    ...(typeof value.event === 'string' && { event: value.event.slice(0, LONGEST_EVENT) }),
  };
}

/** A line of `samples.jsonl`; undefined for one that is cut or of another kind. */
export function readSamplesLine(line: string): SamplesLine | undefined {
  const value = parsed(line);
  if (!isRecord(value) || !isStep(value.step) || !Array.isArray(value.samples)) return undefined;
  const samples = value.samples.filter(isRecord).flatMap((sample): RunSample[] =>
    typeof sample.text === 'string'
      ? [
          {
            text: sample.text.slice(0, LONGEST_SAMPLE),
            ...(typeof sample.valid === 'boolean' && { valid: sample.valid }),
            ...optional('dies_at', sample.dies_at),
          },
        ]
      : [],
  );
  return { step: value.step, samples: samples.slice(0, MOST_SAMPLES) };
}

/** `references.json`, without the entries that make no sense. */
export function readReferences(value: unknown): ReferenceLine[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(isRecord)
    .flatMap(({ name, loss }) =>
      typeof name === 'string' && typeof loss === 'number' && Number.isFinite(loss)
        ? [{ name: text(name), loss }]
        : [],
    )
    .slice(0, MOST_REFERENCES);
}

/** `lock`: which process of which machine has the directory, and when it started, where that was known. */
export function readLock(value: unknown): { pid: number; host: string; start?: string } | undefined {
  if (!isRecord(value)) return undefined;
  const { pid, host, start } = value;
  if (typeof pid !== 'number' || typeof host !== 'string') return undefined;
  return { pid, host, ...(typeof start === 'string' && { start }) };
}

/** `control.json`. */
export function readControl(value: unknown): RunControl['request'] | undefined {
  if (!isRecord(value)) return undefined;
  return value.request === 'pause' || value.request === 'cancel' ? value.request : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function isStep(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31;
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : '';
}

/** A date that is none would be shown as such. */
function time(value: unknown): string {
  const written = text(value);
  return Number.isNaN(Date.parse(written)) ? '' : written;
}

function optional<Name extends string>(name: Name, value: unknown): { [Key in Name]?: number } {
  return typeof value === 'number' ? ({ [name]: value } as { [Key in Name]: number }) : {};
}
