// Messages between the extension host and the run view. The view says `ready` first. Runs are sent as full snapshots,
// their points by range, as packed columns.
import type { ReferenceLine, RunStatus, SamplesLine } from './runs';

/** What is shown of a run's state: `interrupted` when its process is gone without having ended it. */
export type ShownRunState = RunStatus['state'] | 'interrupted' | 'pausing' | 'cancelling';

/** One run, without its points. */
export interface RunSnapshot {
  /** Absolute path of the run directory; identifies the run. */
  directory: string;
  /** The directory's name. */
  name: string;
  state: ShownRunState;
  /** Its points are still being read: what the view has of them is not all, or nothing. */
  isReading?: boolean;
  /** Whether its final model is there. */
  hasFinal?: boolean;
  /** Undefined while the run has not written any. */
  status?: RunStatus;
  references: ReferenceLine[];
  /** The latest evaluation's samples. */
  samples?: SamplesLine;
  events: { step: number; text: string }[];
  /** What the run trains, in one line: 'GPT-2 type, 2 layers, width 64 · cfg3b'. */
  title: string;
}

/** Training steps as columns of equal length, in order of steps. */
export interface TrainColumns {
  step: Int32Array;
  tokens: Float64Array;
  seconds: Float64Array;
  loss: Float32Array;
  lr: Float32Array;
  gradientNorm: Float32Array;
  tokensPerSecond: Float32Array;
}

/** Evaluations as columns of equal length, in order of steps. */
export interface EvaluationColumns {
  step: Int32Array;
  tokens: Float64Array;
  seconds: Float64Array;
  loss: Float32Array;
}

export interface RunPoints {
  directory: string;
  /** Rows from these on are replaced by the given ones; 0 replaces all. */
  trainFrom: number;
  train: TrainColumns;
  evaluationFrom: number;
  evaluation: EvaluationColumns;
}

/** What the run view remembers across a reload (the webview's own state). */
export interface RunViewState {
  /** Directories of the runs that are shown; the first is the one that the header tells about. */
  runs: string[];
  logX: boolean;
  logY: boolean;
  /** Smoothing of the training loss: the weight of what came before, 0…1. */
  smoothing: number;
  /** What runs along the x axis. */
  axis: 'step' | 'tokens' | 'seconds';
  table: boolean;
  /** The part of the x axis that is zoomed to, in units of `axis`. */
  window?: readonly [from: number, to: number];
  /** Directories of shown runs whose lines are hidden. */
  hidden?: string[];
  /** Height of the samples under the chart in pixels, once it was dragged. */
  samplesHeight?: number;
}

export type ToRunView =
  /** The runs that are shown, the first in the header. Empty: no run yet. */
  | { type: 'runs'; runs: RunSnapshot[]; others: { directory: string; name: string }[] }
  | { type: 'points'; points: RunPoints };

export type FromRunView =
  | { type: 'ready'; runs: string[] }
  | { type: 'control'; directory: string; request: 'pause' | 'resume' | 'cancel' }
  /** Opens a checkpoint as a model: a step, or the final one. */
  | { type: 'openCheckpoint'; directory: string; step: number | 'final' }
  /** Opens a copy of a run's recipe, to change what it failed of. */
  | { type: 'openRecipe'; directory: string }
  /** Which runs are shown from now on. */
  | { type: 'show'; runs: string[] }
  /**
   * Writes a file where the person says; `content` is text (SVG, CSV) or the bytes of a PNG, in parts of at most 1 MB
   * that come in order.
   */
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart }
  | { type: 'run'; command: 'subtext.train' | 'subtext.showRunLog' };

/** Which part of a file a content is. */
export interface FilePart {
  /** Number of the file: another for each that a page saves. */
  file: number;
  /** Number of the part, from 0. */
  index: number;
  isLast: boolean;
}
