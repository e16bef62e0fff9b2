// What the keys do.
import type { KeyHelp } from '../shared/keysHelp';

/** The keys, as `?` shows them. */
export const keyHelp: readonly KeyHelp[] = [
  { keys: ['←', '→'], does: 'Values of the step before or after' },
  { keys: ['PageUp', 'PageDown'], does: 'Move by a tenth of the chart' },
  { keys: ['Home', 'End'], does: 'First or last step' },
  { keys: ['+', '−'], does: 'Zoom in or out' },
  { keys: ['0'], does: 'Show all' },
  { keys: ['Esc'], does: 'Leave the crosshair' },
  { keys: ['Wheel', 'Drag'], does: 'Zoom' },
  { keys: ['Shift+Drag'], does: 'Move what is shown' },
  { keys: ['Double-click'], does: 'Show all' },
  { keys: ['?'], does: 'Show these keys' },
];

export type ChartKey =
  | { does: 'step' | 'page' | 'end'; direction: -1 | 1 }
  | { does: 'zoom'; factor: number }
  | { does: 'reset' | 'leave' };

const keys: Record<string, ChartKey | undefined> = {
  ArrowLeft: { does: 'step', direction: -1 },
  ArrowRight: { does: 'step', direction: 1 },
  PageUp: { does: 'page', direction: -1 },
  PageDown: { does: 'page', direction: 1 },
  Home: { does: 'end', direction: -1 },
  End: { does: 'end', direction: 1 },
  '+': { does: 'zoom', factor: 0.5 },
  '=': { does: 'zoom', factor: 0.5 },
  '-': { does: 'zoom', factor: 2 },
  '0': { does: 'reset' },
  Escape: { does: 'leave' },
};

/** What a key means on the chart, or undefined. */
export function chartKey(key: string): ChartKey | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}
