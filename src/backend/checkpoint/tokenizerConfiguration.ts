// tokenizer_config.json for a tokenizer.json: what transformers wants to know besides.
import { SubtextError } from '../errors';
import { isObject } from '../files';

/**
 * @param tokenizerJson the text of a tokenizer.json
 * @param longest text in tokens that the model takes
 * @throws SubtextError `tokenizer` where it is no tokenizer.json, or has no token of these ids.
 */
export function tokenizerConfiguration(
  tokenizerJson: string,
  longest: number,
  { beginOfText, endOfText }: { beginOfText?: number; endOfText?: number },
): Record<string, unknown> {
  const tokenizer = parse(tokenizerJson);
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...(beginOfText !== undefined && { bos_token: tokenOf(tokenizer, beginOfText) }),
    ...(endOfText !== undefined && { eos_token: tokenOf(tokenizer, endOfText) }),
    model_max_length: longest,
    clean_up_tokenization_spaces: false,
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new SubtextError('tokenizer', 'The tokenizer is no tokenizer.json', 'Give the text of one.');
}

function tokenOf({ added_tokens: added, model }: Record<string, unknown>, id: number): string {
  const listed: unknown[] = Array.isArray(added) ? added : [];
  const special = listed.find((token) => isObject(token) && token.id === id);
  if (isObject(special) && typeof special.content === 'string') return special.content;
  const vocabulary = isObject(model) && isObject(model.vocab) ? model.vocab : {};
  const piece = Object.keys(vocabulary).find((text) => vocabulary[text] === id);
  if (piece !== undefined) return piece;
  throw new SubtextError(
    'tokenizer',
    `The tokenizer has no token ${id} to begin or end a text`,
    'Give the tokenizer that the model was trained with.',
  );
}
