// Questions of the logit lens on a document.
import {
  LENS_CELLS,
  type LensCell,
  type LensCellQuestion,
  type LensQuestion,
  type LensTable,
} from '../../protocol/lens';
import type { TextRange } from '../../protocol/types';
import { SubtextError } from '../errors';
import { type Asked, tokenColumns, tokensIn } from '../inspection';
import { lensNote, pointLabel } from '../interpret/lens/logitLens';
import { pieceOf } from '../interpret/predictions';
import { tokenId } from '../interpret/tokenChoice';
import type { Token } from '../tokenizer/tokenizer';

export async function lens(
  { inspection, source, cancellation, progress }: Asked,
  question: LensQuestion,
): Promise<LensTable> {
  const started = performance.now();
  const { reading, lens: logitLens } = inspection;
  const { tokens, model } = reading;
  const { hooks } = logitLens;
  const wanted = wantedTokens(tokens, question);
  const { start } = wanted;
  const end = Math.min(wanted.end, start + Math.max(1, Math.floor(LENS_CELLS / hooks.length)));
  const columns = await logitLens.columns({ start, end }, cancellation, progress);
  const targets = Int32Array.from(
    { length: end - start },
    (_, index) => logitLens.targetOf(start + index) ?? -1,
  );
  const ids = new Set([...columns.top, ...targets]);
  ids.delete(-1);
  return {
    source,
    points: hooks.map((hook, point) => ({ label: pointLabel(point), hook })),
    scope: { start, end },
    complete: end === wanted.end,
    textTokens: tokens.length,
    tokens: tokenColumns(tokens.slice(start, end)),
    targets,
    predictsOwnPlace: !model.configuration.causal,
    ...columns,
    pieces: { ids: Int32Array.from(ids), pieces: Array.from(ids, (id) => pieceOf(model, id)) },
    note: lensNote(model.configuration),
    milliseconds: performance.now() - started,
  };
}

export async function lensCell(
  { inspection, source, cancellation }: Asked,
  { point, token, top, target }: LensCellQuestion,
): Promise<LensCell> {
  const { lens: logitLens } = inspection;
  const followed =
    target === undefined ? logitLens.targetOf(token) : tokenId(inspection.reading.model, target);
  const likeliest = await logitLens.likeliest(point, token, top, cancellation);
  return {
    source,
    point,
    token,
    ids: Int32Array.from(likeliest, ({ id }) => id),
    pieces: likeliest.map(({ piece }) => piece),
    probabilities: Float32Array.from(likeliest, ({ logProbability }) => Math.exp(logProbability)),
    ...(followed !== undefined && { path: await logitLens.path(token, followed, cancellation) }),
  };
}

/** @throws SubtextError `usage` for a window that does not lie in the text */
function wantedTokens(tokens: readonly Token[], { window, selection }: LensQuestion): TextRange {
  if (!window) return (selection && tokensIn(tokens, selection)) ?? { start: 0, end: tokens.length };
  const { start, end } = window;
  if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= tokens.length) {
    return window;
  }
  throw new SubtextError(
    'usage',
    `The text has no tokens ${start} to ${end}`,
    `A window lies within 0 to ${tokens.length}, its end excluded.`,
  );
}
