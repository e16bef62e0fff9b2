// A line that says what the heads are compared with, and ends the comparison.
import type { HeadRanking } from '../../src/protocol/attentionView';
import { icon, make } from '../shared/elements';
import { makeLink } from '../shared/links';
import { rankingWords } from './facts';

export interface RankingLine {
  element: HTMLElement;
  render(ranking: HeadRanking | null): void;
}

/** Makes the line, which is hidden while nothing is compared. */
export function makeRankingLine(end: () => void): RankingLine {
  const words = make('span', { class: 'ranking-words' });
  const element = make(
    'div',
    { class: 'ranking-line', attributes: { role: 'status' } },
    icon('search'),
    words,
    makeLink('Clear', end),
  );
  return {
    element,
    render(ranking) {
      element.hidden = ranking === null;
      const text = ranking ? rankingWords(ranking) : '';
      if (words.textContent !== text) words.textContent = text;
      element.classList.toggle('failed', ranking?.failure !== undefined);
    },
  };
}
