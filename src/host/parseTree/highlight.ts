// The parse tree in the editor, as one of the highlights: of several the one that was chosen last is shown.
import type { Highlight, TextValues } from '../decorations/highlight';
import type { Event } from '../emitter';
import type { ParseTreeInspection } from '../inspection/parseTreeInspection';
import { treeLine } from './words';

export class ParseTreeHighlight implements Highlight {
  readonly onDidChange: Event<unknown>;
  /** It has a painter of its own. */
  readonly values: TextValues | undefined = undefined;

  constructor(private readonly inspection: ParseTreeInspection) {
    this.onDidChange = inspection.onDidChange;
  }

  get subject(): string | undefined {
    const { painted } = this.inspection;
    return painted === undefined ? undefined : `parse tree ${painted}`;
  }

  /** What was painted before makes room at once. */
  get pending(): boolean {
    return false;
  }

  get line(): Highlight['line'] {
    const { inspection } = this;
    const { answer } = inspection;
    if (!answer || answer.first === null) return undefined;
    const title = treeLine(answer, (level) => inspection.shows(level));
    return { uri: answer.source.uri, title, at: answer.first };
  }

  describe(): string {
    return '';
  }

  clear(): void {
    this.inspection.unpaint();
  }
}
