// Continues a text as the model would, piece by piece, under interventions or without them.
import type { Continuation, ContinuationComparison, ContinuationOptions } from '../../protocol/continuations';
import type { Cancellation } from '../cancellation';
import { SubtextError } from '../errors';
import type { TextChange } from '../model/changes';
import { generate, type GenerationOptions } from '../model/generate';
import type { LanguageModel } from '../model/languageModel';
import type { Token, Tokenizer } from '../tokenizer/tokenizer';
import type { Interventions } from './interventions/interventions';
import { checkText, Reading } from './reading';

/** Above this the samples differ in nothing from draws of any token alike. */
const HOTTEST = 1000;

/**
 * Continues `text` up to `options.offset`. Means of ablations are taken over that text, and tokens behind it have nothing
 * to be patched with. A text that leaves too little of the context loses its start: at least half of the context, or
 * `maxTokens` if that is less, is left to the continuation.
 * @throws SubtextError `usage` for options that make no sense, an empty text where the model has no token to start with, and
 * a model that reads in both directions; `not-a-number`; `cancelled` between two tokens
 */
export async function continueText(
  model: LanguageModel,
  text: string,
  options: ContinuationOptions,
  interventions: Interventions | undefined,
  cancellation: Cancellation,
  onPiece: (text: string) => void,
): Promise<Continuation> {
  checkOptions(options);
  const prompt = promptOf(model, text.slice(0, options.offset), options.maxTokens);
  const changes = (await interventions?.changesFor(prompt.reading, cancellation)) ?? [];
  const active = changes.length === 0 ? 0 : interventions!.active;
  const written = await continueTokens(model, prompt.reading.tokens, options, changes, cancellation, onPiece);
  return { ...written, cut: prompt.cut, interventions: active };
}

/** The same seed without interventions and with them. */
export async function compareContinuations(
  model: LanguageModel,
  text: string,
  options: ContinuationOptions,
  interventions: Interventions | undefined,
  cancellation: Cancellation,
  progress: (share: number) => void,
): Promise<ContinuationComparison> {
  const write = (under: Interventions | undefined, from: number) => {
    let pieces = 0;
    const onPiece = () => progress(from + Math.min(1, ++pieces / options.maxTokens) / 2);
    return continueText(model, text, options, under, cancellation, onPiece);
  };
  const base = await write(undefined, 0);
  const changed = await write(interventions, 0.5);
  const differ = base.ids.findIndex((id, index) => id !== changed.ids[index]);
  return { base, changed, common: differ === -1 ? base.ids.length : differ };
}

/**
 * Continues tokens until the text ends (a begin-of-text token ends it too), the limit or the end of the context.
 * @param onPiece gets the text as it comes, never half a character
 */
export async function continueTokens(
  model: LanguageModel,
  prompt: readonly Token[],
  options: Omit<GenerationOptions, 'stopIds'>,
  changes: readonly TextChange[],
  cancellation: Cancellation,
  onPiece: (text: string) => void,
): Promise<Pick<Continuation, 'text' | 'ids' | 'stopped'>> {
  const { tokenizer } = model;
  const { n_ctx, causal } = model.configuration;
  if (!causal) {
    throw new SubtextError(
      'usage',
      'This model reads in both directions and so continues no text',
      'Take a model that predicts the next token.',
    );
  }
  const promptIds = prompt.map(({ id }) => id);
  const decoder = tokenizer.startDecoding();
  for (const id of promptIds) decoder.push(id);
  const stops = [tokenizer.beginOfText, tokenizer.endOfText].filter((id) => id !== undefined);
  const ids: number[] = [];
  let text = '';
  const add = (piece: string) => {
    text += piece;
    if (piece !== '') onPiece(piece);
  };
  const generating = { ...options, stopIds: new Set(stops) };
  for await (const id of generate(model, promptIds, generating, cancellation, changes)) {
    ids.push(id);
    add(decoder.push(id));
  }
  add(decoder.end());
  // The token after the last position is still given; one fewer means that the text itself ended.
  const full = promptIds.length + ids.length > n_ctx;
  const stopped = ids.length === options.maxTokens ? 'limit' : full ? 'context' : 'end';
  return { text, ids: Int32Array.from(ids), stopped };
}

/** The tokens of a prompt; a model cannot start from nothing, so an empty prompt starts as a new text does. */
export function promptTokens(tokenizer: Tokenizer, text: string): readonly Token[] {
  if (text !== '') checkText(text);
  const tokens = tokenizer.encode(text);
  if (tokens.length > 0) return tokens;
  const start = tokenizer.beginOfText ?? tokenizer.endOfText;
  if (start !== undefined) return [{ id: start, piece: tokenizer.piece(start), start: 0, end: 0 }];
  throw new SubtextError(
    'usage',
    'The text is empty and the model has no token for the start of a text',
    'Write some words first.',
  );
}

/** What is read of a text before it is continued; `cut` tokens behind a begin-of-text token are left out. */
function promptOf(model: LanguageModel, text: string, maxTokens: number): { reading: Reading; cut: number } {
  const tokens = promptTokens(model.tokenizer, text);
  const { n_ctx } = model.configuration;
  const room = Math.min(maxTokens, Math.floor(n_ctx / 2));
  const whole = new Reading(model, tokens);
  const cut = Math.max(0, tokens.length + room - n_ctx);
  if (cut === 0) return { reading: whole, cut };
  const head = whole.firstTextToken;
  const kept = [...tokens.slice(0, head), ...tokens.slice(head + cut)];
  return { reading: new Reading(model, kept), cut };
}

function checkOptions({ offset, maxTokens, temperature, seed }: ContinuationOptions): void {
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  const wrong =
    (offset !== undefined && !whole(offset, 0, Number.MAX_SAFE_INTEGER) && `offset is ${offset}`) ||
    (!whole(maxTokens, 1, Number.MAX_SAFE_INTEGER) && `maxTokens is ${maxTokens}`) ||
    (!(temperature >= 0 && temperature <= HOTTEST) && `temperature is ${temperature}`) ||
    (!whole(seed, 0, 2 ** 32 - 1) && `seed is ${seed}`);
  if (!wrong) return;
  throw new SubtextError(
    'usage',
    `The continuation's ${wrong}`,
    `maxTokens is at least 1, temperature 0 to ${HOTTEST}, seed 0 to 2³² − 1, offset within the text.`,
  );
}
