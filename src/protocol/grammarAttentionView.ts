// Messages between the extension host and the view of a grammar's attention statistics.
import type { GrammarAttention, GrammarAttentionQuestion } from './grammarAttention';
import type { FilePart } from './runViews';
import type { ViewCommand, ViewStatus } from './views';

/** Whose residuals are shown in full: all heads, those of a layer, or one; means of several. */
export type ShownHeads = { layer?: number; head?: number };

/** What the view remembers across a reload (the webview's own state). */
export interface GrammarAttentionViewState {
  question?: GrammarAttentionQuestion;
  heads: ShownHeads;
  table: boolean;
}

export type ToGrammarAttentionView =
  | { type: 'status'; status: ViewStatus; question: GrammarAttentionQuestion | null }
  | { type: 'statistics'; statistics: GrammarAttention };

export type FromGrammarAttentionView =
  | { type: 'ready' }
  /** Asks with another number of strings. */
  | { type: 'change'; strings: number }
  | { type: 'refresh' }
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart }
  | { type: 'run'; command: ViewCommand };
