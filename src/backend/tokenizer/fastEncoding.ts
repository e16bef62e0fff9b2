// Token ids without their places, for training: the words of a text repeat, so that nearly all of them are looked up and
// only new ones go through the steps that carry places along.
import { AlignedText, TokenList } from './alignment';
import { JsonValue } from './jsonValue';
import type { Model } from './model';
import { gpt2Words, readPattern } from './patterns';
import { readPreTokenizer, type PreTokenizer } from './preTokenizers';

/** Most distinct words of a large corpus; then the memory is emptied. About 20 MB. */
const MAX_REMEMBERED_WORDS = 100_000;
/** Words repeat, long pieces do not. */
const MAX_REMEMBERED_LENGTH = 64;

/** tokenizer.json of Llama 3 and of Qwen 2: patterns that are known to take time in proportion to the text. */
const PUBLISHED_WORDS = [String.raw`\p{N}{1,3}`, String.raw`\p{N}`].map(
  (numbers) =>
    String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${numbers}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
);

/** Cuts a text where the rest of a tokenizer's steps sees nothing of what stands beside. */
interface WordSplitter {
  split(text: string): readonly string[];
  /** What is left to do with each word. */
  rest: PreTokenizer;
  /** Takes time in proportion to the text, whatever is in it; a pattern from a file may not. */
  isLinear: boolean;
}

/** Token ids in a row that grows. */
export class IdList {
  private ids = new Int32Array(256);
  private count = 0;

  add(id: number): void {
    if (this.count === this.ids.length) this.reserve(1);
    this.ids[this.count++] = id;
  }

  addAll(ids: ArrayLike<number>): void {
    if (this.count + ids.length > this.ids.length) this.reserve(ids.length);
    for (let index = 0; index < ids.length; index++) this.ids[this.count++] = ids[index];
  }

  /** A copy of the ids; the list is empty afterwards. */
  take(): Int32Array {
    const ids = this.ids.slice(0, this.count);
    this.count = 0;
    return ids;
  }

  private reserve(more: number): void {
    const grown = new Int32Array(Math.max(2 * this.ids.length, this.count + more));
    grown.set(this.ids);
    this.ids = grown;
  }
}

/** The ids of texts without added tokens, word by word. */
export class WordEncoder {
  private readonly idsOfWord = new Map<string, Int32Array>();

  private constructor(
    private readonly splitter: WordSplitter,
    private readonly model: Model,
  ) {}

  /** @returns undefined where the pre-tokenizer does not begin with a step that cuts the text into words */
  static read(preTokenizer: JsonValue, model: Model): WordEncoder | undefined {
    const splitter = readSplitter(preTokenizer);
    return splitter && new WordEncoder(splitter, model);
  }

  get isLinear(): boolean {
    return this.splitter.isLinear;
  }

  encode(text: string, list: IdList): void {
    for (const word of this.splitter.split(text)) {
      const ids = this.idsOfWord.get(word) ?? this.encodeWord(word);
      if (ids.length === 1) list.add(ids[0]);
      else list.addAll(ids);
    }
  }

  private encodeWord(word: string): Int32Array {
    const list = new TokenList();
    const pieces = this.splitter.rest([AlignedText.ofSource(word, 0, word.length)]);
    for (const piece of pieces) this.model.encode(piece, list);
    const ids = Int32Array.from(list.ids);
    if (word.length <= MAX_REMEMBERED_LENGTH) {
      if (this.idsOfWord.size >= MAX_REMEMBERED_WORDS) this.idsOfWord.clear();
      this.idsOfWord.set(detached(word), ids);
    }
    return ids;
  }
}

/** V8 lets a longer substring point into its text, which then stays in memory as long as the substring. */
const LONGEST_COPIED = 12;

/** The same text, keeping nothing else in memory. */
export function detached(word: string): string {
  return word.length <= LONGEST_COPIED ? word : Buffer.from(word, 'utf16le').toString('utf16le');
}

function readSplitter(json: JsonValue): WordSplitter | undefined {
  if (json.isMissing) return undefined;
  switch (json.field('type').text()) {
    case 'Sequence': {
      const [first, ...rest] = json.field('pretokenizers').items();
      const splitter = (first as JsonValue | undefined) && readSplitter(first);
      // Metaspace asks whether a piece stands at the start of the text.
      if (!splitter || rest.some((step) => step.field('type').text() === 'Metaspace')) return undefined;
      const steps = [splitter.rest, ...rest.map(readPreTokenizer)];
      return { ...splitter, rest: (pieces) => steps.reduce((current, step) => step(current), pieces) };
    }
    case 'ByteLevel': {
      if (json.field('add_prefix_space').flag(true) || !json.field('use_regex').flag(true)) return undefined;
      const bytes = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
      return {
        split: (text) => text.match(gpt2Words) ?? [],
        rest: readPreTokenizer(new JsonValue(bytes, json.file)),
        isLinear: true,
      };
    }
    case 'Split': {
      const words = publishedWords(json);
      if (words)
        return { split: (text) => text.match(words) ?? [], rest: (pieces) => pieces, isLinear: true };
      if (isEachCharacter(json))
        return { split: Array.from<string>, rest: (pieces) => pieces, isLinear: true };
      return { ...splitterOf(json), isLinear: json.field('pattern').field('Regex').isMissing };
    }
    case 'Whitespace':
    case 'WhitespaceSplit':
      return splitterOf(json);
    default:
      return undefined;
  }
}

/** The words of a published model, which cover every text. */
function publishedWords(json: JsonValue): RegExp | undefined {
  const pattern = json.field('pattern');
  const isWhole = json.field('behavior').value === 'Isolated' && !json.field('invert').flag(false);
  if (!isWhole || !pattern.isObject) return undefined;
  const source = pattern.field('Regex').value;
  return PUBLISHED_WORDS.some((words) => words === source) ? readPattern(pattern) : undefined;
}

function isEachCharacter(json: JsonValue): boolean {
  const pattern = json.field('pattern');
  return (
    pattern.isObject &&
    pattern.field('Regex').value === '[\\s\\S]' &&
    json.field('behavior').value === 'Isolated' &&
    !json.field('invert').flag(false)
  );
}

function splitterOf(json: JsonValue): WordSplitter {
  const step = readPreTokenizer(json);
  return {
    split: (text) => step([AlignedText.ofSource(text, 0, text.length)]).map((piece) => piece.text),
    rest: (pieces) => pieces,
    isLinear: true,
  };
}
