// The pattern as a table: what each token attends to most.
import { make } from '../shared/elements';
import { nextIndex } from '../shared/listKeys';
import { count, exact, significant } from '../shared/numbers';
import { plain, visible } from '../shared/pieces';
import { writePiece, type TokenLinks } from '../shared/tokens';
import { VirtualList } from '../shared/virtualList';
import type { Strongest } from './strongest';

const ROW_HEIGHT = 22;

interface Row {
  element: HTMLElement;
  index: HTMLElement;
  piece: HTMLElement;
  sources: HTMLElement;
}

export interface PatternTable {
  element: HTMLElement;
  show(pieces: readonly string[], strongest: Strongest): void;
  /** More of the same is known. */
  refresh(): void;
}

/** Makes the table; `point` is told which token the keyboard is on. */
export function makePatternTable(links: TokenLinks, point: (token: number | null) => void): PatternTable {
  let pieces: readonly string[] = [];
  let strongest: Strongest | undefined;
  let active = -1;
  const list = new VirtualList<Row>({ rowHeight: ROW_HEIGHT, make: makeRow, show: showRow });
  list.element.role = 'rowgroup';
  const head = make(
    'div',
    { class: 'row column-head', attributes: { role: 'row' } },
    ...['Token', 'Piece', 'Attends to most'].map((text, place) =>
      make('div', { class: `cell ${cellNames[place]}`, text, attributes: { role: 'columnheader' } }),
    ),
  );
  const element = make(
    'div',
    {
      class: 'pattern-table row-table',
      attributes: { role: 'grid', tabindex: '0', 'aria-label': 'What each token attends to' },
    },
    make('div', { class: 'head-group', attributes: { role: 'rowgroup' } }, head),
    list.element,
  );
  element.addEventListener('keydown', (event) => {
    if (!strongest || strongest.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextIndex(event.key, active, list.pageLength, strongest.length);
    if (next === undefined) return;
    event.preventDefault();
    active = next;
    list.reveal(next);
    list.refresh();
    element.setAttribute('aria-activedescendant', `pattern-${next}`);
    point(next);
  });
  element.addEventListener('blur', () => point(null));

  function showRow(row: Row, token: number): void {
    row.element.id = `pattern-${token}`;
    row.element.ariaRowIndex = String(token + 2);
    row.element.classList.toggle('active', token === active);
    row.index.textContent = count(token);
    writePiece(row.piece, visible(pieces[token]));
    links.set(row.piece, token);
    row.sources.replaceChildren(
      ...(strongest?.of(token) ?? []).map(({ source, value }) => {
        const piece = make('span', { class: 'token' });
        writePiece(piece, visible(pieces[source].trim() || pieces[source]));
        links.set(piece, source);
        return make(
          'span',
          { class: 'link', tip: `${plain(pieces[source])} · token ${source} · ${exact(value)}` },
          piece,
          make('span', { class: 'link-value', text: significant(value) }),
        );
      }),
    );
  }

  return {
    element,
    show(nextPieces, next) {
      pieces = nextPieces;
      strongest = next;
      active = Math.min(active, next.length - 1);
      element.ariaRowCount = String(next.length + 1);
      list.setLength(next.length);
    },
    refresh: () => list.refresh(),
  };
}

const cellNames = ['index number', 'piece-cell', 'sources'] as const;

function makeRow(): Row {
  const piece = make('span', { class: 'token' });
  const [index, pieceCell, sources] = cellNames.map((name) =>
    make('div', { class: `cell ${name}`, attributes: { role: 'gridcell' } }),
  );
  pieceCell.append(piece);
  const element = make('div', { class: 'row', attributes: { role: 'row' } }, index, pieceCell, sources);
  return { element, index, piece, sources };
}
