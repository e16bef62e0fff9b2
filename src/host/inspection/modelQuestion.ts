// A question that is asked of a model and follows no document, and what came of it. No 'vscode'.
import type { Params, Requests, Result } from '../../protocol/requests';
import { type BackendFailure, toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { Emitter } from '../emitter';
import type { QuestionPhase } from './followedQuestion';

/** Requests that name a model and no document. */
export type ModelQuestionName = {
  [Name in keyof Requests]: Requests[Name]['params'] extends { model: string; uri?: undefined }
    ? Name
    : never;
}[keyof Requests];

export class ModelQuestion<Name extends ModelQuestionName> {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;

  private asked: Params<Name> | undefined;
  private found: Result<Name> | undefined;
  private currentFailure: BackendFailure | undefined;
  private computation: AbortController | undefined;

  constructor(
    private readonly requester: Requester,
    private readonly name: Name,
  ) {}

  get question(): Params<Name> | undefined {
    return this.asked;
  }

  /** The last answer; of the question before while `phase` is 'loading'. */
  get answer(): Result<Name> | undefined {
    return this.found;
  }

  get failure(): BackendFailure | undefined {
    return this.currentFailure;
  }

  get phase(): QuestionPhase {
    if (this.computation) return 'loading';
    if (this.currentFailure) return 'failed';
    return this.found ? 'ready' : 'empty';
  }

  /** Resolves once the question is answered, failed or overtaken by another. */
  async ask(question: Params<Name>): Promise<void> {
    this.computation?.abort();
    const computation = new AbortController();
    this.computation = computation;
    this.asked = question;
    this.currentFailure = undefined;
    this.changed.fire();
    try {
      const answer = await this.requester.request(this.name, question, computation.signal);
      if (computation.signal.aborted) return;
      this.found = answer;
    } catch (error) {
      if (computation.signal.aborted) return;
      this.found = undefined;
      this.currentFailure = toFailure(error);
    }
    this.computation = undefined;
    this.changed.fire();
  }

  /** Asks the present question again, with changes if there are any. */
  async refresh(change: Partial<Params<Name>> = {}): Promise<void> {
    if (this.asked) await this.ask({ ...this.asked, ...change });
  }

  /** Stops a computation; what was shown before stays. */
  cancel(): void {
    this.computation?.abort();
    this.computation = undefined;
    this.changed.fire();
  }

  clear(): void {
    this.computation?.abort();
    this.computation = undefined;
    this.asked = undefined;
    this.found = undefined;
    this.currentFailure = undefined;
    this.changed.fire();
  }

  dispose(): void {
    this.computation?.abort();
    this.changed.dispose();
  }
}
