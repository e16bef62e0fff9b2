// The documents of a recipe as a model reads them, one after the other: fresh strings of a grammar, or texts of files.
import type { Cancellation } from '../../cancellation';
import { throwIfCancelled } from '../../cancellation';
import { sampleWriter, wordsOf } from '../../data/cfg/cfgText';
import { checkVocabulary } from '../../data/cfg/evaluate';
import type { Grammar } from '../../data/cfg/grammar';
import { latentLabels, type LatentLabels } from '../../data/cfg/labels';
import { sampleTree, samplingRandom } from '../../data/cfg/sample';
import { BEGIN_ID, endId } from '../../data/cfg/tokens';
import { openGrammar } from '../../data/cfg/open';
import { readTextBlocks } from '../../data/text/blocks';
import { readDocuments } from '../../data/text/documents';
import { LONGEST_LINE, lineError, objectOf, textIn } from '../../data/text/jsonLines';
import { findTextFiles, type TextFile } from '../../data/text/textFiles';
import { SubtextError } from '../../errors';
import { shown } from '../../files';
import type { LanguageModel } from '../../model/languageModel';
import type { ProbeRecipe } from './recipeSchema';

/** A document with its tokens, not yet cut to the model's context. */
export interface ReadDocument {
  /** Documents with the same key stay in one split. */
  key: string;
  ids: Int32Array;
  /** Positions in `ids` of the tokens that stand for text. */
  rows: Int32Array;
  shown: ShownText;
  /** Of a grammar. */
  tree?: { grammar: Grammar; labels: LatentLabels };
  /** Of files. */
  text?: LabelledText;
}

/** A document as a person reads it. */
export interface ShownText {
  text: string;
  /** UTF-16 ranges of the tokens of `rows`. */
  ranges: { start: number; end: number }[];
}

export interface LabelledText extends ShownText {
  /** File and line, for messages. */
  place: string;
  /** The other columns of its line. */
  columns: Record<string, unknown>;
}

type GrammarData = Extract<ProbeRecipe['data'], { kind: 'cfg' }>;
type TextData = Extract<ProbeRecipe['data'], { kind: 'text' }>;

/**
 * @throws SubtextError `grammar` for a model of another vocabulary or a grammar whose strings it cannot read; `tokenizer`,
 * `data`, `not-found`, `file-access`
 */
export async function* documentsOf(
  { data, seed }: ProbeRecipe,
  model: LanguageModel,
  cancellation: Cancellation,
): AsyncGenerator<ReadDocument> {
  if (data.kind === 'cfg') yield* grammarDocuments(data, model, seed);
  else yield* textDocuments(data, model, cancellation);
}

/** Each is read as in training: begin of text, the terminals, end of text. */
function* grammarDocuments(
  { grammar: name, drop, documents }: GrammarData,
  model: LanguageModel,
  seed: number,
): Generator<ReadDocument> {
  const grammar = openGrammar(name, drop);
  checkVocabulary(model, grammar);
  const { n_ctx } = model.configuration;
  if (grammar.maxLength + 2 > n_ctx) {
    throw new SubtextError(
      'grammar',
      `Strings of ${grammar.name} have up to ${grammar.maxLength} terminals, and the model reads ${n_ctx} tokens with begin and end`,
      'Drop levels of the grammar (data.drop), or take a model with a longer context.',
    );
  }
  const random = samplingRandom(seed, 'probe');
  const write = sampleWriter(grammar, true);
  for (let made = 0; made < documents; made++) {
    const sample = sampleTree(grammar, random);
    const { tokens, tree } = sample;
    const text = write(sample);
    yield {
      key: tokens.join(),
      ids: Int32Array.from([BEGIN_ID, ...tokens, endId(grammar)]),
      rows: Int32Array.from(tokens, (_, index) => index + 1),
      shown: { text, ranges: wordsOf(text, { start: 0, end: text.length }, tokens.length) },
      tree: { grammar, labels: latentLabels(grammar, tree) },
    };
  }
}

async function* textDocuments(
  { files, column, separator, tokens: most, group }: TextData,
  model: LanguageModel,
  cancellation: Cancellation,
): AsyncGenerator<ReadDocument> {
  let read = 0;
  for (const file of await findTextFiles(files, '/')) {
    const texts =
      file.format === 'json-lines' ? labelledLines(file, column) : plainTexts(file, column, separator);
    for await (const { text, place, columns } of texts) {
      throwIfCancelled(cancellation);
      const tokens = model.tokenizer.encode(text);
      const standing = tokens.flatMap(({ start, end }, row) => (end > start ? [{ row, start, end }] : []));
      if (standing.length === 0) continue;
      yield {
        key: group === undefined ? text : keyOf(columns[group], group, place),
        ids: Int32Array.from(tokens, ({ id }) => id),
        rows: Int32Array.from(standing, ({ row }) => row),
        shown: { text, ranges: standing },
        text: { place, text, columns, ranges: standing },
      };
      if ((read += standing.length) >= most) return;
    }
  }
}

function keyOf(value: unknown, column: string, place: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new SubtextError(
    'data',
    `${place} has no text or number in '${shown(column)}', by which documents are grouped`,
    'Give every line one, or leave data.group out.',
  );
}

type Line = Pick<LabelledText, 'text' | 'place' | 'columns'>;

async function* plainTexts(
  file: TextFile,
  column: string,
  separator: TextData['separator'],
): AsyncGenerator<Line> {
  let text = '';
  let number = 1;
  for await (const part of readDocuments([file], { column, separator })) {
    text += part.text;
    if (!part.ends) continue;
    yield { text, place: `${shown(file.path)}, document ${number++}`, columns: {} };
    text = '';
  }
}

/** Lines of JSON, with their texts as they are: offsets of labels count white space at the ends too. */
async function* labelledLines({ path }: TextFile, column: string): AsyncGenerator<Line> {
  let pending = '';
  let number = 1;
  const parsed = (line: string): Line[] => {
    const place = `${shown(path)}, line ${number++}`;
    return line.trim() === '' ? [] : [parseLine(line, column, place)];
  };
  for await (const block of readTextBlocks(path)) {
    const lines = (pending + block.text).split('\n');
    pending = lines.pop()!;
    for (const line of lines) yield* parsed(line);
    if (pending.length > LONGEST_LINE) throw lineError(`${shown(path)}, line ${number}`, 'is too long');
  }
  yield* parsed(pending);
}

function parseLine(line: string, column: string, place: string): Line {
  const columns = objectOf(line, place);
  return { text: textIn(columns, column, place), place, columns };
}
