// The text that the backend keeps computed for a view: let go of once the view holds another one, or none.
import type { Requester } from '../backend/requester';
import { isSameText, type Question } from './followedQuestion';

export class HeldText {
  private held: Question | undefined;

  constructor(
    private readonly requester: Requester,
    private readonly release: 'subtext/releaseAttention' | 'subtext/releaseNeurons',
  ) {}

  hold(next: Question | undefined): void {
    const { held } = this;
    this.held = next;
    if (!held || (next && isSameText(held, next))) return;
    const { uri, model } = held;
    // A backend that is gone, or has closed the model, keeps nothing.
    void this.requester.request(this.release, { uri, model }).catch(() => undefined);
  }
}
