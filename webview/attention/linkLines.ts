// Two lines of text: what the token attends to, and what attends to it.
import type { LinkedTokens } from '../../src/protocol/attention';
import { levelOf } from '../shared/colours';
import { make } from '../shared/elements';
import { exact, significant } from '../shared/numbers';
import { plain, visible } from '../shared/pieces';
import { tokenOf, writePiece, type TokenLinks } from '../shared/tokens';
import type { AttentionState } from './state';

/** Tokens of each line. */
const MOST = 8;
const NOTHING = 'nothing from 0.005 up';

export interface LinkLines {
  element: HTMLElement;
  render(state: AttentionState): void;
}

/** Makes the lines; a click on a token shows it in the editor. */
export function makeLinkLines(links: TokenLinks, reveal: (token: number) => void): LinkLines {
  const element = make('div', { class: 'link-lines' });
  element.addEventListener('click', ({ target }) => {
    const token = tokenOf(target);
    if (token !== null) reveal(token);
  });
  let shown: unknown;
  return {
    element,
    render({ grid, focus, settings }) {
      const key = JSON.stringify([
        grid?.source.version,
        focus.head,
        focus.token,
        focus.pinned,
        settings.hideSink,
        focus.links !== null,
      ]);
      if (key === shown) return;
      shown = key;
      if (!grid || focus.token === null) {
        const hint = 'Point at a token, or put the cursor on one in the editor, to see what it attends to.';
        element.replaceChildren(make('div', { class: 'quiet link-hint', text: hint }));
        return;
      }
      // Until the answer is there, the lines of the token before stay: nothing jumps.
      if (!focus.links || focus.links.token !== focus.token) return;
      const { pieces } = grid.tokens;
      const sink = new Set(settings.hideSink ? grid.sinkTokens : []);
      const { sources, destinations, token } = focus.links;
      element.replaceChildren(
        line(
          'attends to',
          '→',
          token,
          kept(sources, (source) => !sink.has(source)),
          1,
        ),
        line(
          'is attended by',
          '←',
          token,
          kept(destinations, () => true),
          -1,
        ),
      );

      function line(words: string, arrow: string, of: number, linked: Link[], sign: 1 | -1): HTMLElement {
        const largest = Math.max(...linked.map(({ value }) => value), 0);
        const said = `${plain(pieces[of])} ${words}`;
        // Where the line is narrow, links that do not fit are left out whole: all stand in the tooltip.
        const all = linked.map((link) => `${plain(pieces[link.token])} ${significant(link.value)}`);
        return make(
          'div',
          { class: 'link-line' },
          piece(of),
          make('span', { class: 'quiet', text: arrow, tip: `${said}: ${all.join(' · ') || NOTHING}` }),
          make(
            'div',
            { class: 'linked', attributes: { role: 'list', 'aria-label': said } },
            ...(linked.length > 0
              ? linked.map((link) => entry(link, sign * largest))
              : [make('span', { class: 'quiet', text: NOTHING })]),
          ),
        );
      }

      function entry({ token: linked, value }: Link, range: number): HTMLElement {
        const word = piece(linked);
        word.dataset['level'] = String(levelOf(Math.sign(range) * value, Math.abs(range)));
        return make(
          'span',
          { class: 'link', attributes: { role: 'listitem' }, tip: `token ${linked} · ${exact(value)}` },
          word,
          make('span', { class: 'link-value', text: significant(value) }),
        );
      }

      function piece(of: number): HTMLElement {
        const word = make('span', { class: 'token' });
        writePiece(word, visible(pieces[of].trim() || pieces[of]));
        links.set(word, of);
        return word;
      }
    },
  };
}

interface Link {
  token: number;
  value: number;
}

function kept({ tokens, values }: LinkedTokens, test: (token: number) => boolean): Link[] {
  return Array.from(tokens, (token, place) => ({ token, value: values[place] }))
    .filter(({ token }) => test(token))
    .slice(0, MOST);
}
