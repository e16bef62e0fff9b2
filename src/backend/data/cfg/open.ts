// A grammar by its name or from a file, as commands and recipes ask for it.
import { resolve } from 'node:path';
import { SubtextError } from '../../errors';
import { readBytes, withFile } from '../../files';
import { grammarError } from './definitions';
import type { Grammar } from './grammar';
import { MAX_CHARACTERS, readGrammar } from './grammarText';
import { isPresetName, presetGrammar, PRESET_NAMES, truncate } from './presets';

/**
 * @param given `cfg3b`, `cfg3b/2` (without its two top levels), or the path of a file with rules (`readGrammar`)
 * @param options.drop top levels to leave out
 * @param options.folder that the path starts from
 * @throws SubtextError `not-found`, `file-access`; `grammar` with the place in the file
 */
export async function openGrammar(
  given: string,
  { drop = 0, folder = '.' }: { drop?: number; folder?: string } = {},
): Promise<Grammar> {
  if (isPresetName(given)) return presetGrammar(given, drop);
  return truncate(readGrammar(await readText(given, resolve(folder, given)), given), drop);
}

async function readText(given: string, path: string): Promise<string> {
  try {
    return await withFile(path, async (file) => {
      if (file.size > MAX_CHARACTERS)
        throw grammarError(given, `has ${file.size} bytes`, `Grammars have up to ${MAX_CHARACTERS}.`);
      const bytes = new Uint8Array(file.size);
      await readBytes(file, bytes, 0);
      return decode(bytes, given);
    });
  } catch (error) {
    if (!(error instanceof SubtextError) || error.reason !== 'not-found') throw error;
    const what = `There is no grammar ${given}, and no file of that name`;
    throw new SubtextError(
      'not-found',
      what,
      `Grammars: ${PRESET_NAMES.join(', ')}; or give the path of a file.`,
    );
  }
}

function decode(bytes: Uint8Array, given: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw grammarError(given, 'is not a text in UTF-8', 'Give a file with lines like a -> b c | c b.');
  }
}
