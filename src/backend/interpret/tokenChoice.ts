// Tokens of the vocabulary as a person names them.
import type { TokenChoice } from '../../protocol/attribution';
import { SubtextError } from '../errors';
import { checkIds, type LanguageModel } from '../model/languageModel';

/**
 * The id of a token that was named by its id or by its text.
 * @throws SubtextError `usage` when there is no such id, or the text is not exactly one token
 */
export function tokenId(model: LanguageModel, choice: TokenChoice): number {
  if (typeof choice === 'number') {
    checkIds(Int32Array.of(choice), model.configuration.d_vocab, 'usage');
    return choice;
  }
  // Those that stand for no text (begin of text) were not asked for.
  const found = model.tokenizer.encode(choice).filter(({ start, end }) => end > start);
  if (found.length === 1) return found[0].id;
  const pieces = found.map(({ piece, id }) => `'${piece}' (${id})`).join(', ');
  throw new SubtextError(
    'usage',
    `'${choice}' is ${found.length === 0 ? 'no token' : `${found.length} tokens: ${pieces}`}`,
    'Give the id of a token, or a text that is exactly one.',
  );
}
