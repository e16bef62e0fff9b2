// Keeps a range of a document on its text while the document is edited.
import type { TextRange } from '../../protocol/types';

/** One replacement, as VS Code reports it. */
export interface TextEdit {
  start: number;
  /** UTF-16 units that were removed. */
  removed: number;
  /** UTF-16 units that were put in their place. */
  inserted: number;
}

/**
 * The range after `edits`, each of which sees the text as the ones before left it; undefined once nothing is left.
 * Text typed at either edge stays outside, as with a selection in the editor.
 */
export function followEdits(range: TextRange, edits: readonly TextEdit[]): TextRange | undefined {
  let { start, end } = range;
  for (const edit of edits) {
    const editEnd = edit.start + edit.removed;
    const growth = edit.inserted - edit.removed;
    if (editEnd <= start) {
      start += growth;
      end += growth;
    } else if (edit.start < start) {
      // The front was overwritten: what replaced it is not what was selected.
      start = edit.start + edit.inserted;
      end = Math.max(start, end + growth);
    } else if (edit.start < end) {
      end = editEnd <= end ? end + growth : edit.start;
    }
    if (end <= start) return undefined;
  }
  return { start, end };
}
