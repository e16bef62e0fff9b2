// The line at the top: text, tokens, model, engine, how a long text was cut.
import { icon, make } from '../shared/elements';
import { makeIconButton } from '../shared/controls';
import { count, counted } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import type { NeuronsState } from './state';

/** Characters of a name that are shown. */
const LONGEST_NAME = 40;

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
      button.hidden = list.length === 0;
      const signature = JSON.stringify(list);
      if (signature === shown) return;
      shown = signature;
      facts.replaceChildren(...list.map(showFact));
    },
  };
}

interface Fact {
  text: string;
  tip?: string;
  kind?: 'name' | 'note';
}

/** What the header says, in its order. */
export function factsOf({ status, table }: NeuronsState): Fact[] {
  const facts: Fact[] = [];
  if (status.document !== undefined) facts.push(named(status.document, 'name'));
  if (table)
    facts.push({ text: tokensOf(table.tokens.pieces.length, table.selected ? table.scope : undefined) });
  const model = status.model ?? table?.source.modelName;
  if (model !== undefined) facts.push(named(model));
  const engine = status.engine ?? table?.source.engine;
  if (engine !== undefined) facts.push({ text: engine, tip: 'Engine' });
  const windows = table?.source.windows;
  if (windows && windows.count > 1) {
    facts.push({
      text: `${count(windows.count)} windows of ${count(windows.length)}, overlap ${count(windows.overlap)}`,
      tip: 'The text is longer than the model takes at once. Every token keeps the value of the window that saw most of the text before it.',
      kind: 'note',
    });
  }
  return facts;
}

function tokensOf(length: number, scope: { start: number; end: number } | undefined): string {
  return scope
    ? `${count(scope.end - scope.start)} of ${counted(length, 'token')} selected`
    : counted(length, 'token');
}

function named(name: string, kind?: Fact['kind']): Fact {
  const text = cutMiddle(name, LONGEST_NAME);
  return { text, tip: text === name ? undefined : name, kind };
}

function showFact({ text, tip, kind }: Fact): HTMLElement {
  const fact = make('span', { class: `fact ${kind ?? ''}`, tip });
  if (kind === 'note') fact.append(icon('info'));
  fact.append(text);
  return fact;
}
