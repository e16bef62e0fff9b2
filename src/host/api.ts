// What `activate` returns: for the tests in a real VS Code, which cannot read decorations or a process id otherwise.
import type { Uri } from 'vscode';
import type { BackendState } from './backend/supervisor';
import type { DrawnBands } from './parseTree/bandPainter';
import type { ParseTreeInspection } from './inspection/parseTreeInspection';
import type { Painting } from './decorations/painter';
import type { AttentionInspection } from './inspection/attentionInspection';
import type { LensInspection } from './inspection/lensInspection';
import type { LossInspection } from './inspection/lossInspection';
import type { NeuronInspection } from './inspection/neuronInspection';
import type { Interventions } from './interventions/interventions';
import type { PatchInspection } from './inspection/patchInspection';
import type { Models } from './models';
import type { ProbeChart } from './probes/probeChart';
import type { Runs } from './runs/runs';

export interface SubtextApi {
  /** Processor time to load the bundle plus that inside `activate`. */
  readonly activationMilliseconds: number;
  readonly inspection: NeuronInspection;
  readonly attention: AttentionInspection;
  readonly lens: LensInspection;
  readonly losses: LossInspection;
  readonly parseTree: ParseTreeInspection;
  readonly models: Models;
  readonly interventions: Interventions;
  readonly backend: { readonly state: BackendState };
  readonly patch: PatchInspection;
  readonly probes: ProbeChart;
  readonly panel: { readonly isOpen: boolean };
  readonly runs: Runs;
  readonly runPanel: { readonly isOpen: boolean; readonly shown: string[] };
  /** What is painted over a document; undefined while nothing is. */
  painted(document: Uri): Painting | undefined;
  /** The stripes of a parse tree that are drawn under a document; undefined while none are. */
  bands(document: Uri): DrawnBands | undefined;
}
