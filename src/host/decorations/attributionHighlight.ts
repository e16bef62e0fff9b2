// The token after which logits are attributed, as what is painted over the text.
import type { LogitAttribution } from '../../protocol/attribution';
import { Emitter } from '../emitter';
import type { AttributionInspection } from '../inspection/attributionInspection';
import { visiblePiece } from '../names';
import { shortAndExact } from '../numbers';
import type { Highlight, TextValues } from './highlight';

export class AttributionHighlight implements Highlight {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private kept: { answer: LogitAttribution; values: TextValues } | undefined;
  /** The choice whose mark a person took away. */
  private cleared: number | undefined;

  constructor(private readonly inspection: AttributionInspection) {
    inspection.onDidChangePhase(() => this.changed.fire());
  }

  get subject(): string | undefined {
    const { answer, choices } = this.inspection;
    return answer && this.cleared !== choices ? `attribution ${choices}` : undefined;
  }

  get values(): TextValues | undefined {
    const { answer, phase } = this.inspection;
    if (!answer || phase !== 'ready' || this.subject === undefined) return undefined;
    if (this.kept?.answer !== answer) this.kept = { answer, values: valuesOf(answer) };
    return this.kept.values;
  }

  get pending(): boolean {
    return this.inspection.phase === 'loading';
  }

  get line(): Highlight['line'] {
    const { answer } = this.inspection;
    if (!answer || this.subject === undefined) return undefined;
    return { uri: answer.source.uri, title: `Logit of ${named(answer)} after the marked token · Esc clears` };
  }

  describe(): string {
    const { token, against, logits } = this.inspection.answer!;
    const difference = against ? logits[0] - logits[1] : logits[0];
    const minus = against ? ` minus ${quoted(against.piece)}` : '';
    return `logit of ${quoted(token.piece)}${minus} after it: ${shortAndExact(difference)}`;
  }

  clear(): void {
    this.cleared = this.inspection.choices;
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}

function valuesOf({ source, range: { start, end } }: LogitAttribution): TextValues {
  // A begin-of-text token stands for no text.
  const found = start < end;
  return {
    source,
    starts: Int32Array.from(found ? [start] : []),
    ends: Int32Array.from(found ? [end] : []),
    values: Float32Array.from(found ? [1] : []),
  };
}

function named({ token, against }: LogitAttribution): string {
  return against ? `${quoted(token.piece)} minus ${quoted(against.piece)}` : quoted(token.piece);
}

function quoted(piece: string): string {
  return `"${visiblePiece(piece.trim() || piece)}"`;
}
