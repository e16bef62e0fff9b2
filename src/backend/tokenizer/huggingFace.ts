// A tokenizer from Hugging Face's tokenizer.json: normalizer, pre-tokenizer, model, post-processor, decoder. The steps
// are ours, because each has to carry the places of the characters along. @huggingface/tokenizers 0.2 gives no places,
// and its ids and texts differ from the Python library's for WordLevel models, ASCII-only \w and \d, U+FEFF, final
// sigmas, Chinese beyond U+FFFF, Metaspace with split, Punctuation and Split with merging behaviors, and single-word
// added tokens. What we take from it is the translation of Oniguruma's patterns.
import { SubtextError } from '../errors';
import type { AddedToken } from './addedTokens';
import { AddedTokenFinder, readAddedTokens } from './addedTokens';
import { AlignedText, tile, TokenList, withoutLoneSurrogates } from './alignment';
import type { Spelling } from './decoders';
import { readDecoder } from './decoders';
import { IdList, WordEncoder } from './fastEncoding';
import type { Decoding } from './incrementalDecoder';
import { decodeAll, IncrementalDecoder } from './incrementalDecoder';
import type { JsonValue } from './jsonValue';
import type { Model } from './model';
import { modelType, readModel, readVocabulary } from './models';
import type { Normalizer } from './normalizers';
import { readNormalizer } from './normalizers';
import { withTimeLimit } from './patterns';
import type { Surroundings } from './postProcessor';
import { readPostProcessor } from './postProcessor';
import type { PreTokenizer } from './preTokenizers';
import { readPreTokenizer } from './preTokenizers';
import type { Token, Tokenizer } from './tokenizer';

/** Added tokens up to this length are found at a place by looking at most this often. */
const SHORT_ADDED_TOKEN = 64;

/** Special tokens that end a text in published models, for files that do not name theirs. */
const KNOWN_ENDS = ['<|endoftext|>', '</s>', '<|end_of_text|>', '<eos>'];

/**
 * Reads a tokenizer.json.
 * @param end token that ends a text: its content, or its id; undefined when no file says so
 * @throws SubtextError 'tokenizer' when the file is broken or asks for something that is not known
 */
export function readHuggingFaceTokenizer(json: JsonValue, end?: string | number): Tokenizer {
  return new HuggingFaceTokenizer(json, end);
}

class HuggingFaceTokenizer implements Tokenizer {
  readonly kind: string;
  readonly vocabularySize: number;
  readonly beginOfText: number | undefined;
  readonly endOfText: number | undefined;
  private readonly file: string;
  private readonly normalizer: Normalizer;
  private readonly preTokenizer: PreTokenizer;
  private readonly model: Model;
  private readonly words: WordEncoder | undefined;
  private readonly ids = new IdList();
  /** Whether ids take time in proportion to the text, whatever the file asks for. */
  private readonly isLinear: boolean;
  private readonly surroundings: Surroundings;
  private readonly spelling: Spelling;
  private readonly rawFinder: AddedTokenFinder;
  private readonly normalizedFinder: AddedTokenFinder;
  private readonly tokenOfId: (string | undefined)[] = [];
  private readonly addedOfId = new Map<number, AddedToken>();
  private readonly pieceOfId: (string | undefined)[] = [];
  /** What each token adds to a text that has begun. */
  private readonly bytesOfId: (Uint8Array | undefined)[] = [];
  private readonly decoding: Decoding;

  constructor(json: JsonValue, end: string | number | undefined) {
    this.file = json.file;
    const model = json.field('model');
    const vocabulary = readVocabulary(model);
    this.normalizer = readNormalizer(json.field('normalizer'));
    this.preTokenizer = readPreTokenizer(json.field('pre_tokenizer'));
    this.model = readModel(model, vocabulary);
    this.words = WordEncoder.read(json.field('pre_tokenizer'), this.model);
    this.surroundings = readPostProcessor(json.field('post_processor'));
    this.spelling = readDecoder(json.field('decoder'));

    const added = readAddedTokens(json.field('added_tokens'));
    this.rawFinder = new AddedTokenFinder(added.filter((token) => !token.isNormalized));
    this.normalizedFinder = this.guarded(
      () =>
        new AddedTokenFinder(
          added.filter((token) => token.isNormalized),
          this.normalizer,
        ),
      0,
    );
    this.isLinear =
      this.words?.isLinear === true &&
      isLinearNormalizer(json.field('normalizer')) &&
      added.every(({ content }) => content.length <= SHORT_ADDED_TOKEN);
    for (const [token, id] of vocabulary) this.tokenOfId[id] = token;
    for (const token of added) {
      this.tokenOfId[token.id] = token.content;
      this.addedOfId.set(token.id, token);
    }
    this.vocabularySize = this.tokenOfId.length;
    this.beginOfText = this.surroundings.before[0];
    this.endOfText = this.findEnd(end);
    const unknown = model.field('unk_token').text('');
    this.kind = describeKind(
      json,
      vocabulary.keys(),
      new Set([unknown, ...added.map(({ content }) => content)]),
    );
    this.decoding = {
      bytesOf: (id, _previous, isFirst) => this.bytesOf(id, isFirst),
      leading: this.spelling.leading,
    };
  }

