// What the keys do in the attention view.
import type { KeyHelp } from '../shared/keysHelp';

/** The keys, as `?` shows them. */
export const keyHelp: readonly KeyHelp[] = [
  { keys: ['←', '→', '↑', '↓'], does: 'Move over heads; in the map: move the map' },
  { keys: ['Enter'], does: 'Open or close a head; in the map: pin the row’s token' },
  { keys: ['Shift+←', '…'], does: 'In the map: move from cell to cell' },
  { keys: ['+', '−', '0'], does: 'In the map: zoom in, zoom out, show all' },
  { keys: ['p'], does: 'Pin or unpin the token' },
  { keys: ['Shift+F10'], does: 'Ablate, scale, patch the head' },
  { keys: ['Esc'], does: 'Close the head' },
  { keys: ['/'], does: 'Filter heads: L3, H5, a kind' },
  { keys: ['?'], does: 'Show these keys' },
];
