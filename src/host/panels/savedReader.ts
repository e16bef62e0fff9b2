// Whom a view of losses compared with before a reload, checked: it comes from storage.
import type { ComparedReader } from '../../protocol/losses';

/** Whom a saved view compared with; undefined where it makes no sense. */
export function savedReader(state: unknown): ComparedReader | undefined {
  const before: unknown =
    typeof state === 'object' && state !== null && 'before' in state ? state.before : undefined;
  if (typeof before !== 'object' || before === null || !('interventions' in before)) return undefined;
  const { interventions } = before;
  const model = 'model' in before ? before.model : undefined;
  if (typeof interventions !== 'boolean' || (model !== undefined && typeof model !== 'string')) {
    return undefined;
  }
  return model === undefined ? { interventions } : { interventions, model };
}
