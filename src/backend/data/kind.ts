// What every kind of data can do.
import type { ReferenceLine, RunSample } from '../../protocol/runs';
import type { Recipe } from '../train/recipe';
import type { TokenSource } from './source';

/** All that another thread needs to make the same source. */
export interface SourcePlan {
  recipe: Recipe;
  split: 'train' | 'validation';
  /** Run directory, with the tokenizer and, for text, the cache of its tokens. */
  folder: string;
}

/** What is known of a recipe's data once it is ready to be read. */
export interface PreparedData {
  /** Of the checkpoints' tokenizer.json. */
  tokenizerJson: object;
  beginOfText?: number;
  endOfText: number;
  /** Losses to compare with, nats per token. */
  references: ReferenceLine[];
  /** Nats per token that no model can do better than, where that is known. */
  entropy?: number;
  /** What is said of a text that the model wrote. */
  judge(text: string): RunSample;
}

/** A kind of data. */
export interface DataKind {
  /** How many ids there will be; before a tokenizer is trained, about how many. */
  vocabulary(recipe: Recipe): number;
  /**
   * Makes what the sources need: trains a tokenizer, reads texts. What is in the folder already is used again.
   * @throws SubtextError `data`, `grammar`, `tokenizer`, `file-access`
   */
  prepare(recipe: Recipe, folder: string, log: (message: string) => void): Promise<PreparedData>;
  /** A source of data that was prepared. */
  open(plan: SourcePlan): Promise<TokenSource>;
}
