// What the view of parse trees had chosen before a reload, checked: it comes from storage.
import type { ParseTreeChoice } from '../../protocol/parseTreeView';

/** The choice in a saved `ParseTreeViewState`; whatever makes no sense in it is left out. */
export function savedTreeChoice(state: unknown): ParseTreeChoice & { painted: boolean } {
  const saved: Record<string, unknown> = typeof state === 'object' && state !== null ? { ...state } : {};
  const { probes, hook, levels, painted } = saved;
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const isLevels = Array.isArray(levels) && levels.every((level) => Number.isInteger(level));
  return {
    probes: text(probes),
    hook: text(hook),
    levels: isLevels ? (levels as number[]) : null,
    painted: painted === true,
  };
}
