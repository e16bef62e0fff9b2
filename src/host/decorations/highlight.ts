// What may be painted over a text, and which of several highlights is: the one that was chosen last. No 'vscode'.
import type { TextRange } from '../../protocol/types';
import { Emitter, type Event } from '../emitter';
import type { TextRanges } from './tokenAt';

export interface TextValues extends TextRanges {
  /** One for each stretch, painted by sign and size; zero is not painted. */
  values: Float32Array;
  /** Size of the strongest colour; the largest in the text where left out. */
  scale?: number;
}

export interface Highlight {
  readonly onDidChange: Event<unknown>;
  /** Names what is highlighted, and changes whenever a person chooses; undefined while nothing is. */
  readonly subject: string | undefined;
  /** The same object for as long as nothing of it changed. */
  readonly values: TextValues | undefined;
  /** True while values are on their way: what is painted may stay until then. */
  readonly pending: boolean;
  /**
   * The line of text above a document, where there is one; what matters most stands first, for a narrow editor cuts it.
   * `at`: above the line of this offset instead.
   */
  readonly line: { uri: string; title: string; at?: number } | undefined;
  /** The stretch that a person keeps in sight while the cursor goes elsewhere; it has a mark of its own. */
  readonly pinned?: { uri: string; range: TextRange };
  /** What the hover says of a stretch, after its text. */
  describe(index: number): string;
  clear(): void;
}

/** All highlights; only one is painted at a time, since colours over each other say nothing. */
export class Highlights {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  /** The one chosen last stands last. */
  private readonly chosen: Highlight[];
  private readonly subjects = new Map<Highlight, string | undefined>();

  constructor(all: readonly Highlight[]) {
    this.chosen = [...all];
    for (const highlight of all) highlight.onDidChange(() => this.follow(highlight));
  }

  /** The one that is painted. */
  get shown(): Highlight | undefined {
    return this.chosen.findLast(({ subject }) => subject !== undefined);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private follow(highlight: Highlight): void {
    const { subject } = highlight;
    if (subject !== undefined && subject !== this.subjects.get(highlight)) {
      this.chosen.splice(this.chosen.indexOf(highlight), 1);
      this.chosen.push(highlight);
    }
    this.subjects.set(highlight, subject);
    this.changed.fire();
  }
}
