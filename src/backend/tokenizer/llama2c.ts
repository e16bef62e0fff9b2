// llama2.c's tokenizer file and its SentencePiece-style BPE by scores (karpathy/llama2.c, run.c: build_tokenizer,
// encode, decode). The file: int32 length of the longest piece, then for every piece float32 score, int32 length in
// bytes, the bytes; all little-endian.
import { SubtextError } from '../errors';
import { tile, TokenList, withoutLoneSurrogates } from './alignment';
import { byteOfPiece, showBytes } from './byteLevel';
import type { Decoding } from './incrementalDecoder';
import { decodeAll, IncrementalDecoder } from './incrementalDecoder';
import { MAX_SYMBOLS, MergeTable } from './mergeTable';
import type { Token, Tokenizer } from './tokenizer';

/** SentencePiece trains pieces of at most 16 characters unless told otherwise; finding a piece's halves costs its square. */
const MAX_PIECE_BYTES = 128;
/** Ids that run.c builds in. */
const UNKNOWN = 0;
const BEGIN_OF_TEXT = 1;
const END_OF_TEXT = 2;
/** The byte 0 is piece 3, after unknown, begin and end; the byte 255 is piece 258. */
const FIRST_BYTE = 3;
const SMALLEST_VOCABULARY = FIRST_BYTE + 256;
/** run.c looks for the best score above this. */
const LOWEST_SCORE = -1e10;
const SPACE = 0x20;

interface Piece {
  score: number;
  bytes: Uint8Array;
}

/**
 * @param bytes the whole file
 * @param vocabularySize pieces in the file, which only the checkpoint knows
 * @param file its name, for messages
 * @throws SubtextError 'tokenizer' that names the file and the offset
 */
export function readLlama2cTokenizer(bytes: Uint8Array, vocabularySize: number, file: string): Tokenizer {
  return new Llama2cTokenizer(readPieces(bytes, vocabularySize, file));
}

function readPieces(bytes: Uint8Array, vocabularySize: number, file: string): Piece[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const fail = (what: string): never => {
    throw new SubtextError(
      'tokenizer',
      `${file}: ${what} at byte ${offset}`,
      'Use the tokenizer file that was exported together with this model.',
    );
  };
  const need = (count: number, what: string): void => {
    if (count > bytes.byteLength - offset) fail(`the file ends inside ${what}`);
  };
  if (
    !Number.isInteger(vocabularySize) ||
    vocabularySize < SMALLEST_VOCABULARY ||
    vocabularySize > MAX_SYMBOLS
  ) {
    fail(`a vocabulary of ${vocabularySize} pieces, not ${SMALLEST_VOCABULARY} to ${MAX_SYMBOLS},`);
  }
  need(4, 'the length of the longest piece');
  const longest = view.getInt32(0, true);
  if (longest < 1 || longest > MAX_PIECE_BYTES) fail(`a longest piece of ${longest} bytes`);
  offset = 4;
  const pieces: Piece[] = [];
  while (pieces.length < vocabularySize) {
    const name = `piece ${pieces.length} of ${vocabularySize}`;
    need(8, name);
    const score = view.getFloat32(offset, true);
    const length = view.getInt32(offset + 4, true);
    if (length < 0 || length > MAX_PIECE_BYTES) fail(`${name} has a length of ${length} bytes`);
    offset += 8;
    need(length, name);
    pieces.push({ score, bytes: bytes.subarray(offset, (offset += length)) });
  }
  if (offset < bytes.byteLength) fail(`more follows after the ${vocabularySize} pieces of the model`);
  return pieces;
}

class Llama2cTokenizer implements Tokenizer {
  readonly kind = 'SentencePiece BPE';
  readonly vocabularySize: number;
  readonly beginOfText = BEGIN_OF_TEXT;
  readonly endOfText = END_OF_TEXT;
  /** From the bytes of a piece, one per UTF-16 unit, to its id. */
  private readonly idOfBytes = new Map<string, number>();
  private readonly merges = new MergeTable();
  private readonly pieceOfId: (string | undefined)[] = [];
  private readonly decoding: Decoding = { bytesOf: (id, previous) => this.bytesOf(id, previous) };

