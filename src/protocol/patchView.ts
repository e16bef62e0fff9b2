// Messages between the extension host and the view of activation patching.
import type { PatchMap, PatchQuestion } from './patching';
import type { FilePart } from './runViews';
import type { ViewCommand, ViewStatus } from './views';

/** What the view remembers across a reload (the webview's own state). */
export interface PatchViewState {
  question?: PatchQuestion;
}

/** What a person changes of the question in the view. */
export type PatchChange = Partial<Pick<PatchQuestion, 'part' | 'answer' | 'wrong' | 'align'>>;

export type ToPatchView =
  /** `alignable`: the texts have different token counts, but may have tokens in common. */
  | { type: 'status'; status: ViewStatus; question: PatchQuestion | null; alignable: boolean }
  | { type: 'map'; map: PatchMap };

export type FromPatchView =
  | { type: 'ready' }
  | { type: 'change'; change: PatchChange }
  /** Asks with clean and corrupted text exchanged. */
  | { type: 'exchange' }
  | { type: 'refresh' }
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart }
  | { type: 'run'; command: ViewCommand };
