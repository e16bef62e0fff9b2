// Messages between the extension host and the logit lens view.
import type { TokenChoice } from './attribution';
import type { LensCell, LensTable } from './lens';
import type { FilePart } from './runViews';
import type { TextRange } from './types';
import type { FromTextView, ToTextView } from './views';

/** What the cells of the map are coloured by. */
export const LENS_COLOURINGS = ['probability', 'target', 'rank', 'divergence', 'entropy'] as const;
export type LensColouring = (typeof LENS_COLOURINGS)[number];

/** A place of the map, and whose path over the layers is wanted: the next token's unless another is given. */
export interface LensPlace {
  /** Index in `LensTable.points`. */
  point: number;
  /** Index of the token in the text. */
  token: number;
  target?: TokenChoice;
}

/** The place that a person opened, with what is known of it so far. */
export interface LensSelection {
  place: LensPlace;
  cell?: LensCell;
  /** Why there is no cell: what went wrong and what to do. */
  failure?: string;
}

/** What the lens view remembers across a reload (the webview's own state). */
export interface LensViewState {
  uri?: string;
  model?: string;
  /** UTF-16 range of the selection that was asked about. */
  selection?: TextRange;
  colouring: LensColouring;
  place?: LensPlace;
  pathAsTable?: boolean;
}

export type ToLensView =
  | ToTextView
  | {
      type: 'lens';
      table: LensTable;
      question: { uri: string; model: string; selection?: TextRange };
    }
  /** More columns of the table that was sent last. */
  | { type: 'window'; table: LensTable }
  /** Those from here on did not come. */
  | { type: 'windowFailed'; start: number }
  | { type: 'selection'; selection: LensSelection | null };

export type FromLensView =
  | FromTextView
  /** Columns that came into sight: token indices. */
  | { type: 'window'; window: TextRange }
  | { type: 'select'; place: LensPlace | null }
  /** Shows what each part of the model adds to the logit of a token after this one: the likeliest if none is given. */
  | { type: 'attribute'; token: number; target?: TokenChoice }
  /** Writes a file where the person says, in parts as `FromRunView` does. */
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart };
