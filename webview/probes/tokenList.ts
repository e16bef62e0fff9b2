// The tokens of a cell with what stands around them; a click or Enter opens the text there.
import type { ProbeToken } from '../../src/protocol/probes';
import { make } from '../shared/elements';
import { nextIndex } from '../shared/listKeys';
import { counted } from '../shared/numbers';
import { plain, running, visible, type Stretch } from '../shared/pieces';
import { writePiece } from '../shared/tokens';
import { VirtualList } from '../shared/virtualList';
import type { TokenPages } from './tokenPages';

const ROW_HEIGHT = 22;
/** Characters of the text before a token: more does not fit beside it. */
const MOST_BEFORE = 40;

interface Row {
  element: HTMLElement;
  before: HTMLElement;
  token: HTMLElement;
  after: HTMLElement;
}

export interface TokenList {
  element: HTMLElement;
  /** @param title says which cell it is */
  show(pages: TokenPages | undefined, title: string): void;
  /** Draws again what is in sight: a page came. */
  refresh(): void;
  focus(): void;
}

/** Makes an empty list. */
export function makeTokenList(actions: { open(token: ProbeToken): void; leave(): void }): TokenList {
  let pages: TokenPages | undefined;
  let active = -1;
  const list = new VirtualList<Row>({ rowHeight: ROW_HEIGHT, make: makeRow, show: showRow });
  list.element.role = 'presentation';
  const caption = make('div', { class: 'token-caption' });
  const element = make(
    'div',
    { class: 'token-list row-table', attributes: { role: 'listbox', tabindex: '0' } },
    caption,
    list.element,
  );

  function showRow(row: Row, index: number): void {
    const token = pages?.at(index);
    row.element.id = `token-${index}`;
    row.element.ariaSetSize = String(pages?.length ?? 0);
    row.element.ariaPosInSet = String(index + 1);
    row.element.ariaSelected = String(index === active);
    row.element.classList.toggle('active', index === active);
    row.element.classList.toggle('chosen', index === active);
    writePiece(row.before, around(token?.before.slice(-MOST_BEFORE)));
    writePiece(row.token, token ? visible(token.text) : []);
    writePiece(row.after, around(token?.after));
    row.element.ariaLabel = token
      ? `${plain(token.text)}, in: ${token.before}${token.text}${token.after}`
      : 'Reading';
    row.token.hidden = !token;
  }

  function activate(index: number): void {
    active = index;
    list.reveal(index);
    list.refresh();
    element.setAttribute('aria-activedescendant', `token-${index}`);
  }
  function open(): void {
    const token = active < 0 ? undefined : pages?.at(active);
    if (token) actions.open(token);
  }
  element.addEventListener('keydown', (event) => {
    if (!pages || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIndex(event.key, active, list.pageLength, pages.length);
    if (next !== undefined && pages.length > 0) activate(next);
    else if (event.key === 'Enter') open();
    else if (event.key === 'Escape') {
      event.stopPropagation();
      actions.leave();
    } else return;
    event.preventDefault();
  });
  list.element.addEventListener('click', ({ target }) => {
    const index = list.indexOf(target);
    if (index === undefined) return;
    activate(index);
    open();
  });

  return {
    element,
    show(next, title) {
      const text = next ? `${title}: ${counted(next.length, 'token')}` : title;
      caption.textContent = text;
      caption.classList.toggle('quiet', !next);
      element.ariaLabel = text;
      if (next === pages) return;
      pages = next;
      active = -1;
      element.removeAttribute('aria-activedescendant');
      list.element.scrollTop = 0;
      list.setLength(next?.length ?? 0);
    },
    refresh: () => list.setLength(pages?.length ?? 0),
    focus() {
      element.focus();
      if (pages && pages.length > 0 && active < 0) activate(0);
    },
  };
}

/** What stands around a token; nothing at the ends of a document. */
function around(text = ''): Stretch[] {
  return text === '' ? [] : running(text);
}

function makeRow(): Row {
  const before = make('span', { class: 'before' });
  const token = make('span', { class: 'token' });
  const after = make('span', { class: 'after' });
  const element = make('div', { class: 'row', attributes: { role: 'option' } }, before, token, after);
  return { element, before, token, after };
}
