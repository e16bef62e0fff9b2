// The tokenizer.json of a trained tokenizer, with the fields that Hugging Face tokenizers writes and wants.

/** Stands for what a vocabulary of words or characters does not have. */
export const UNKNOWN = '<unk>';

/** A tokenizer.json as JSON. */
export interface TokenizerFile {
  version: '1.0';
  truncation: null;
  padding: null;
  added_tokens: object[];
  normalizer: null;
  pre_tokenizer: object;
  post_processor: null;
  decoder: object;
  model: { type: string; vocab: Record<string, number>; merges?: string[] };
}

// GPT-2's words and bytes.
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
// Decoding has no options; this is how Hugging Face writes that.
const FROM_BYTES = { ...BYTE_LEVEL, add_prefix_space: true };
const EACH_CHARACTER = {
  type: 'Split',
  pattern: { Regex: '[\\s\\S]' },
  behavior: 'Isolated',
  invert: false,
};

/** @param tokens spellings by id, in the byte alphabet where they are not special */
export function bytePairFile(
  tokens: readonly string[],
  merges: readonly (readonly [string, string])[],
  special: readonly string[],
): TokenizerFile {
  const model = {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab: idsOf(tokens),
    // Every version reads them as texts, only those from 0.20 on as pairs; the byte alphabet has no space.
    merges: merges.map((pair) => pair.join(' ')),
  };
  return file(model, special, BYTE_LEVEL, FROM_BYTES);
}

/** Words are GPT-2's, with the space before them and in its byte alphabet, so that decoding gives the text back. */
export function wordFile(tokens: readonly string[], special: readonly string[]): TokenizerFile {
  return file(wordLevel(tokens), special, BYTE_LEVEL, FROM_BYTES);
}

export function characterFile(tokens: readonly string[], special: readonly string[]): TokenizerFile {
  return file(wordLevel(tokens), special, EACH_CHARACTER, { type: 'Fuse' });
}

function wordLevel(tokens: readonly string[]): TokenizerFile['model'] & { unk_token: string } {
  return { type: 'WordLevel', vocab: idsOf(tokens), unk_token: UNKNOWN };
}

function file(
  model: TokenizerFile['model'],
  special: readonly string[],
  preTokenizer: object,
  decoder: object,
): TokenizerFile {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => specialToken(model.vocab[content], content)),
    normalizer: null,
    pre_tokenizer: preTokenizer,
    post_processor: null,
    decoder,
    model,
  };
}

/** An entry of `added_tokens` that no normalizer and no white space changes. */
export function specialToken(id: number, content: string): object {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
}

function idsOf(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
