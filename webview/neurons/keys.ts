// What the keys do in the neurons view.
import type { KeyHelp } from '../shared/keysHelp';

/** The keys, as `?` shows them. */
export const keyHelp: readonly KeyHelp[] = [
  { keys: ['↑', '↓'], does: 'Move and preview' },
  { keys: ['PageUp', 'PageDown'], does: 'Move by a page' },
  { keys: ['Home', 'End'], does: 'First or last neuron' },
  { keys: ['Enter'], does: 'Lock or unlock' },
  { keys: ['Shift+F10'], does: 'Ablate, scale, steer, patch the neuron' },
  { keys: ['Esc'], does: 'Unlock' },
  { keys: ['/'], does: 'Filter by neuron or token' },
  { keys: ['?'], does: 'Show these keys' },
];
