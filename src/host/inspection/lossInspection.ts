// The losses of a text before and after, and whether they are painted. The one owner of this state. No 'vscode'.
import type { ComparedReader, LossComparison } from '../../protocol/losses';
import { Emitter } from '../emitter';
import { FollowedQuestion, type Question } from './followedQuestion';
import type { InspectionPorts } from './neuronInspection';

export class LossInspection extends FollowedQuestion<LossComparison> {
  private readonly changed = new Emitter<void>();
  /** Anything of what is painted. */
  readonly onDidChange = this.changed.event;
  private readonly asked: { before: ComparedReader };
  private isPainted = false;

  constructor({ requester, document, delay }: InspectionPorts) {
    const asked = { before: { interventions: false } };
    super({
      ask: ({ uri, model, selection }, signal) => {
        const range = selection && { range: selection };
        return requester.request('subtext/compareLosses', { uri, model, ...asked, ...range }, signal);
      },
      document,
      delay,
    });
    this.asked = asked;
    this.onDidChangeAnswer(() => this.changed.fire());
    this.onDidChangePhase(() => this.changed.fire());
  }

  /** Whom the question's model is compared with. */
  get before(): ComparedReader {
    return this.asked.before;
  }

  get painted(): boolean {
    return this.isPainted && this.question !== undefined;
  }

  /** Says whom the next question compares with; what it answers is painted. */
  compareWith(before: ComparedReader): void {
    this.asked.before = before;
    this.countChoice();
    this.isPainted = true;
  }

  /** Another model that is asked instead, where it is the one that is compared with, changes places with it. */
  override async ask(question: Question): Promise<void> {
    const { before } = this.asked;
    const present = this.question?.model;
    if (before.model !== undefined && before.model === question.model && present !== undefined) {
      this.asked.before = { ...before, model: present };
    }
    await super.ask(question);
  }

  /** Takes the colours away; the view stays. */
  unpaint(): void {
    this.isPainted = false;
    this.changed.fire();
  }

  override dispose(): void {
    super.dispose();
    this.changed.dispose();
  }
}
