// Messages between the extension host and the view of probes.
import type { ProbeConfusion, ProbeFolder, ProbeToken } from './probes';
import type { FilePart } from './runViews';
import type { ViewCommand, ViewStatus } from './views';

/** What runs along the x axis: the layers, or the training steps of a run's checkpoints. */
export type ProbeAxis = 'layer' | 'step';

/** One cell of a probe's confusion matrix, by number of the classes. */
export interface ProbeCell {
  /** Name of the probe's file in the folder. */
  file: string;
  true: number;
  read: number;
}

/** What the view remembers across a reload (the webview's own state). */
export interface ProbesViewState {
  /** Path of the folder that is shown. */
  folder?: string;
  axis?: ProbeAxis;
  /** The one whose lines are shown along layers; undefined: the last one. */
  step?: number | 'all';
  /** The one whose lines are shown along steps. */
  layer?: number | 'all';
  /** Whether each panel has a y axis of its own. */
  ownScales?: boolean;
  table?: boolean;
  /** Keys of lines that are not drawn. */
  hidden?: string[];
  /** File of the probe whose confusion matrix is open. */
  open?: string;
  /** Height of its pane in pixels, once it was dragged. */
  detailHeight?: number;
}

export type ToProbesView =
  | { type: 'status'; status: ViewStatus }
  | { type: 'folder'; folder: ProbeFolder }
  | { type: 'confusion'; file: string; confusion: ProbeConfusion }
  | { type: 'tokens'; cell: ProbeCell; first: number; total: number; tokens: ProbeToken[] }
  /** What was asked last of this probe cannot be answered. */
  | { type: 'detailFailed'; file: string; message: string };

export type FromProbesView =
  /** `folder`: what the page showed before. */
  | { type: 'ready'; folder?: string }
  | { type: 'refresh' }
  | { type: 'confusion'; file: string }
  | { type: 'tokens'; cell: ProbeCell; first: number; count: number }
  /** Shows a token in the file that the folder's tokens point into. */
  | { type: 'openToken'; token: Pick<ProbeToken, 'start' | 'end' | 'text'> }
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart }
  | { type: 'run'; command: ViewCommand };
