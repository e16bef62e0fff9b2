// Messages from the host with their typed arrays made sure of.
import {
  HEAD_SCORES,
  type AttentionGrid,
  type HeadScores,
  type LinkedTokens,
  type PhraseAttention,
  type TokenAttention,
} from '../../src/protocol/attention';
import type { HeadRanking, ToAttentionView } from '../../src/protocol/attentionView';
import { asFloat32, asInt32, asUint16, asUint8 } from '../shared/arrays';

/** The message as the protocol says it, whatever VS Code made of its typed arrays. */
export function normalise(message: ToAttentionView): ToAttentionView {
  switch (message.type) {
    case 'grid':
      return { ...message, grid: gridOf(message.grid) };
    case 'tile':
      return { ...message, tile: { ...message.tile, cells: asUint16(message.tile.cells) } };
    case 'head': {
      const { links } = message.focus;
      return links ? { ...message, focus: { ...message.focus, links: linksOf(links) } } : message;
    }
    case 'ranking':
      return message.ranking ? { ...message, ranking: rankingOf(message.ranking) } : message;
    default:
      return message;
  }
}

function gridOf(grid: AttentionGrid): AttentionGrid {
  const { tokens, windows, thumbnails } = grid;
  return {
    ...grid,
    tokens: {
      ...tokens,
      ids: asInt32(tokens.ids),
      starts: asInt32(tokens.starts),
      ends: asInt32(tokens.ends),
    },
    spans: asInt32(grid.spans),
    windows: {
      ...windows,
      destinations: asInt32(windows.destinations),
      sources: asInt32(windows.sources),
    },
    sinkTokens: asInt32(grid.sinkTokens),
    scores: scoresOf(grid.scores),
    scoresWithoutSink: scoresOf(grid.scoresWithoutSink),
    notNumbers: asInt32(grid.notNumbers),
    thumbnails: {
      ...thumbnails,
      cells: asUint8(thumbnails.cells),
      maximum: asFloat32(thumbnails.maximum),
    },
  };
}

function scoresOf(scores: HeadScores): HeadScores {
  return Object.fromEntries(HEAD_SCORES.map((name) => [name, asFloat32(scores[name])])) as HeadScores;
}

function linksOf(links: TokenAttention): TokenAttention {
  return { ...links, sources: linkedOf(links.sources), destinations: linkedOf(links.destinations) };
}

function linkedOf(linked: LinkedTokens): LinkedTokens {
  return {
    ...linked,
    tokens: asInt32(linked.tokens),
    starts: asInt32(linked.starts),
    ends: asInt32(linked.ends),
    values: asFloat32(linked.values),
  };
}

function rankingOf(ranking: HeadRanking): HeadRanking {
  if (ranking.kind === 'between') {
    const { answer } = ranking;
    if (!answer) return ranking;
    return {
      ...ranking,
      answer: {
        ...answer,
        intoFirst: phraseOf(answer.intoFirst),
        intoSecond: phraseOf(answer.intoSecond),
        order: asInt32(answer.order),
      },
    };
  }
  const { answer } = ranking;
  if (!answer) return ranking;
  const { pairs } = answer;
  return {
    ...ranking,
    answer: {
      ...answer,
      pairs: { destinations: asInt32(pairs.destinations), sources: asInt32(pairs.sources) },
      mass: asFloat32(answer.mass),
      massWithoutSink: asFloat32(answer.massWithoutSink),
      cosine: asFloat32(answer.cosine),
      order: asInt32(answer.order),
    },
  };
}

function phraseOf(phrase: PhraseAttention): PhraseAttention {
  return {
    attention: asFloat32(phrase.attention),
    weighted: asFloat32(phrase.weighted),
    pairs: asInt32(phrase.pairs),
  };
}
