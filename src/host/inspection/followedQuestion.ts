// A question about a document that is asked again when the text changes: what was asked, how far it is, what came of
// it. Answers for an old version never get through. No 'vscode' here, so that its rules can be tested.
import type { TextRange, TextSource } from '../../protocol/types';
import { BackendFailure, toFailure } from '../backend/failure';
import { Emitter } from '../emitter';
import { followEdits, type TextEdit } from './follow';

/** What is asked: a document read by a model, its selection or the whole text. */
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

export interface QuestionPorts<Answer> {
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  document(uri: string): DocumentFacts | undefined;
  /** Milliseconds without typing after which an edited text is computed again. */
  delay(): number;
}

export type QuestionPhase = 'empty' | 'loading' | 'ready' | 'failed';

export class FollowedQuestion<Answer extends { source: TextSource }> {
  private readonly phaseChanged = new Emitter<void>();
  /** The phase was set; also where it stays what it was. */
  readonly onDidChangePhase = this.phaseChanged.event;
  private readonly answerChanged = new Emitter<void>();
  /** There is another answer, or none any more; the phase follows. */
  readonly onDidChangeAnswer = this.answerChanged.event;

  private currentQuestion: Question | undefined;
  private currentAnswer: Answer | undefined;
  private currentPhase: QuestionPhase = 'empty';
  private currentMessage: string | undefined;
  private currentFailure: BackendFailure | undefined;
  private timesChosen = 0;
  private computation: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ports: QuestionPorts<Answer>) {}

  get question(): Question | undefined {
    return this.currentQuestion;
  }

  /** True while the backend works on the question; not while an edit waits for the typing to pause. */
  get computing(): boolean {
    return this.computation !== undefined;
  }

  /** The last answer; of an older version of the text while `phase` is 'loading'. */
  get answer(): Answer | undefined {
    return this.currentAnswer;
  }

  get phase(): QuestionPhase {
    return this.currentPhase;
  }

  /** Why there is nothing to show, in phase 'empty'. */
  get message(): string | undefined {
    return this.currentMessage;
  }

  get failure(): BackendFailure | undefined {
    return this.currentFailure;
  }

  /** How often a person chose this: of what may be painted, the one chosen last is. */
  get choices(): number {
    return this.timesChosen;
  }

  countChoice(): void {
    this.timesChosen++;
  }

  /** Asks a question; resolves once it is answered, failed or overtaken by another. */
  async ask(question: Question): Promise<void> {
    if (!isSameText(question, this.currentQuestion)) this.currentAnswer = undefined;
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
    this.becomeEmpty(message);
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

  dispose(): void {
    this.stopComputing();
    this.phaseChanged.dispose();
    this.answerChanged.dispose();
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
      const answer = await this.ports.ask(question, computation.signal);
      if (computation.signal.aborted) return;
      this.computation = undefined;
      this.accept(answer);
    } catch (error) {
      if (computation.signal.aborted) return;
      this.computation = undefined;
      this.fail(toFailure(error));
    }
  }

  private accept(answer: Answer): void {
    const { uri, version: read } = answer.source;
    const version = this.ports.document(uri)?.version;
    if (version !== read) {
      // An edit would have stopped this computation: the backend read something else.
      this.fail(
        new BackendFailure(
          'old-version',
          `The backend read version ${read} of the document, the editor has ${version ?? 'none'}`,
          'Refresh; run Subtext: Restart Backend if this repeats.',
        ),
      );
      return;
    }
    this.currentAnswer = answer;
    this.currentMessage = undefined;
    this.answerChanged.fire();
    this.setPhase('ready');
  }

  private becomeEmpty(message: string | undefined): void {
    this.currentAnswer = undefined;
    this.currentFailure = undefined;
    this.currentMessage = message;
    this.answerChanged.fire();
    this.setPhase('empty');
  }

  private fail(failure: BackendFailure): void {
    this.currentFailure = failure;
    this.setPhase('failed');
  }

  private setPhase(phase: QuestionPhase): void {
    this.currentPhase = phase;
    this.phaseChanged.fire();
  }

  private stopComputing(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.computation?.abort();
    this.computation = undefined;
  }
}

/** Whether two questions are of the same document under the same model. */
export function isSameText(one: Question, other: Question | undefined): boolean {
  return one.uri === other?.uri && one.model === other.model;
}
