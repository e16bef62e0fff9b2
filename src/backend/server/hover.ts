// The hover over a token: what it is, how likely the model held it, and what it expects next or in its place. Markdown.
import type { MarkupContent } from 'vscode-languageserver';
import type { PositionPrediction } from '../interpret/predictions';
import type { Token } from '../tokenizer/tokenizer';

export interface TokenPrediction {
  token: Token;
  prediction: PositionPrediction;
  /** False for an encoder, which predicts the token at the place itself. */
  predictsNext: boolean;
}

/** Likeliest tokens in a hover. */
export const HOVER_TOP = 5;

/** @param found the tokens at one place, at least one: several where a character takes more than one */
export function hoverText(found: readonly TokenPrediction[], modelName: string): MarkupContent {
  const value = found.map((each) => tokenText(each, modelName)).join('\n\n---\n\n');
  return { kind: 'markdown', value };
}

function tokenText({ token, prediction, predictsNext }: TokenPrediction, modelName: string): string {
  const { logProbability, rank, next } = prediction;
  const expected =
    logProbability === undefined || rank === undefined
      ? 'first token: nothing before it predicts it'
      : `log p ${logProbability.toFixed(3).replace('-', '−')} (${percent(logProbability)}), rank ${rank.toLocaleString('en')}`;
  const rows = next.map(
    ({ piece, id, logProbability: each }) => `| ${code(piece)} | ${id} | ${percent(each)} |`,
  );
  return [
    `${code(token.piece)} id ${token.id} — ${modelName}`,
    expected,
    [`| ${predictsNext ? 'next' : 'in its place'} | id | p |`, '|:--|--:|--:|', ...rows].join('\n'),
  ].join('\n\n');
}

function percent(logProbability: number): string {
  const share = 100 * Math.exp(logProbability);
  return share < 0.001 ? '<0.001%' : `${Number(share.toPrecision(3))}%`;
}

/** A piece as inline code inside a table: white space made visible, backticks and bars kept from ending it. */
export function code(piece: string): string {
  const visible = piece
    .replaceAll(' ', '·')
    .replaceAll('\n', '↵')
    .replaceAll('\r', '␍')
    .replaceAll('\t', '→')
    .replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...visible.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = visible.startsWith('`') || visible.endsWith('`') ? ' ' : '';
  return `${fence}${space}${visible}${space}${fence}`;
}
