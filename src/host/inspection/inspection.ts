// What is inspected: a document, a model, the neurons' table and the neuron in focus. The one owner of this state;
// panel, painter, code lens, hover and status bar listen to it. No 'vscode' here, so that its rules can be tested.
import type { NeuronFocus } from '../../protocol/views';
import type { NeuronId, NeuronTable, TextRange } from '../../protocol/types';
import { BackendFailure, toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { Emitter } from '../emitter';
import { FocusReader } from './focusReader';
import { followEdits, type TextEdit } from './follow';

/** What was asked: a document read by a model, statistics on a selection or on the whole text. */
export interface Question {
  uri: string;
  model: string;
  selection?: TextRange;
}

/** What is known here of a document; undefined where it is not open. */
export interface DocumentFacts {
  version: number;
  length: number;
}

export interface InspectionPorts {
  requester: Requester;
  document(uri: string): DocumentFacts | undefined;
  /** Milliseconds without typing after which an edited text is computed again. */
  delay(): number;
}

/** Which part of the state changed. */
export type InspectionPart = 'status' | 'table' | 'focus';

export type InspectionPhase = 'empty' | 'loading' | 'ready' | 'failed';

export class Inspection {
  private readonly changed = new Emitter<InspectionPart>();
  readonly onDidChange = this.changed.event;

  private currentQuestion: Question | undefined;
  private currentTable: NeuronTable | undefined;
  private currentPhase: InspectionPhase = 'empty';
  private currentMessage: string | undefined;
  private currentFailure: BackendFailure | undefined;
  private computation: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lockedId: NeuronId | undefined;
  private previewedId: NeuronId | undefined;
  private readonly reader: FocusReader;

  constructor(private readonly ports: InspectionPorts) {
    this.reader = new FocusReader(
      ports.requester,
      (uri) => ports.document(uri)?.version,
      () => {
        this.changed.fire('focus');
      },
    );
  }

  get question(): Question | undefined {
    return this.currentQuestion;
  }

  /** True while the backend works on the question; not while an edit waits for the typing to pause. */
  get computing(): boolean {
    return this.computation !== undefined;
  }

  /** The last table; of an older version of the text while `phase` is 'loading'. */
  get table(): NeuronTable | undefined {
    return this.currentTable;
  }

  get phase(): InspectionPhase {
    return this.currentPhase;
  }

  /** Why there is nothing to show, in phase 'empty'. */
  get message(): string | undefined {
    return this.currentMessage;
  }

  get failure(): BackendFailure | undefined {
    return this.currentFailure;
  }

  get locked(): NeuronId | undefined {
    return this.lockedId;
  }

  /** The previewed neuron, else the locked one, with what is known of it so far. */
  get focus(): NeuronFocus | undefined {
    const id = this.previewedId ?? this.lockedId;
    if (!id) return undefined;
    return { id, locked: sameNeuron(id, this.lockedId), ...this.reader.read(id) };
  }

  /** True while activations of the neuron in focus are on their way: what is painted may stay until then. */
  get focusPending(): boolean {
    return this.currentPhase === 'loading' || this.reader.pending;
  }

  /** Asks a question; resolves once it is answered, failed or overtaken by another. */
  async show(question: Question): Promise<void> {
    if (question.uri !== this.currentQuestion?.uri || question.model !== this.currentQuestion.model) {
      this.currentTable = undefined;
      this.lockedId = undefined;
      this.previewedId = undefined;
    }
    this.currentQuestion = { ...question };
    await this.compute();
  }

  /** Computes the present question again, if there is one. */
  async refresh(): Promise<void> {
    if (this.currentQuestion) await this.compute();
  }

  /** Stops the computation that runs; the failure says that it was stopped. */
  cancel(): void {
    if (this.currentPhase !== 'loading') return;
    this.stopComputing();
    this.fail(new BackendFailure('cancelled', 'The computation was cancelled', 'Refresh to start it again.'));
  }

  /** Forgets everything; `message` is what the empty views say. */
  clear(message?: string): void {
    this.stopComputing();
    this.currentQuestion = undefined;
    this.currentTable = undefined;
    this.currentFailure = undefined;
    this.lockedId = undefined;
    this.previewedId = undefined;
    this.reader.reset(undefined);
    this.currentMessage = message;
    this.setPhase('empty');
    this.changed.fire('table');
    this.changed.fire('focus');
  }

  /** A document was edited: its question is asked again once the typing pauses. */
  edited(uri: string, edits: readonly TextEdit[]): void {
    const question = this.currentQuestion;
    if (question?.uri !== uri || edits.length === 0) return;
    if (question.selection) {
      const { selection, ...whole } = question;
      const moved = followEdits(selection, edits);
      this.currentQuestion = moved ? { ...whole, selection: moved } : whole;
    }
    this.stopComputing();
    this.setPhase('loading');
    this.timer = setTimeout(() => void this.compute(), this.ports.delay());
  }

  /** A document was closed. */
  closed(uri: string): void {
    if (this.currentQuestion?.uri === uri) this.clear('The document was closed.');
  }

  /** Shows a neuron for as long as the pointer is on it; null when it left. */
  preview(id: NeuronId | null): void {
    const next = id && this.exists(id) ? id : undefined;
    if (sameNeuron(next, this.previewedId)) return;
    this.previewedId = next;
    this.readFocus();
  }

  lock(id: NeuronId): void {
    if (!this.exists(id)) return;
    this.lockedId = id;
    this.previewedId = undefined;
    this.readFocus();
  }

  unlock(): void {
    this.lockedId = undefined;
    this.readFocus();
  }

  /** Neither locked nor previewed. */
  clearFocus(): void {
    this.lockedId = undefined;
    this.previewedId = undefined;
    this.readFocus();
  }

  dispose(): void {
    this.stopComputing();
    this.reader.reset(undefined);
    this.changed.dispose();
  }

  private async compute(): Promise<void> {
    this.stopComputing();
    const question = this.currentQuestion!;
    const document = this.ports.document(question.uri);
    if (!document) {
      this.clear('The document is not open any more.');
      return;
    }
    if (document.length === 0) {
      this.becomeEmpty('The document is empty. Type or paste some text: it is read as you type.');
      return;
    }
    const computation = new AbortController();
    this.computation = computation;
    this.currentFailure = undefined;
    this.setPhase('loading');
    try {
      const table = await this.ports.requester.request('subtext/rankNeurons', question, computation.signal);
      if (computation.signal.aborted) return;
      this.computation = undefined;
      this.accept(table);
    } catch (error) {
      if (computation.signal.aborted) return;
      this.computation = undefined;
      this.fail(toFailure(error));
    }
  }

  private accept(table: NeuronTable): void {
    const version = this.ports.document(table.source.uri)?.version;
    if (version !== table.source.version) {
      // An edit would have stopped this computation: the backend read something else.
      this.fail(
        new BackendFailure(
          'old-version',
          `The backend read version ${table.source.version} of the document, the editor has ${version ?? 'none'}`,
          'Refresh; run Subtext: Restart Backend if this repeats.',
        ),
      );
      return;
    }
    this.currentTable = table;
    this.currentMessage = undefined;
    if (this.lockedId && !this.exists(this.lockedId)) this.lockedId = undefined;
    if (this.previewedId && !this.exists(this.previewedId)) this.previewedId = undefined;
    this.reader.reset(this.currentQuestion);
    this.reader.want(this.previewedId ?? this.lockedId);
    this.changed.fire('table');
    this.setPhase('ready');
    this.changed.fire('focus');
  }

  private becomeEmpty(message: string): void {
    this.currentTable = undefined;
    this.currentFailure = undefined;
    this.currentMessage = message;
    this.reader.reset(undefined);
    this.setPhase('empty');
    this.changed.fire('table');
    this.changed.fire('focus');
  }

  private fail(failure: BackendFailure): void {
    this.currentFailure = failure;
    this.setPhase('failed');
    this.changed.fire('focus');
  }

  private readFocus(): void {
    this.reader.want(this.previewedId ?? this.lockedId);
    this.changed.fire('focus');
  }

  private setPhase(phase: InspectionPhase): void {
    this.currentPhase = phase;
    this.changed.fire('status');
  }

  private stopComputing(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.computation?.abort();
    this.computation = undefined;
  }

  private exists({ layer, neuron }: NeuronId): boolean {
    const table = this.currentTable;
    return table !== undefined && layer < table.layers && neuron < table.neuronsPerLayer;
  }
}

function sameNeuron(one: NeuronId | undefined, other: NeuronId | undefined): boolean {
  return one?.layer === other?.layer && one?.neuron === other?.neuron;
}
