// Messages between the extension host and the view of parse trees.
import type { ParseTreeReadings, ParseTreeString } from './parseTrees';
import type { FilePart } from './runViews';
import type { FromTextView, ToTextView } from './views';

/** What is asked beside document and model: folder of probes and activation, null for the best; levels, null for all. */
export interface ParseTreeChoice {
  probes: string | null;
  hook: string | null;
  levels: number[] | null;
}

/** What the view remembers across a reload (the webview's own state). */
export interface ParseTreeViewState extends Partial<ParseTreeChoice> {
  uri?: string;
  model?: string;
  /** Whether the tree stands in the editor too. */
  painted?: boolean;
  /** Whether the view shows a table. */
  table?: boolean;
}

/** The string under the cursor, and what all strings have in common. */
export interface ShownParseTree extends Omit<ParseTreeReadings, 'strings' | 'ranges' | 'first'> {
  /** null where the document has no string in sight. */
  string: ParseTreeString | null;
  question: { uri: string; model: string; painted: boolean } & ParseTreeChoice;
}

export type ToParseTreeView =
  | ToTextView
  | { type: 'tree'; tree: ShownParseTree }
  /** What is missing are probes for this model and grammar. */
  | { type: 'missing'; probes: boolean };

export type FromParseTreeView =
  | FromTextView
  | { type: 'choose'; choice: Partial<ParseTreeChoice> }
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart };
