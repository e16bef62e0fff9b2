// The parts that commands and views share, and the steps that several of them take.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ModelSummary } from '../protocol/types';
import { BackendFailure, toFailure } from './backend/failure';
import type { BackendSupervisor } from './backend/supervisor';
import type { RecipeChecks } from './editors/recipeChecks';
import { findDocument } from './inspection/followDocuments';
import type { Inspection, Question } from './inspection/inspection';
import { showFailure } from './messages';
import type { Models } from './models';
import type { NeuronsPanel } from './panels/neuronsPanel';
import type { RunPanel } from './panels/runPanel';
import type { SavedQuestion } from './panels/savedState';
import type { InspectionStatus } from './panels/viewStatus';
import { withLateProgress } from './progress';
import type { Runs } from './runs/runs';
import { settings } from './settings';

export interface SessionParts {
  backend: BackendSupervisor;
  models: Models;
  /** The folder of the checkpoints that come with the extension. */
  sampleModels: vscode.Uri;
  inspection: Inspection;
  status: InspectionStatus;
  panel: NeuronsPanel;
  runs: Runs;
  runPanel: RunPanel;
  recipes: RecipeChecks;
  log: vscode.LogOutputChannel;
}

export class Session {
  constructor(readonly parts: SessionParts) {}

  /** Opens a checkpoint with progress; undefined when it was cancelled, or failed, which was then said. */
  async openModel(path: string): Promise<ModelSummary | undefined> {
    const { backend, models, status } = this.parts;
    const abort = new AbortController();
    const title = `Opening ${basename(path)}`;
    status.announce(title);
    try {
      return await withLateProgress(title, backend, models.openPath(path, abort.signal), () => abort.abort());
    } catch (error) {
      showFailure(toFailure(error));
      return undefined;
    } finally {
      status.announce(undefined);
    }
  }

  /** The model to ask: the active one, else the first one of the setting, all of which are opened. */
  async neededModel(): Promise<ModelSummary | undefined> {
    const { active } = this.parts.models;
    if (active) return active;
    // The last one that is opened is the one that is asked.
    for (const path of settings.models().reverse()) await this.openModel(path);
    return this.parts.models.active;
  }

  /** Asks a question, with progress where it takes long; the panel is brought up beside `textEditor`, if given. */
  async inspect(question: Question, textEditor?: vscode.TextEditor): Promise<void> {
    const { backend, inspection, panel } = this.parts;
    if (textEditor) panel.reveal(textEditor);
    const title = `Reading ${vscode.Uri.parse(question.uri).path.split('/').at(-1) ?? 'the text'}`;
    await withLateProgress(title, backend, inspection.show(question), () => inspection.cancel());
  }

  /** Asks the present question of another model. */
  async inspectWith(model: ModelSummary): Promise<void> {
    const { question } = this.parts.inspection;
    if (question && question.model !== model.id) {
      await this.inspect({ ...question, model: model.id });
    }
  }

  /** Brings a view back to what it showed before a reload. */
  async resume(saved: SavedQuestion): Promise<void> {
    const { inspection, models } = this.parts;
    const model = models.get(saved.model) ?? (await this.openModel(saved.model));
    if (!model) {
      inspection.clear(`${basename(saved.model)} could not be opened again.`);
      return;
    }
    const uri = vscode.Uri.parse(saved.uri);
    const document =
      findDocument(saved.uri) ??
      (await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => undefined));
    if (!document) {
      inspection.clear('The text that was shown here is not there any more.');
      return;
    }
    await this.inspect({ ...saved, model: model.id });
  }

  /** Runs a step whose failure is shown as a message. */
  async attempt(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const failure = toFailure(error);
      this.parts.log.error(failure.line);
      showFailure(failure);
    }
  }
}

/** A failure of the host's own, for things that a person can mend. */
export function hostFailure(message: string, remedy: string): BackendFailure {
  return new BackendFailure('usage', message, remedy);
}
