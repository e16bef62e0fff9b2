// What the view says about what it shows: the header's facts, the count of heads, what they are compared with.
import type { AttentionGrid } from '../../src/protocol/attention';
import { PATTERN_TITLES, type HeadRanking } from '../../src/protocol/attentionView';
import { count, counted } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import { sourceFacts, type Fact } from '../shared/sourceFacts';
import type { AttentionState } from './state';

/** What the header says, in its order. */
export function factsOf({ status, grid }: AttentionState): Fact[] {
  return sourceFacts(status, grid?.source, grid ? ownFacts(grid) : []);
}

function ownFacts(grid: AttentionGrid): Fact[] {
  const facts: Fact[] = [{ text: counted(grid.tokens.pieces.length, 'token') }];
  const borders = Array.from(grid.windows.destinations).slice(1);
  if (borders.length > 0) {
    facts.push({
      text: `windows meet at ${bordersIn(borders)}`,
      tip: 'Attention relates only tokens of one window. Dashed lines in the map show where the next one begins.',
    });
  }
  const broken = grid.notNumbers.reduce((sum, cells) => sum + cells, 0);
  if (broken > 0) {
    facts.push({
      text: `${counted(broken, 'cell')} not a number`,
      tip: 'Red in the pictures. Their rows count in no score.',
      kind: 'note',
    });
  }
  if (grid.learned === 'uniform') {
    facts.push({
      text: 'no learned patterns',
      tip: 'The heads of this model attend to all tokens alike.',
      kind: 'note',
    });
  } else if (grid.learned === 'distance') {
    facts.push({
      text: 'patterns of distance alone',
      tip: 'The heads of this model see only how far apart tokens are.',
      kind: 'note',
    });
  }
  return facts;
}

function bordersIn(borders: readonly number[]): string {
  const shown = borders.slice(0, 3).map((token) => count(token));
  return `token ${shown.join(', ')}${borders.length > shown.length ? ', …' : ''}`;
}

/** '64 heads', or '5 of 64 heads'. */
export function countOf(shown: number, all: number): string {
  return shown === all ? counted(all, 'head') : `${count(shown)} of ${counted(all, 'head')}`;
}

/** What the heads are ranked by, in a sentence. */
export function rankingWords(ranking: HeadRanking): string {
  if (ranking.failure !== undefined) return ranking.failure;
  if (ranking.kind === 'between') {
    const [first, second] = [ranking.first, ranking.second].map((words) => cutMiddle(words.trim(), 32));
    return `Heads by how much they carry between “${first}” and “${second}” (weighted by value norm)`;
  }
  const { pattern, answer } = ranking;
  const name = 'name' in pattern ? PATTERN_TITLES[pattern.name] : 'the drawn pattern';
  if (answer?.cells === 0) return `${name}: nothing in this text matches the pattern`;
  const cells = answer ? `, ${counted(answer.cells, 'cell')} in this text` : '';
  return `Heads by likeness to: ${name} (cosine${cells})`;
}
