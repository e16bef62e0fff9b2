// The list of a model as views show it. No 'vscode'.
import { printIntervention } from '../../protocol/interventions';
import type { ShownIntervention } from '../../protocol/partActions';
import type { Interventions } from './interventions';

/** Every entry of a model's list, in its order. */
export function shownInterventions(
  interventions: Pick<Interventions, 'of' | 'stateOf'>,
  model: string,
): ShownIntervention[] {
  return interventions.of(model).map((entry) => {
    const { id, part, change, on } = entry;
    const { does, problem } = interventions.stateOf(model, id) ?? {};
    const name = printIntervention(entry);
    return {
      id,
      part,
      kind: change.kind,
      on,
      name,
      does: does ?? name,
      ...(problem !== undefined && { problem }),
    };
  });
}
