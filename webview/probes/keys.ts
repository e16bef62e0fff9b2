// What the keys do, as `?` shows it.
import type { KeyHelp } from '../shared/keysHelp';

export const keyHelp: readonly KeyHelp[] = [
  { keys: ['←', '→'], does: 'Values of the layer or step before or after' },
  { keys: ['↑', '↓'], does: 'Another line' },
  { keys: ['Home', 'End'], does: 'First or last layer or step' },
  { keys: ['Enter'], does: 'Open the confusion matrix; in it, the tokens of a cell; in these, the text' },
  { keys: ['Esc'], does: 'Back: from tokens to the matrix, from there to the chart' },
  { keys: ['Tab'], does: 'Next panel' },
  { keys: ['?'], does: 'Show these keys' },
];
