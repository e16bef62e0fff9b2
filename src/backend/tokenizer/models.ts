// The models of tokenizer.json that look whole pieces up: WordLevel and WordPiece. Byte-pair encoding is in bytePair.ts.
// The rules are those of Hugging Face tokenizers (Rust, `tokenizers/src/models`).
import { SubtextError } from '../errors';
import type { AlignedText, TokenList } from './alignment';
import { BytePairModel } from './bytePair';
import type { JsonValue } from './jsonValue';
import { MAX_SYMBOLS } from './mergeTable';
import type { Model, Vocabulary } from './model';

/** Words longer than this are unknown in every published WordPiece tokenizer (100); looking is quadratic in it. */
const MAX_WORD_CHARACTERS = 10_000;

/** The vocabulary of a model. @throws SubtextError 'tokenizer' for an unknown model or when an id is not one. */
export function readVocabulary(model: JsonValue): Vocabulary {
  const type = modelType(model);
  if (!['BPE', 'WordPiece', 'WordLevel'].includes(type)) {
    model.fail(`is a model that Subtext does not know, '${type}'`);
  }
  const vocabulary = model.field('vocab').counts(MAX_SYMBOLS - 1);
  if (vocabulary.size === 0) model.field('vocab').fail('has no tokens');
  return vocabulary;
}

/** The model whose vocabulary this is. */
export function readModel(json: JsonValue, vocabulary: Vocabulary): Model {
  switch (modelType(json)) {
    case 'BPE':
      return new BytePairModel(json, vocabulary);
    case 'WordPiece':
      return new WordPieceModel(json, vocabulary);
    default:
      return new WordLevelModel(json, vocabulary);
  }
}

/** Files of old versions do not name the model; its fields tell. */
export function modelType(json: JsonValue): string {
  if (!json.field('type').isMissing) return json.field('type').text();
  if (!json.field('merges').isMissing) return 'BPE';
  if (json.field('vocab').isArray) return 'Unigram';
  return json.field('continuing_subword_prefix').isMissing ? 'WordLevel' : 'WordPiece';
}

/** Every piece is one token. */
class WordLevelModel implements Model {
  private readonly unknown: number | undefined;

  constructor(
    private readonly json: JsonValue,
    private readonly vocabulary: Vocabulary,
  ) {
    this.unknown = vocabulary.get(json.field('unk_token').text('<unk>'));
  }

  encode(piece: AlignedText, list: TokenList): void {
    const id = this.vocabulary.get(piece.text) ?? this.unknown;
    if (id === undefined) {
      throw new SubtextError(
        'tokenizer',
        `${this.json.file} has no token for '${piece.text.slice(0, 40)}' and none for unknown words`,
        `It knows ${this.vocabulary.size} words, such as ${[...this.vocabulary.keys()].slice(0, 8).join(' ')}.`,
      );
    }
    list.add(id, piece.sourceEnd(piece.text.length));
  }
}

/** Greedy longest match from the left; a word that cannot be spelt to its end is unknown as a whole. */
class WordPieceModel implements Model {
  private readonly unknown: number;
  private readonly prefix: string;
  private readonly maxCharacters: number;
  private readonly longest: number;

  constructor(
    json: JsonValue,
    private readonly vocabulary: Vocabulary,
  ) {
    const unknown = json.field('unk_token');
    this.unknown = vocabulary.get(unknown.text('[UNK]')) ?? unknown.fail('is not in the vocabulary');
    this.prefix = json.field('continuing_subword_prefix').text('##');
    this.maxCharacters = json.field('max_input_chars_per_word').count(MAX_WORD_CHARACTERS, 100);
    let longest = 0;
    for (const token of vocabulary.keys()) longest = Math.max(longest, token.length);
    this.longest = longest;
  }

  encode(piece: AlignedText, list: TokenList): void {
    const { text } = piece;
    const ids: number[] = [];
    const ends: number[] = [];
    const isLong = text.length > this.maxCharacters && Array.from(text).length > this.maxCharacters;
    for (let start = 0; start < text.length && !isLong; start = ends.at(-1)!) {
      const prefix = start === 0 ? '' : this.prefix;
      let end = Math.min(text.length, start + this.longest);
      let id: number | undefined;
      while (end > start && (id = this.vocabulary.get(prefix + text.slice(start, end))) === undefined) end--;
      if (id === undefined) break;
      ids.push(id);
      ends.push(end);
    }
    if ((ends.at(-1) ?? 0) < text.length) list.add(this.unknown, piece.sourceEnd(text.length));
    else for (const [index, id] of ids.entries()) list.add(id, piece.sourceEnd(ends[index]));
  }
}
