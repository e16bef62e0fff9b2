// The BPE model of tokenizer.json. Our own and not that of @huggingface/tokenizers, which takes 17 seconds for 1 MB of
// text without pre-tokenizer (Llama 2) and does not say which characters became unknown tokens.
// The rules are those of Hugging Face tokenizers (Rust, `tokenizers/src/models/bpe`); dropout is left out, as in use.
import type { AlignedText, TokenList } from './alignment';
import { pieceOfByte } from './byteLevel';
import type { JsonValue } from './jsonValue';
import { MergeTable } from './mergeTable';
import type { Model, Vocabulary } from './model';

/** Words repeat, long pieces do not. */
const MAX_REMEMBERED_LENGTH = 64;
/** Distinct words of a few MB of text; then the memory is emptied. */
const MAX_REMEMBERED_PIECES = 50_000;

/** The tokens of a piece; `lengths` in UTF-16 units of the piece. */
interface EncodedPiece {
  ids: Int32Array;
  lengths: Int32Array;
}

const encoder = new TextEncoder();

export class BytePairModel implements Model {
  private readonly merges = new MergeTable();
  private readonly unknown: number | undefined;
  private readonly fusesUnknown: boolean;
  private readonly usesBytes: boolean;
  private readonly ignoresMerges: boolean;
  private readonly prefix: string;
  private readonly suffix: string;
  private readonly remembered = new Map<string, EncodedPiece>();

  constructor(
    json: JsonValue,
    private readonly vocabulary: Vocabulary,
  ) {
    const unknown = json.field('unk_token');
    if (!unknown.isMissing) {
      this.unknown = vocabulary.get(unknown.text()) ?? unknown.fail('is not in the vocabulary');
    }
    this.fusesUnknown = json.field('fuse_unk').flag(false);
    this.usesBytes = json.field('byte_fallback').flag(false);
    this.ignoresMerges = json.field('ignore_merges').flag(false);
    this.prefix = json.field('continuing_subword_prefix').text('');
    this.suffix = json.field('end_of_word_suffix').text('');
    this.readMerges(json.field('merges'));
  }

  encode(piece: AlignedText, list: TokenList): void {
    const { ids, lengths } = this.encodeText(piece.text);
    let end = 0;
    for (let index = 0; index < ids.length; index++)
      list.add(ids[index], piece.sourceEnd((end += lengths[index])));
  }

  /** Pairs of tokens that may be joined, the sooner the earlier: `["a", "b"]`, in older files `"a b"`. */
  private readMerges(json: JsonValue): void {
    if (!Array.isArray(json.value)) json.fail('is not an array');
    for (const [rank, merge] of (json.value as unknown[]).entries()) {
      const parts: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
      const [left, right] = isPairOfTexts(parts) ? parts : json.item(rank).fail('is not a pair of tokens');
      const joined = left + right.slice(this.prefix.length);
      const ids = [left, right, joined].map((token) => this.vocabulary.get(token));
      if (ids.includes(undefined))
        json.item(rank).fail(`joins or gives what is not in the vocabulary ('${joined}')`);
      this.merges.add(ids[0]!, ids[1]!, ids[2]!, rank);
    }
  }

  private encodeText(text: string): EncodedPiece {
    const known = this.remembered.get(text);
    if (known !== undefined) return known;
    const encoded = this.mergeText(text);
    if (text.length <= MAX_REMEMBERED_LENGTH) {
      if (this.remembered.size >= MAX_REMEMBERED_PIECES) this.remembered.clear();
      this.remembered.set(text, encoded);
    }
    return encoded;
  }

  private mergeText(text: string): EncodedPiece {
    if (this.ignoresMerges) {
      const id = this.vocabulary.get(text);
      if (id !== undefined) return { ids: Int32Array.of(id), lengths: Int32Array.of(text.length) };
    }
    const row = new SymbolRow(text.length);
    for (let index = 0; index < text.length;) {
      const length = text.codePointAt(index)! > 0xffff ? 2 : 1;
      let spelling = text.slice(index, index + length);
      if (index > 0) spelling = this.prefix + spelling;
      index += length;
      if (index === text.length) spelling += this.suffix;
      this.addCharacter(spelling, length, row);
    }
    const { ids, lengths, count } = row;
    const left = this.merges.merge(ids, lengths, count);
    return { ids: ids.slice(0, left), lengths: lengths.slice(0, left) };
  }

  /** One character: a token, its bytes as tokens, an unknown token, or nothing when there is none for that. */
  private addCharacter(spelling: string, length: number, row: SymbolRow): void {
    const id = this.vocabulary.get(spelling);
    if (id !== undefined) {
      row.add(id, length);
      return;
    }
    const bytes = this.usesBytes ? this.byteTokens(spelling) : undefined;
    if (bytes !== undefined) {
      for (const [index, byte] of bytes.entries()) row.add(byte, index === 0 ? length : 0);
      return;
    }
    if (this.unknown === undefined) row.skip(length);
    else if (this.fusesUnknown && row.endsWithUnknown) row.extend(length);
    else row.add(this.unknown, length, true);
  }

  private byteTokens(spelling: string): number[] | undefined {
    const ids: number[] = [];
    for (const byte of encoder.encode(spelling)) {
      const id = this.vocabulary.get(pieceOfByte(byte));
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  }
}

function isPairOfTexts(value: unknown): value is [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'string'
  );
}

/** The symbols of a piece before merging; grows, because the bytes of a character are symbols too. */
class SymbolRow {
  ids: Int32Array;
  lengths: Int32Array;
  count = 0;
  endsWithUnknown = false;
  /** Units without a token, which go to the next one. */
  private skipped = 0;

  constructor(size: number) {
    this.ids = new Int32Array(size);
    this.lengths = new Int32Array(size);
  }

  add(id: number, length: number, isUnknown = false): void {
    if (this.count === this.ids.length) this.grow();
    this.ids[this.count] = id;
    this.lengths[this.count++] = length + this.skipped;
    this.skipped = 0;
    this.endsWithUnknown = isUnknown;
  }

  /** Makes the last symbol stand for more units. */
  extend(length: number): void {
    this.lengths[this.count - 1] += length;
  }

  skip(length: number): void {
    this.skipped += length;
  }

  private grow(): void {
    const [ids, lengths] = [this.ids, this.lengths];
    this.ids = new Int32Array(2 * ids.length + 4);
    this.lengths = new Int32Array(2 * ids.length + 4);
    this.ids.set(ids);
    this.lengths.set(lengths);
  }
}
