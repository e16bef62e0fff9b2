// Messages between the extension host and the attention view. The view says `ready` first; what it is sent are full
// snapshots, and tiles of a map as it asks for them.
import type {
  AttentionGrid,
  AttentionTile,
  HeadId,
  HeadKind,
  HeadScore,
  HeadsBetween,
  PatternMatches,
  PatternName,
  PatternQuestion,
  TileQuestion,
  TokenAttention,
} from './attention';
import type { FilePart } from './runViews';
import type { TextRange } from './types';
import type { FromTextView, ToTextView } from './views';

/** How the heads are ordered: as in the model, by the chosen score, or by what they were compared with. */
export type HeadOrder = 'place' | 'score' | 'ranking';

/** What is shown of the open head. */
export type HeadPicture = 'map' | 'text' | 'table';

/** Where the map is looked at. */
export interface MapPlace {
  /** Token at the left and at the upper edge; may be fractions. */
  source: number;
  destination: number;
  /** Pixels of a token. */
  scale: number;
}

/** What the attention view remembers across a reload (the webview's own state). */
export interface AttentionViewState {
  uri?: string;
  model?: string;
  score: HeadScore;
  order: HeadOrder;
  kind?: HeadKind;
  filter: string;
  hideSink: boolean;
  weighted: boolean;
  head?: HeadId;
  picture: HeadPicture;
  place?: MapPlace;
  /** Height of the pane of the open head in pixels, once it was dragged. */
  headHeight?: number;
}

/** What heads were compared with, and what came of it. */
export type HeadRanking =
  | { kind: 'between'; first: string; second: string; answer?: HeadsBetween; failure?: string }
  | { kind: 'pattern'; pattern: PatternQuestion; answer?: PatternMatches; failure?: string };

/** The open head, and the token whose links are shown. */
export interface HeadFocus {
  head: HeadId | null;
  /** Whether the token stays while the cursor goes elsewhere. */
  pinned: boolean;
  token: number | null;
  /** Of `token` in `head`, once they are there. */
  links: TokenAttention | null;
}

export type ToAttentionView =
  | ToTextView
  | { type: 'grid'; grid: AttentionGrid; hideSink: boolean; question: { uri: string; model: string } }
  | { type: 'head'; focus: HeadFocus }
  | { type: 'ranking'; ranking: HeadRanking | null }
  | { type: 'tile'; request: number; tile: AttentionTile }
  /** The tile could not be computed; where `message` is missing it may be asked for again. */
  | { type: 'noTile'; request: number; message?: string };

export type FromAttentionView =
  | FromTextView
  | { type: 'lock'; head: HeadId }
  | { type: 'unlock' }
  | { type: 'hideSink'; hideSink: boolean }
  /** The pointer or the keyboard is on a token; null when it left. */
  | { type: 'point'; token: number | null }
  /** Keeps a token; null lets it go. */
  | { type: 'pin'; token: number | null }
  /** What is asked of tiles that are not in sight any more is dropped: `dropTiles` up to a request. */
  | { type: 'tile'; request: number; version: number; question: TileQuestion }
  | { type: 'dropTiles'; requests: number[] }
  | { type: 'search'; pattern: PatternQuestion | null }
  /** As in the run view. */
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart };

/** How patterns are called. */
export const PATTERN_TITLES: Record<PatternName, string> = {
  'previous-token': 'Previous token',
  self: 'The token itself',
  'same-token': 'Same token before',
  induction: 'After the same token (induction)',
  'same-word': 'Same word',
  'first-mention': 'First mention of the word',
  'first-name': 'First mention of the name',
  'matching-bracket': 'Matching bracket',
  'matching-quote': 'Matching quote',
};

/** Two stretches of a text that heads are compared by, UTF-16 offsets. */
export interface Phrases {
  first: TextRange;
  second: TextRange;
}
