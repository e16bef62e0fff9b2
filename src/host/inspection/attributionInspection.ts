// What each part of a model adds to the logit of a next token: the place in the text, and the tokens that were chosen.
import type { LogitAttribution } from '../../protocol/attribution';
import type { AttributionChoice } from '../../protocol/attributionView';
import type { TextRange } from '../../protocol/types';
import type { Requester } from '../backend/requester';
import { followEdits, type TextEdit } from './follow';
import { FollowedQuestion, type QuestionPorts } from './followedQuestion';

/** Neurons of largest effect that are listed. */
const NEURONS = 40;

export type AttributionPorts = Pick<QuestionPorts<unknown>, 'document' | 'delay'> & {
  requester: Requester;
};

export class AttributionInspection extends FollowedQuestion<LogitAttribution> {
  private chosen: AttributionChoice = {};

  constructor({ requester, document, delay }: AttributionPorts) {
    super({
      ask: ({ uri, model }, signal) =>
        requester.request(
          'subtext/attribute',
          { uri, model, ...this.chosen, neurons: { count: NEURONS } },
          signal,
        ),
      document,
      delay,
    });
  }

  get choice(): AttributionChoice {
    return this.chosen;
  }

  /** What the next question attributes. Edits move the place, which is no other choice. */
  choose(choice: AttributionChoice): void {
    this.countChoice();
    this.chosen = choice;
  }

  /**
   * What follows the cursor is predicted at the token that ends before it. At the beginning of the text that is the first
   * of all, which may stand for no text.
   */
  chooseAtCursor(offset: number): void {
    this.choose(offset === 0 ? { position: 0 } : { offset: offset - 1 });
  }

  override edited(uri: string, edits: readonly TextEdit[]): void {
    const place = uri === this.question?.uri && this.chosenPlace();
    if (place) {
      // Where its text is gone, the place is where it was.
      const moved = followEdits(place, edits);
      if (moved) this.chosen = { ...this.chosen, position: undefined, offset: moved.end - 1 };
    }
    super.edited(uri, edits);
  }

  /** The text that the chosen token stands for; undefined where it stands for none, or is not known yet. */
  private chosenPlace(): TextRange | undefined {
    const { offset, position } = this.chosen;
    if (offset !== undefined) return { start: offset, end: offset + 1 };
    const { answer, phase } = this;
    if (position === undefined || phase !== 'ready' || answer?.position !== position) return undefined;
    return answer.range.start < answer.range.end ? answer.range : undefined;
  }
}
