// The line at the top of a view of a text: text, tokens, model, engine, how a long text was cut.
import { makeIconButton } from './controls';
import { icon, make } from './elements';
import { makeLink } from './links';
import type { Fact } from './sourceFacts';

export interface Header {
  element: HTMLElement;
  render(facts: readonly Fact[]): void;
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
    render(list) {
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
