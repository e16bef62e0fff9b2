// A neuron's strongest stretches of the text: a line each, every token coloured by its activation.
import type { NeuronTable } from '../../src/protocol/types';
import { paint, rangeOf } from '../shared/colours';
import { make } from '../shared/elements';
import { exact, significant } from '../shared/numbers';
import { plain, running } from '../shared/pieces';
import { tokenOf, writePiece, type TokenLinks } from '../shared/tokens';
import { examplesOf, type Example } from './examples';

export interface ExampleList {
  element: HTMLElement;
  show(table: NeuronTable, values: Float32Array): void;
  clear(): void;
}

/** Makes an empty list; `reveal` shows a token in the editor. */
export function makeExampleList(links: TokenLinks, reveal: (token: number) => void): ExampleList {
  const element = make('div', { class: 'examples' });
  element.addEventListener('click', ({ target }) => {
    const token = tokenOf(target);
    if (token !== null) reveal(token);
  });
  return {
    element,
    show(table, values) {
      const range = rangeOf(values);
      const examples = examplesOf(values, table.scope);
      element.replaceChildren(
        ...(examples.length === 0
          ? [
              make('p', {
                class: 'quiet',
                text: `Does not fire on this ${table.selected ? 'selection' : 'text'}.`,
              }),
            ]
          : examples.map((example) => showExample(example, table, values, range, links))),
      );
    },
    clear: () => element.replaceChildren(),
  };
}

function showExample(
  { start, end, peaks }: Example,
  { tokens }: NeuronTable,
  values: Float32Array,
  range: number,
  links: TokenLinks,
): HTMLElement {
  const strongest = values[peaks[0]];
  const text = make('div', { class: 'example-text' });
  if (start > 0) text.append(make('span', { class: 'quiet', text: '…\u00a0' }));
  for (let token = start; token < end; token++) {
    const isPeak = peaks.includes(token);
    const piece = tokens.pieces[token];
    const element = make(isPeak ? 'button' : 'span', {
      class: isPeak ? 'token peak' : 'token',
      tip: `${plain(piece)}  ${exact(values[token])}`,
    });
    if (isPeak) element.ariaLabel = `${plain(piece)}, ${significant(values[token])}, show in the editor`;
    writePiece(element, running(piece));
    paint(element, values[token], range);
    links.set(element, token);
    text.append(element);
  }
  if (end < values.length) text.append(make('span', { class: 'quiet', text: '\u00a0…' }));
  return make(
    'div',
    { class: 'example' },
    make('div', { class: 'example-value', text: significant(strongest), tip: exact(strongest) }),
    text,
  );
}
