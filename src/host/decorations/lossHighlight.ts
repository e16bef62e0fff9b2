// The change of every token's loss, as what is painted over the text: positive is worse.
import type { LossComparison } from '../../protocol/losses';
import type { Event } from '../emitter';
import type { LossInspection } from '../inspection/lossInspection';
import { describeLoss, lineOf } from '../losses/words';
import type { Highlight, TextValues } from './highlight';

export class LossHighlight implements Highlight {
  readonly onDidChange: Event<unknown>;
  private kept: { answer: LossComparison; values: TextValues } | undefined;

  constructor(private readonly inspection: LossInspection) {
    this.onDidChange = inspection.onDidChange;
  }

  get subject(): string | undefined {
    const { painted, choices } = this.inspection;
    return painted ? `losses ${choices}` : undefined;
  }

  get values(): TextValues | undefined {
    const { answer, phase } = this.inspection;
    if (!answer || phase === 'loading') return undefined;
    if (this.kept?.answer !== answer) this.kept = { answer, values: valuesOf(answer) };
    return this.kept.values;
  }

  get pending(): boolean {
    return this.inspection.phase === 'loading';
  }

  get line(): Highlight['line'] {
    const { answer } = this.inspection;
    return answer && { uri: answer.source.uri, title: lineOf(answer) };
  }

  describe(span: number): string {
    return describeLoss(this.inspection.answer!, span);
  }

  clear(): void {
    this.inspection.unpaint();
  }
}

/** A span that has no loss is not painted. */
function valuesOf({ source, starts, ends, lossBefore, lossAfter }: LossComparison): TextValues {
  const values = lossAfter.map((after, span) => {
    const difference = after - lossBefore[span];
    return Number.isNaN(difference) ? 0 : difference;
  });
  return { source, starts, ends, values };
}
