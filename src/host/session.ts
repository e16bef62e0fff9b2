// The parts that commands and views share, and the steps that several of them take.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ModelSummary } from '../protocol/types';
import { BackendFailure, toFailure } from './backend/failure';
import type { BackendSupervisor } from './backend/supervisor';
import type { ComparedTexts } from './continuation/comparedTexts';
import type { Continuations } from './continuation/continuations';
import type { Highlights } from './decorations/highlight';
import type { RecipeChecks } from './editors/recipeChecks';
import type { AttentionInspection } from './inspection/attentionInspection';
import { findDocument } from './inspection/followDocuments';
import type { Question } from './inspection/followedQuestion';
import type { AttributionInspection } from './inspection/attributionInspection';
import type { LensInspection } from './inspection/lensInspection';
import type { LossInspection } from './inspection/lossInspection';
import type { ModelQuestion } from './inspection/modelQuestion';
import type { PatchInspection } from './inspection/patchInspection';
import type { NeuronInspection } from './inspection/neuronInspection';
import type { Interventions } from './interventions/interventions';
import { showFailure } from './messages';
import type { Models } from './models';
import type { GrammarAttentionPanel } from './panels/grammarAttentionPanel';
import type { ParseTreeView } from './parseTree/view';
import type { PatchPanel } from './panels/patchPanel';
import type { ProbesPanel } from './panels/probesPanel';
import type { RunPanel } from './panels/runPanel';
import type { SavedQuestion } from './panels/savedState';
import type { TextView } from './panels/textView';
import type { ProbeChart } from './probes/probeChart';
import { withLateProgress } from './progress';
import type { Runs } from './runs/runs';
import { settings } from './settings';

export interface SessionParts {
  backend: BackendSupervisor;
  models: Models;
  interventions: Interventions;
  continuations: Continuations;
  comparedTexts: ComparedTexts;
  /** The folder of the checkpoints that come with the extension. */
  sampleModels: vscode.Uri;
  neurons: TextView<NeuronInspection>;
  attention: TextView<AttentionInspection>;
  lens: TextView<LensInspection>;
  losses: TextView<LossInspection>;
  attribution: TextView<AttributionInspection>;
  parseTree: ParseTreeView;
  patch: { inspection: PatchInspection; panel: PatchPanel };
  grammarAttention: {
    inspection: ModelQuestion<'subtext/grammarAttention'>;
    panel: GrammarAttentionPanel;
  };
  probes: { chart: ProbeChart; panel: ProbesPanel };
  /** All views of texts. */
  textViews: readonly TextView[];
  highlights: Highlights;
  runs: Runs;
  runPanel: RunPanel;
  recipes: RecipeChecks;
  log: vscode.LogOutputChannel;
}

export class Session {
  constructor(readonly parts: SessionParts) {}

  /** Opens a checkpoint with progress; undefined when it was cancelled, or failed, which was then said. */
  async openModel(path: string): Promise<ModelSummary | undefined> {
    const { backend, models, textViews } = this.parts;
    const announce = (what?: string) => textViews.forEach(({ status }) => status.announce(what));
    const abort = new AbortController();
    const title = `Opening ${basename(path)}`;
    announce(title);
    try {
      return await withLateProgress(title, backend, models.openPath(path, abort.signal), () => abort.abort());
    } catch (error) {
      showFailure(toFailure(error));
      return undefined;
    } finally {
      announce();
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

  /** Asks a question, with progress where it takes long; the view is brought up beside `textEditor`, if given. */
  async inspect(
    { inspection, panel }: TextView,
    question: Question,
    textEditor?: vscode.TextEditor,
  ): Promise<void> {
    if (textEditor) panel.reveal(textEditor);
    const title = `Reading ${vscode.Uri.parse(question.uri).path.split('/').at(-1) ?? 'the text'}`;
    await withLateProgress(title, this.parts.backend, inspection.ask(question), () => inspection.cancel());
  }

  /** Asks the present questions of another model. */
  async inspectWith(model: ModelSummary): Promise<void> {
    for (const view of this.parts.textViews) {
      const { question } = view.inspection;
      if (question && question.model !== model.id) await this.inspect(view, { ...question, model: model.id });
    }
  }

  /** Computes all that is shown again. */
  async refresh(): Promise<void> {
    const { textViews, patch, grammarAttention } = this.parts;
    for (const { inspection } of [...textViews, patch, grammarAttention]) await inspection.refresh();
  }

  /** Brings a view back to what it showed before a reload. */
  async resume(view: TextView, saved: SavedQuestion): Promise<void> {
    const { models } = this.parts;
    const { inspection } = view;
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
    await this.inspect(view, { ...saved, model: model.id });
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
