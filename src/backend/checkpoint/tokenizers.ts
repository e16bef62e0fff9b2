// Finds the tokenizer that lies beside the weights of a checkpoint, and checks that the two fit.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SubtextError } from '../errors';
import { loadTokenizer, type Tokenizer } from '../tokenizer';
import type { CheckpointFormat } from './checkpoint';
import { fileError, readBytes, shown, withFile } from '../files';

export interface FoundTokenizer {
  /** Undefined where there is none: token ids still work. */
  tokenizer: Tokenizer | undefined;
  notes: string[];
}

/** A quarter of a million pieces of llama2.c's format have about 4 MB; larger files are not looked into. */
const MAX_PIECES_BYTES = 32 * 2 ** 20;

/** Before the bytes of each piece: float32 score, int32 length. */
const PIECE_HEADER_BYTES = 8;

/**
 * @param folder where the weights lie.
 * @param d_vocab rows of the embedding.
 * @throws SubtextError `tokenizer` where one is there that cannot be used, or several that could.
 */
export async function findTokenizer(
  format: CheckpointFormat,
  folder: string,
  d_vocab: number,
): Promise<FoundTokenizer> {
  return format === 'llama2.c' ? findPieces(folder, d_vocab) : findHuggingFace(folder, d_vocab);
}

/**
 * Fewer tokens than the embedding has rows are usual, since many models round up. More happen where tokens were
 * added that the model never saw; running one of those is an error of its own.
 */
async function findHuggingFace(folder: string, d_vocab: number): Promise<FoundTokenizer> {
  const tokenizer = await loadTokenizer(folder, { vocabularySize: d_vocab });
  if (!tokenizer) return { tokenizer, notes: ['no tokenizer beside the weights'] };
  const { vocabularySize } = tokenizer;
  const notes =
    vocabularySize > d_vocab
      ? [`the tokenizer has ${vocabularySize} tokens, of which the model embeds only ${d_vocab}`]
      : [];
  return { tokenizer, notes };
}

/** llama2.c gives its tokenizers any name, and they do not say their size: they are known by their content. */
async function findPieces(folder: string, d_vocab: number): Promise<FoundTokenizer> {
  const notes: string[] = [];
  const fitting = new Map<string, string>();
  for (const name of await binaryFiles(folder)) {
    const content = await piecesOf(join(folder, name));
    if (!content) continue;
    if (content.count === d_vocab) fitting.set(content.bytes.toString('latin1'), name);
    else notes.push(`${shown(name)} has ${content.count} pieces, not ${d_vocab}, and is not used`);
  }
  const names = [...fitting.values()];
  if (names.length > 1) {
    throw new SubtextError(
      'tokenizer',
      `${folder} holds several tokenizers of ${d_vocab} pieces: ${names.map((name) => shown(name)).join(', ')}`,
      'Leave the one that belongs to the model.',
    );
  }
  if (names.length === 0)
    return { tokenizer: undefined, notes: [...notes, 'no tokenizer beside the weights'] };
  return { tokenizer: await loadTokenizer(join(folder, names[0]), { vocabularySize: d_vocab }), notes };
}

async function binaryFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.bin')).sort();
  } catch (error) {
    throw fileError(error, folder, 'read');
  }
}

/** The bytes and the number of pieces of a llama2.c tokenizer; undefined for any other file. */
async function piecesOf(path: string): Promise<{ bytes: Buffer; count: number } | undefined> {
  const bytes = await withFile(path, async (file) => {
    if (file.size > MAX_PIECES_BYTES) return undefined;
    const content = Buffer.alloc(file.size);
    await readBytes(file, content, 0);
    return content;
    // A file that cannot be read is none that was asked for.
  }).catch(() => undefined);
  if (!bytes || bytes.length < 4) return undefined;
  let at = 4;
  let count = 0;
  while (at + PIECE_HEADER_BYTES <= bytes.length) {
    const length = bytes.readInt32LE(at + 4);
    if (length < 0) return undefined;
    at += PIECE_HEADER_BYTES + length;
    count++;
  }
  return at === bytes.length && count > 0 ? { bytes, count } : undefined;
}
