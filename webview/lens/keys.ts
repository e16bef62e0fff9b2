// What the keys do in the lens view.
import type { KeyHelp } from '../shared/keysHelp';

/** The keys, as `?` shows them. */
export const keyHelp: readonly KeyHelp[] = [
  { keys: ['←', '→'], does: 'Token before or after' },
  { keys: ['↑', '↓'], does: 'Layer above or below' },
  { keys: ['PageUp', 'PageDown'], does: 'Move by the tokens in sight' },
  { keys: ['Home', 'End'], does: 'First or last token' },
  { keys: ['Enter'], does: 'Open the likeliest tokens of the place' },
  { keys: ['Shift+F10'], does: 'Ablate, scale, steer, patch the layer' },
  { keys: ['Esc'], does: 'Close them' },
  { keys: ['/'], does: 'Follow another token over the layers' },
  { keys: ['?'], does: 'Show these keys' },
];
