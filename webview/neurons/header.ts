// The line at the top: text, tokens, model, engine, how a long text was cut.
import { icon, make } from '../shared/elements';
import { makeIconButton } from '../shared/controls';
import { makeLink } from '../shared/links';
import { factsOf, type Fact } from './facts';
import type { NeuronsState } from './state';

export interface Header {
  element: HTMLElement;
  render(state: NeuronsState): void;
}

export interface HeaderActions {
  /** Computes anew. */
  refresh: () => void;
  /** Leaves the selection. */
  wholeText: () => void;
}

/** Makes the header. */
export function makeHeader({ refresh, wholeText }: HeaderActions): Header {
  const facts = make('div', { class: 'facts' });
  const button = makeIconButton('refresh', 'Refresh', refresh).element;
  const element = make(
    'header',
    { class: 'view-header' },
    make('div', { class: 'facts-frame' }, facts),
    button,
  );
  let shown = '';
  return {
    element,
    render(state) {
      const list = factsOf(state);
      element.hidden = list.length === 0;
      const signature = JSON.stringify(list);
      if (signature === shown) return;
      shown = signature;
      facts.replaceChildren(...list.map((fact) => showFact(fact, wholeText)));
    },
  };
}

function showFact({ text, tip, kind }: Fact, wholeText: () => void): HTMLElement {
  const fact = make('span', { class: `fact ${kind ?? ''}`, tip });
  if (kind === 'note') fact.append(icon('info'));
  fact.append(kind === 'wholeText' ? makeLink(text, wholeText) : text);
  return fact;
}
