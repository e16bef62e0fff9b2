// Questions of direct logit attribution on a document.
import type { AttributionQuestion, LogitAttribution } from '../../protocol/attribution';
import { SubtextError } from '../errors';
import type { Asked } from '../inspection';
import { attributeLogit } from '../interpret/attribution/attribution';
import type { Token } from '../tokenizer/tokenizer';

export async function attribute(
  { inspection: { reading }, source, cancellation }: Asked,
  question: AttributionQuestion,
): Promise<LogitAttribution> {
  const started = performance.now();
  const position = askedPosition(reading.tokens, question);
  const found = await attributeLogit(reading, { ...question, position }, cancellation);
  const { piece, start, end } = reading.tokens[position];
  return { source, ...found, piece, range: { start, end }, milliseconds: performance.now() - started };
}

/** @throws SubtextError `usage` for an offset where no token is */
function askedPosition(tokens: readonly Token[], { position, offset }: AttributionQuestion): number {
  if (position !== undefined) return position;
  if (offset === undefined) return tokens.length - 1;
  // The last token of a character that takes several: the next token follows it.
  const found = tokens.findLastIndex(({ start, end }) => start <= offset && offset < end);
  if (found !== -1) return found;
  throw new SubtextError('usage', `No token stands at offset ${offset}`, 'Ask at a place in the text.');
}