  encode(text: string): Token[] {
    const list = this.guarded(() => this.encodeText(withoutLoneSurrogates(text)), text.length);
    const { before, after } = this.surroundings;
    return tile(before, list, after, text.length, (id) => this.piece(id));
  }

  encodeIds(text: string): Int32Array {
    const { before, after } = this.surroundings;
    const wellFormed = withoutLoneSurrogates(text);
    const task = (): Int32Array => {
      this.ids.take();
      this.ids.addAll(before);
      this.addIds(wellFormed);
      this.ids.addAll(after);
      return this.ids.take();
    };
    // The guard takes as long as several hundred words.
    return this.isLinear ? task() : this.guarded(task, text.length);
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

  private encodeText(text: string): TokenList {
    const list = new TokenList();
    this.forEachPart(text, (part, id) => {
      if (id !== undefined) list.add(id, part.sourceEnd(part.text.length));
      else for (const piece of this.preTokenizer([part])) this.model.encode(piece, list);
    });
    return list;
  }

  private addIds(text: string): void {
    const { words } = this;
    if (words === undefined) {
      this.ids.addAll(this.encodeText(text).ids);
      return;
    }
    this.forEachPart(text, (part, id) => {
      if (id !== undefined) this.ids.add(id);
      else words.encode(part.text, this.ids);
    });
  }

  /** Visits the added tokens of a text, and what stands between them, normalized. */
  private forEachPart(text: string, visit: (part: AlignedText, id: number | undefined) => void): void {
    for (const part of this.rawFinder.split(text)) {
      const source = AlignedText.ofSource(text, part.start, part.end);
      if (part.id !== undefined) {
        visit(source, part.id);
        continue;
      }
      const normalized = this.normalizer(source);
      for (const { id, start, end } of this.normalizedFinder.split(normalized.text))
        visit(normalized.slice(start, end), id);
    }
  }

  private bytesOf(id: number, isFirst: boolean): Uint8Array | undefined {
    const token = this.tokenOfId[id];
    if (token === undefined || this.addedOfId.get(id)?.isSpecial === true) return undefined;
    if (isFirst) return this.spelling.bytesOf(token, true);
    return (this.bytesOfId[id] ??= this.spelling.bytesOf(token, false));
  }

  private describe(id: number): string {
    const token = this.tokenOfId[id];
    if (token === undefined) return `<${id}>`;
    return this.addedOfId.has(id) ? token : this.spelling.show(token);
  }

  private findEnd(end: string | number | undefined): number | undefined {
    if (typeof end === 'number') return this.tokenOfId[end] === undefined ? undefined : end;
    const special = [...this.addedOfId.values()].filter((token) => token.isSpecial);
    for (const content of end === undefined ? KNOWN_ENDS : [end]) {
      const id = special.find((token) => token.content === content)?.id ?? this.tokenOfId.indexOf(content);
      if (id >= 0) return id;
    }
    return undefined;
  }

  /** Runs what a file asks for: in bounded time, and with its name on every failure. */
  private guarded<Result>(task: () => Result, units: number): Result {
    try {
      return withTimeLimit(task, units, this.file);
    } catch (error) {
      if (error instanceof SubtextError) throw error;
      const what = error instanceof Error ? error.message : String(error);
      throw new SubtextError(
        'tokenizer',
        `${this.file} cannot be used on this text: ${what}`,
        'Select less text.',
      );
    }
  }
}

/** None, or that of Pythia and Qwen 2. */
function isLinearNormalizer(json: JsonValue): boolean {
  return json.isMissing || json.field('type').value === 'NFC';
}

function describeKind(json: JsonValue, tokens: Iterable<string>, special: ReadonlySet<string>): string {
  switch (modelType(json.field('model'))) {
    case 'WordPiece':
      return 'WordPiece';
    case 'WordLevel':
      for (const token of tokens) if (!special.has(token) && Array.from(token).length > 1) return 'words';
      return 'characters';
    default:
      if (hasType(json.field('pre_tokenizer'), 'ByteLevel')) return 'byte-level BPE';
      return json.field('model').field('byte_fallback').flag(false) ||
        hasType(json.field('pre_tokenizer'), 'Metaspace')
        ? 'SentencePiece BPE'
        : 'BPE';
  }
}

function hasType(json: JsonValue, type: string): boolean {
  if (json.isMissing) return false;
  if (json.field('type').text() !== 'Sequence') return json.field('type').text() === type;
  return json
    .field('pretokenizers')
    .items()
    .some((step) => hasType(step, type));
}
