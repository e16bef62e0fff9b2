// What every view offers for a part of the model (a neuron, a head, what a layer adds, the residual stream), and the
// interventions that its list already has.
import type { Change } from './interventions';

/** What can be done to a part from a view. */
export const PART_ACTIONS = ['ablate', 'ablateToMean', 'scale', 'steer', 'patch'] as const;
export type PartAction = (typeof PART_ACTIONS)[number];

/** An entry of a model's list of interventions, as views show it. */
export interface ShownIntervention {
  id: string;
  /** Short name, such as `L3H5`. */
  part: string;
  kind: Change['kind'];
  on: boolean;
  /** In the short form: `scale L0.mlp=0.5`. */
  name: string;
  /** What it does, in words. */
  does: string;
  /** Why it cannot be applied; then it does nothing. */
  problem?: string;
}

/** What a view says about a part of the model that it shows. */
export type FromPart =
  | { type: 'intervene'; part: string; action: PartAction }
  | { type: 'switchIntervention'; id: string; on: boolean };
