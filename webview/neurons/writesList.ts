// What a neuron writes: the output tokens that it raises and lowers most.
import type { NeuronWrites, TokenEffect } from '../../src/protocol/types';
import { paint } from '../shared/colours';
import { make } from '../shared/elements';
import { exact, significant } from '../shared/numbers';
import { plain, visible } from '../shared/pieces';
import { writePiece } from '../shared/tokens';

export interface WritesList {
  element: HTMLElement;
  show(writes: NeuronWrites): void;
  clear(): void;
}

/** Makes an empty list. */
export function makeWritesList(): WritesList {
  const element = make('div', { class: 'writes' });
  return {
    element,
    show({ raises, lowers }) {
      const range = Math.max(...[...raises, ...lowers].map(({ value }) => Math.abs(value)), 0);
      element.replaceChildren(line('Raises', raises, range), line('Lowers', lowers, range));
    },
    clear: () => element.replaceChildren(),
  };
}

function line(label: string, effects: TokenEffect[], range: number): HTMLElement {
  const list = make(
    'ul',
    { class: 'effects', attributes: { 'aria-label': label } },
    ...effects.map((effect) => showEffect(effect, range)),
  );
  return make('div', { class: 'writes-line' }, make('div', { class: 'writes-label', text: label }), list);
}

function showEffect({ id, piece, value }: TokenEffect, range: number): HTMLElement {
  const token = make('span', { class: 'token' });
  writePiece(token, visible(piece));
  paint(token, value, range);
  const number = make('span', {
    class: 'effect-value',
    text: `${value > 0 ? '+' : ''}${significant(value)}`,
  });
  return make(
    'li',
    { class: 'effect', tip: `${plain(piece)}  token ${id}  ${exact(value)} per unit of activation` },
    token,
    number,
  );
}
