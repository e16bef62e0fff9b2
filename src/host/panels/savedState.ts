// What a view kept across a reload of the window, checked: it comes from storage, and perhaps from another version.
import { MOST_GRAMMAR_STRINGS, type GrammarAttentionQuestion } from '../../protocol/grammarAttention';
import type { TokenChoice } from '../../protocol/attribution';
import type { AttributionChoice } from '../../protocol/attributionView';
import { PATCHED_PARTS, type PatchedPart, type PatchQuestion } from '../../protocol/patching';
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

/** What the attribution view had chosen; whatever makes no sense in it is left out. */
export function savedChoice(state: unknown): AttributionChoice {
  const saved = isRecord(state) && isRecord(state['choice']) ? state['choice'] : {};
  const { position, offset, token, against } = saved;
  return {
    ...(isIndex(position) && { position }),
    ...(isIndex(offset) && { offset }),
    ...(isToken(token) && { token }),
    ...(isToken(against) && { against }),
  };
}

/** The question in a saved `PatchViewState`; undefined where there is none or it makes no sense. */
export function savedPatch(state: unknown): PatchQuestion | undefined {
  const saved = isRecord(state) ? state['question'] : undefined;
  if (!isRecord(saved)) return undefined;
  const { model, clean, corrupted, part, answer, wrong, align } = saved;
  if (![model, clean, corrupted].every((text) => typeof text === 'string' && text !== '')) return undefined;
  if (!PATCHED_PARTS.includes(part as PatchedPart) || (align !== 'equal' && align !== 'subsequence')) {
    return undefined;
  }
  return {
    model: model as string,
    clean: clean as string,
    corrupted: corrupted as string,
    part: part as PatchedPart,
    align,
    ...(isToken(answer) && { answer }),
    ...(isToken(wrong) && { wrong }),
  };
}

/** The question in a saved `GrammarAttentionViewState`; undefined where there is none or it makes no sense. */
export function savedGrammarAttention(state: unknown): GrammarAttentionQuestion | undefined {
  const saved = isRecord(state) ? state['question'] : undefined;
  if (!isRecord(saved)) return undefined;
  const { model, grammar, strings, seed } = saved;
  if (![model, grammar].every((text) => typeof text === 'string' && text !== '')) return undefined;
  if (!isIndex(strings) || strings < 1 || strings > MOST_GRAMMAR_STRINGS || !isIndex(seed)) return undefined;
  return { model: model as string, grammar: grammar as string, strings, seed };
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isToken(value: unknown): value is TokenChoice {
  return isIndex(value) || (typeof value === 'string' && value !== '');
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
