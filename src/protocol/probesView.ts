// Messages between the extension host and the view of probes.
import type { ProbeConfusion, ProbeFolder, ProbePositions, ProbeToken } from './probes';
import type { FilePart } from './runViews';
import type { ViewCommand, ViewStatus } from './views';

/** What runs along the x axis: the layers, or the training steps of a run's checkpoints. */
export type ProbeAxis = 'layer' | 'step';

/** Names a probe of the folders that are shown: two of them may have files of the same name. */
export function probeId({ path }: Pick<ProbeFolder, 'path'>, file: string): string {
  return `${path}/${file}`;
}

/** One cell of a probe's confusion matrix, by number of the classes. */
export interface ProbeCell {
  /** `probeId` of the probe. */
  probe: string;
  true: number;
  read: number;
}

/** What the view remembers across a reload (the webview's own state). */
export interface ProbesViewState {
  /** Paths of the folders that are shown. */
  folders?: string[];
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
  /** `probeId` of the probe whose details are open. */
  open?: string;
  /** Whether they are its accuracy by position, in place of the confusion matrix. */
  byPosition?: boolean;
  /** Height of their pane in pixels, once it was dragged. */
  detailHeight?: number;
}

export type ToProbesView =
  | { type: 'status'; status: ViewStatus }
  | { type: 'folders'; folders: ProbeFolder[] }
  | { type: 'confusion'; probe: string; confusion: ProbeConfusion }
  | { type: 'positions'; probe: string; positions: ProbePositions }
  | { type: 'tokens'; cell: ProbeCell; first: number; total: number; tokens: ProbeToken[] }
  /** What was asked last of this probe cannot be answered. */
  | { type: 'detailFailed'; probe: string; message: string };

export type FromProbesView =
  /** `folders`: what the page showed before. */
  | { type: 'ready'; folders?: string[] }
  | { type: 'refresh' }
  /** Asks for folders to show beside those that are shown. */
  | { type: 'addFolders' }
  /** By its path. */
  | { type: 'removeFolder'; folder: string }
  | { type: 'confusion'; probe: string }
  | { type: 'positions'; probe: string }
  | { type: 'tokens'; cell: ProbeCell; first: number; count: number }
  /** Shows a token in the file that the tokens of the probe's folder point into. */
  | { type: 'openToken'; probe: string; token: Pick<ProbeToken, 'start' | 'end' | 'text'> }
  /** Asks which way to steer the probe's model along the probe. */
  | { type: 'steer'; probe: string }
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart }
  | { type: 'run'; command: ViewCommand };
