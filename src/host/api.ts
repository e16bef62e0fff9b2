// What `activate` returns: for the tests in a real VS Code, which cannot read decorations or a process id otherwise.
import type { Uri } from 'vscode';
import type { BackendState } from './backend/supervisor';
import type { Painting } from './decorations/painter';
import type { Inspection } from './inspection/inspection';
import type { Models } from './models';
import type { Runs } from './runs/runs';

export interface SubtextApi {
  /** Processor time to load the bundle plus that inside `activate`. */
  readonly activationMilliseconds: number;
  readonly inspection: Inspection;
  readonly models: Models;
  readonly backend: { readonly state: BackendState };
  readonly panel: { readonly isOpen: boolean };
  readonly runs: Runs;
  readonly runPanel: { readonly isOpen: boolean; readonly shown: string[] };
  /** What is painted over a document; undefined while nothing is. */
  painted(document: Uri): Painting | undefined;
}