  private readonly pieces: readonly (Piece | undefined)[];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
    this.vocabularySize = pieces.length;
    const spellings = pieces.map((piece) => Buffer.from(piece.bytes).toString('latin1'));
    for (const [id, spelling] of spellings.entries()) {
      if (!this.idOfBytes.has(spelling)) this.idOfBytes.set(spelling, id);
    }
    // run.c joins any two neighbours whose bytes together are a piece; the same pairs, found beforehand.
    for (const [spelling, id] of this.idOfBytes) {
      const { score } = pieces[id];
      if (!(score > LOWEST_SCORE)) continue;
      for (let cut = 1; cut < spelling.length; cut++) {
        const left = this.idOfBytes.get(spelling.slice(0, cut));
        const right = this.idOfBytes.get(spelling.slice(cut));
        if (left !== undefined && right !== undefined) this.merges.add(left, right, id, -score);
      }
    }
  }

  encode(text: string): Token[] {
    const { ids, lengths, count } = this.merge(text);
    const list = new TokenList();
    for (let index = 0, end = 0; index < count; index++) list.add(ids[index], (end += lengths[index]));
    return tile([BEGIN_OF_TEXT], list, [], text.length, (id) => this.piece(id));
  }

  encodeIds(text: string): Int32Array {
    const { ids, count } = this.merge(text);
    const all = new Int32Array(count + 1);
    all[0] = BEGIN_OF_TEXT;
    all.set(ids.subarray(0, count), 1);
    return all;
  }

  private merge(text: string): { ids: Int32Array; lengths: Int32Array; count: number } {
    const bytes = Buffer.from(withoutLoneSurrogates(text), 'utf8');
    // Room for the dummy prefix; no more symbols than bytes.
    const ids = new Int32Array(bytes.length + 1);
    const lengths = new Int32Array(bytes.length + 1);
    let count = 0;
    const prefix = this.idOfBytes.get(' ');
    // The prefix stands for no text: its length is 0.
    if (text !== '' && prefix !== undefined) ids[count++] = prefix;
    for (let start = 0; start < bytes.length;) {
      const first = bytes[start];
      const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      const end = start + length;
      const units = length === 4 ? 2 : 1;
      const id = this.idOfBytes.get(bytes.toString('latin1', start, end));
      if (id === undefined) {
        lengths[count] = units;
        for (let at = start; at < end; at++) ids[count++] = bytes[at] + FIRST_BYTE;
      } else {
        lengths[count] = units;
        ids[count++] = id;
      }
      start = end;
    }
    return { ids, lengths, count: this.merges.merge(ids, lengths, count) };
  }

  decode(ids: ArrayLike<number>): string {
    return decodeAll(ids, this.decoding);
  }

  startDecoding(): IncrementalDecoder {
    return new IncrementalDecoder(this.decoding);
  }

  piece(id: number): string {
    return (this.pieceOfId[id] ??= this.describe(id));
  }

  private describe(id: number): string {
    const piece = this.pieces[id];
    if (piece === undefined) return `<${id}>`;
    // The file writes begin and end of text between line feeds.
    return id < FIRST_BYTE ? showBytes(piece.bytes).trim() : showBytes(this.rawBytes(piece.bytes));
  }

  private bytesOf(id: number, previous: number | undefined): Uint8Array | undefined {
    const piece = this.pieces[id];
    if (piece === undefined || id === UNKNOWN || id === BEGIN_OF_TEXT || id === END_OF_TEXT) return undefined;
    const bytes = this.rawBytes(piece.bytes);
    return previous === BEGIN_OF_TEXT && bytes[0] === SPACE ? bytes.subarray(1) : bytes;
  }

  /** The byte that a piece such as `<0x0A>` stands for; any other piece as it is. */
  private rawBytes(bytes: Uint8Array): Uint8Array {
    const byte = bytes.length === 6 ? byteOfPiece(Buffer.from(bytes).toString('latin1')) : undefined;
    return byte === undefined ? bytes : Uint8Array.of(byte);
  }
}
