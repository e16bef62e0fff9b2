// The line at the top: text, tokens, model, engine, how a long text was cut.
import { icon, make } from '../shared/elements';
import { makeIconButton } from '../shared/controls';
import { factsOf, type Fact } from './facts';
import type { NeuronsState } from './state';

export interface Header {
  element: HTMLElement;
  render(state: NeuronsState): void;
}

/** Makes the header; its button computes anew. */
export function makeHeader(refresh: () => void): Header {
  const facts = make('div', { class: 'facts' });
  const button = makeIconButton('refresh', 'Refresh', refresh).element;
  const element = make('header', { class: 'view-header' }, facts, button);
  let shown = '';
  return {
    element,
    render(state) {
      const list = factsOf(state);
      element.hidden = list.length === 0;
      const signature = JSON.stringify(list);
      if (signature === shown) return;
      shown = signature;
      facts.replaceChildren(...list.map(showFact));
    },
  };
}

function showFact({ text, tip, kind }: Fact): HTMLElement {
  const fact = make('span', { class: `fact ${kind ?? ''}`, tip });
  if (kind === 'note') fact.append(icon('info'));
  fact.append(text);
  return fact;
}
