// What a view kept across a reload of the window, checked: it comes from storage, and perhaps from another version.
import type { TextRange } from '../../protocol/types';

/** The question that the neurons view showed. */
export interface SavedQuestion {
  uri: string;
  model: string;
  selection?: TextRange;
}

/** The question in a saved `NeuronsViewState`; undefined where there is none or it makes no sense. */
export function savedQuestion(state: unknown): SavedQuestion | undefined {
  if (!isRecord(state)) return undefined;
  const { uri, model, selection } = state;
  if (typeof uri !== 'string' || typeof model !== 'string' || uri === '' || model === '') return undefined;
  return isRange(selection) ? { uri, model, selection } : { uri, model };
}

function isRange(value: unknown): value is TextRange {
  if (!isRecord(value)) return false;
  const { start, end } = value;
  return (
    Number.isInteger(start) && Number.isInteger(end) && Number(start) >= 0 && Number(start) < Number(end)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
