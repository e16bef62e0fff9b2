// Tokens in a view that are the same as tokens in the editor: the pointer on one marks it there, the cursor there
// marks it here. An element says which token it is by `data-token`.
import type { Stretch } from './pieces';
import { make } from './elements';

/** Fills an element with a piece; marks for invisible characters are dimmed. */
export function writePiece(element: HTMLElement, stretches: readonly Stretch[]): void {
  element.replaceChildren(
    ...stretches.map(({ text, mark }) => (mark ? make('span', { class: 'mark', text }) : new Text(text))),
  );
}

export interface TokenLinks {
  /** Says which token an element shows. */
  set(element: HTMLElement, token: number): void;
  /** Marks the token that the editor's cursor is on. */
  mark(token: number | null): void;
}

/** Follows the pointer over tokens inside `root`; `onHover` gets null when it left them. */
export function linkTokens(root: HTMLElement, onHover: (token: number | null) => void): TokenLinks {
  let marked: number | null = null;
  let hovered: number | null = null;
  const hover = (token: number | null): void => {
    if (token === hovered) return;
    hovered = token;
    onHover(token);
  };
  root.addEventListener('pointerover', ({ target }) => hover(tokenOf(target)));
  root.addEventListener('pointerleave', () => hover(null));
  return {
    set(element, token) {
      element.dataset['token'] = String(token);
      element.classList.toggle('under-cursor', token === marked);
    },
    mark(token) {
      if (token === marked) return;
      for (const element of root.querySelectorAll('.under-cursor')) element.classList.remove('under-cursor');
      marked = token;
      if (token === null) return;
      for (const element of root.querySelectorAll(`[data-token="${token}"]`)) {
        element.classList.add('under-cursor');
      }
    },
  };
}

/** The token that an event's target belongs to, or null. */
export function tokenOf(target: EventTarget | null): number | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-token]') : null;
  return element ? Number(element.dataset['token']) : null;
}
