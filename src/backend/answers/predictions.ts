// What a model expected at a place in a document, for the hover.
import type { Asked } from '../inspection';
import { predictions, type PositionPrediction } from '../interpret/predictions';
import type { Token } from '../tokenizer/tokenizer';

export interface PlacePrediction {
  token: Token;
  prediction: PositionPrediction;
  /** False for an encoder, which sees what comes after a token. */
  predictsNext: boolean;
}

/** The tokens at a place in a document, and what the model expected there and after. Several share a character. */
export async function predictionsAt(
  { inspection, cancellation }: Asked,
  { offset, top }: { offset: number; top: number },
): Promise<PlacePrediction[]> {
  const { reading, residual } = inspection;
  const from = reading.tokens.findIndex(({ start, end }) => start <= offset && offset < end);
  if (from === -1) return [];
  let to = from + 1;
  while (to < reading.tokens.length && reading.tokens[to].end === reading.tokens[from].end) to++;
  const found = await predictions(residual, from, to, top, cancellation);
  const predictsNext = reading.model.configuration.causal;
  return found.map((prediction, index) => ({
    token: reading.tokens[from + index],
    prediction,
    predictsNext,
  }));
}
