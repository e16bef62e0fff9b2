// The parse trees that probes read of the strings in sight, whether they are painted, and the string under the cursor. The
// one owner of this state. No 'vscode' here.
import type { ParseTreeReadings, ParseTreeString } from '../../protocol/parseTrees';
import type { ParseTreeChoice } from '../../protocol/parseTreeView';
import type { TextRange } from '../../protocol/types';
import type { TextRanges } from '../decorations/tokenAt';
import { Emitter } from '../emitter';
import { FollowedQuestion, type Question } from './followedQuestion';
import type { InspectionPorts } from './neuronInspection';

export interface ParseTreePorts extends InspectionPorts {
  /** What of a document is in sight, in all its editors. */
  inSight(uri: string): TextRange[];
  /** Offset of the cursor. */
  cursor(uri: string): number | undefined;
  /** Folders to look for probes in, beside that of the model. */
  probeFolders(): string[];
}

/** Read around what is in sight, on each side, so that scrolling finds something; UTF-16 units. */
const MARGIN = 3000;
/** After the last scroll. */
const SCROLL_MILLISECONDS = 60;

const BEST: ParseTreeChoice = { probes: null, hook: null, levels: null };

export class ParseTreeInspection extends FollowedQuestion<ParseTreeReadings> {
  private readonly changed = new Emitter<void>();
  /** Anything of what is painted, or shown of the string under the cursor. */
  readonly onDidChange = this.changed.event;
  private readonly asked: { choice: ParseTreeChoice; ranges: TextRange[] };
  private readonly sight: Pick<ParseTreePorts, 'inSight' | 'cursor'>;
  private painting = 0;
  private isPainted = false;
  private shown: number | undefined;
  private scrolling: ReturnType<typeof setTimeout> | undefined;

  constructor({ requester, document, delay, inSight, cursor, probeFolders }: ParseTreePorts) {
    const asked = { choice: BEST, ranges: [] as TextRange[] };
    super({
      ask: ({ uri, model }, signal) => {
        const { probes, hook } = asked.choice;
        const length = document(uri)?.length ?? 0;
        asked.ranges = withMargin(inSight(uri), length);
        const question = { uri, model, ranges: asked.ranges, probes, hook, folders: probeFolders() };
        return requester.request('subtext/readParseTree', question, signal);
      },
      document,
      delay,
    });
    this.asked = asked;
    this.sight = { inSight, cursor };
    this.onDidChangeAnswer(() => {
      this.findString();
      this.changed.fire();
    });
    this.onDidChangePhase(() => this.changed.fire());
  }

  get choice(): ParseTreeChoice {
    return this.asked.choice;
  }

  /** Whether a level is shown. */
  shows(level: number): boolean {
    return this.choice.levels?.includes(level) ?? true;
  }

  /** Counts what was chosen to be painted; undefined while nothing is. */
  get painted(): number | undefined {
    return this.isPainted && this.question ? this.painting : undefined;
  }

  /** The string under the cursor, or the last one that was. */
  get string(): ParseTreeString | undefined {
    return this.shown === undefined ? undefined : this.answer?.strings.at(this.shown);
  }

  /** Its tokens. */
  get tokens(): TextRanges | undefined {
    const { answer, string } = this;
    return answer && string && { source: answer.source, starts: string.starts, ends: string.ends };
  }

  /** What the next question asks for; a change of levels alone needs none. */
  choose(choice: Partial<ParseTreeChoice>): void {
    this.asked.choice = { ...this.choice, ...choice };
    this.changed.fire();
  }

  /** What is answered is painted in the editor. */
  paint(): void {
    this.painting++;
    this.isPainted = true;
    this.changed.fire();
  }

  /** Takes it out of the editor; the view stays. */
  unpaint(): void {
    this.isPainted = false;
    this.changed.fire();
  }

  /** Another model may have other probes. */
  override async ask(question: Question): Promise<void> {
    if (this.question && this.question.model !== question.model)
      this.asked.choice = { ...this.choice, probes: null, hook: null };
    await super.ask(question);
  }

  /** The cursor of some editor moved. */
  cursorMoved(uri: string): void {
    if (this.answer?.source.uri !== uri) return;
    const before = this.shown;
    this.findString();
    if (this.shown !== before) this.changed.fire();
  }

  /** An editor shows other lines: strings that were not read yet are. */
  scrolled(uri: string): void {
    if (this.question?.uri !== uri) return;
    clearTimeout(this.scrolling);
    this.scrolling = setTimeout(() => {
      if (this.question?.uri !== uri || this.phase === 'failed') return;
      const isRead = this.sight
        .inSight(uri)
        .every((seen) => this.asked.ranges.some(({ start, end }) => start <= seen.start && seen.end <= end));
      if (!isRead) void this.refresh();
    }, SCROLL_MILLISECONDS);
  }

  override dispose(): void {
    clearTimeout(this.scrolling);
    super.dispose();
    this.changed.dispose();
  }

  private findString(): void {
    const { answer } = this;
    const offset = answer && this.sight.cursor(answer.source.uri);
    const strings = answer?.strings ?? [];
    const under =
      offset === undefined ? -1 : strings.findIndex(({ start, end }) => start <= offset && offset <= end);
    if (under >= 0) this.shown = under;
    else if (strings.length === 0) this.shown = undefined;
    else this.shown = Math.min(this.shown ?? 0, strings.length - 1);
  }
}

/** Ranges with what is around them; those that touch become one. */
export function withMargin(ranges: readonly TextRange[], length: number): TextRange[] {
  const wide = (ranges.length > 0 ? ranges : [{ start: 0, end: 0 }])
    .map(({ start, end }) => ({ start: Math.max(0, start - MARGIN), end: Math.min(length, end + MARGIN) }))
    .sort((a, b) => a.start - b.start);
  const joined: TextRange[] = [];
  for (const range of wide) {
    const last = joined.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else joined.push(range);
  }
  return joined;
}
