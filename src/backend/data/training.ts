// What a recipe's data becomes: sources of tokens to train and to evaluate on, and what is known about them.
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import type { Recipe } from '../train/recipe';
import type { Tokenizer } from '../tokenizer';
import { specialToken } from '../tokenizer/train/tokenizerFile';
import { grammarData } from './cfg/trainingData';
import type { DataKind, PreparedData, SourcePlan } from './kind';
import type { TokenSource } from './source';
import { tokenizerOf } from './textTokenizer';
import { storyData } from './stories/trainingData';
import { textData } from './text/trainingData';

export interface TrainingData extends PreparedData {
  tokenizer: Tokenizer;
  /** Ids of the model: those of the tokenizer, and for an encoder that of the mask. */
  vocabulary: number;
  mask?: number;
  /** The ids that a sample begins with. */
  promptIds(prompt: string): number[];
}

const kinds: Record<Recipe['data']['kind'], DataKind> = {
  cfg: grammarData,
  stories: storyData,
  text: textData,
};

/** What stands for a token that is to be guessed: in our own vocabularies, and in BERT's. */
const MASKS = ['<mask>', '[MASK]'];

export function vocabularyOf(recipe: Recipe): number {
  const { model } = recipe;
  const adds = 'architecture' in model && model.architecture === 'encoder';
  return kinds[recipe.data.kind].vocabulary(recipe) + (adds ? 1 : 0);
}

/**
 * @param folder of the run
 * @param causal whether the model predicts the next token; one that sees both ways guesses masked ones
 * @throws SubtextError as `DataKind.prepare`; `recipe` where samples cannot begin as the recipe says
 */
export async function prepareData(
  recipe: Recipe,
  folder: string,
  { causal, n_ctx }: Pick<TransformerConfiguration, 'causal' | 'n_ctx'>,
  log: (message: string) => void,
): Promise<TrainingData> {
  const prepared = await kinds[recipe.data.kind].prepare(recipe, folder, log);
  const { json: tokenizerJson, id: mask } = causal
    ? { json: prepared.tokenizerJson }
    : forEncoder(prepared.tokenizerJson, prepared.endOfText);
  const tokenizer = tokenizerOf(tokenizerJson);
  const begin = prepared.beginOfText ?? prepared.endOfText;
  const data: TrainingData = {
    ...prepared,
    // They are of the token that follows: a guess that sees both sides may be better.
    ...(!causal && { references: [], entropy: undefined }),
    tokenizerJson,
    tokenizer,
    vocabulary: tokenizer.vocabularySize,
    ...(mask !== undefined && { mask }),
    promptIds: (prompt) => {
      const ids = prompt === '' ? [] : tokenizer.encode(prompt).map(({ id }) => id);
      // A model that was trained on packed texts knows where one begins by the end of the one before.
      return ids[0] === begin ? ids : [begin, ...ids];
    },
  };
  // An encoder writes nothing.
  if (causal && recipe.train.samples.count > 0) checkPrompt(recipe.train.samples.prompt, data, n_ctx);
  return data;
}

function checkPrompt(prompt: string, { promptIds }: TrainingData, n_ctx: number): void {
  const refuse = (what: string, remedy: string) =>
    new SubtextError('recipe', `train.samples.prompt ${what}`, remedy);
  let length: number;
  try {
    ({ length } = promptIds(prompt));
  } catch (error) {
    if (!(error instanceof SubtextError) || error.reason !== 'tokenizer') throw error;
    throw refuse(
      `has something that is no token of the data (${error.message})`,
      'Use only what the data has, or leave the prompt out.',
    );
  }
  if (length < n_ctx) return;
  throw refuse(
    `has ${length} tokens with the one that begins a text, and the model takes ${n_ctx}: nothing is left to write`,
    'Shorten the prompt.',
  );
}

export function openSource(plan: SourcePlan): Promise<TokenSource> {
  return kinds[plan.recipe.data.kind].open(plan);
}

/** The tokenizer's own token for what is masked, or one that is added to it. */
/** With a mask, and with the end of text behind a text where its begin stands before it: as it was trained to read. */
function forEncoder(json: object, endOfText: number): { json: object; id: number } {
  const { json: masked, id } = withMask(json);
  return { json: withEnd(masked, endOfText), id };
}

function withEnd(json: object, id: number): object {
  const { post_processor: processor } = json as { post_processor?: Template | null };
  if (processor?.type !== 'TemplateProcessing') return json;
  const end = tokenizerOf(json).piece(id);
  if (processor.single.at(-1)?.SpecialToken?.id === end) return json;
  const added = { SpecialToken: { id: end, type_id: 0 } };
  const special_tokens = { ...processor.special_tokens, [end]: { id: end, ids: [id], tokens: [end] } };
  return {
    ...json,
    post_processor: { ...processor, single: [...processor.single, added], special_tokens },
  };
}

interface Template {
  type: string;
  single: { SpecialToken?: { id: string } }[];
  special_tokens: Record<string, object>;
}

function withMask(json: object): { json: object; id: number } {
  const { added_tokens = [] } = json as { added_tokens?: { content: string; id: number }[] };
  const known = added_tokens.find(({ content }) => MASKS.includes(content));
  if (known) return { json, id: known.id };
  const id = tokenizerOf(json).vocabularySize;
  return { json: { ...json, added_tokens: [...added_tokens, specialToken(id, MASKS[0])] }, id };
}
