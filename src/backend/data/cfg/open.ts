// A grammar by its name or from a file, as commands and recipes ask for it.
import { readFileSync, statSync } from 'node:fs';
import { SubtextError } from '../../errors';
import { fileError } from '../../files';
import { grammarError } from './definitions';
import type { Grammar } from './grammar';
import { MAX_CHARACTERS, readGrammar } from './grammarText';
import { isPresetName, presetGrammar, PRESET_NAMES, truncate } from './presets';

/**
 * @param given `cfg3b`, `cfg3b/2` (without its two top levels), or the path of a file with rules (`readGrammar`)
 * @param drop top levels to leave out
 * @throws SubtextError `not-found`, `file-access`; `grammar` with the place in the file
 */
export function openGrammar(given: string, drop = 0): Grammar {
  if (isPresetName(given)) return presetGrammar(given, drop);
  return truncate(readGrammar(readGrammarFile(given), given), drop);
}

/** The text of a file. @throws SubtextError `not-found`, `file-access`; `grammar` for what is no text or too long */
export function readGrammarFile(path: string): string {
  let bytes: Buffer;
  try {
    const found = statSync(path);
    // Asked before reading: a named pipe would wait for its other end.
    if (!found.isFile()) throw new SubtextError('file-access', `${path} is not a file`, 'Name a file.');
    if (found.size > MAX_CHARACTERS)
      throw grammarError(path, `has ${found.size} bytes`, `Grammars have up to ${MAX_CHARACTERS}.`);
    bytes = readFileSync(path);
  } catch (error) {
    const failure = fileError(error, path, 'read');
    if (failure.reason !== 'not-found') throw failure;
    const known = `Grammars: ${PRESET_NAMES.join(', ')}; or give the path of a file.`;
    throw new SubtextError('not-found', `There is no grammar ${path}, and no file of that name`, known);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw grammarError(path, 'is not a text in UTF-8', 'Give a file with lines like a -> b c | c b.');
  }
}
