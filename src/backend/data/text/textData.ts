// Which text is to be tokenized, and how.
import type { Cancellation } from '../../cancellation';
import type { Separator } from './plainText';

/** What a recipe says about its text. */
export interface TextData {
  /** Files, folders and patterns. */
  files: readonly string[];
  /** Folder that they are relative to. */
  base: string;
  /** Where the text stands in JSONL and Parquet. Default: 'text'. */
  column?: string;
  /** What stands between two documents of a `.txt`. Default: 'end-of-text'. */
  separator?: Separator;
  /** A share of the documents, chosen by their content, so that the same document is never on both sides; or files. */
  validation: { share: number } | { files: readonly string[] };
}

export interface TokenCacheOptions {
  /** Where token files are kept; made if it is not there. */
  folder: string;
  /** Tells tokenizers apart: a hash of tokenizer.json. */
  tokenizerHash: string;
  cancellation?: Cancellation;
  /** @param bytes of text done, @param total of all files */
  onProgress?: (bytes: number, total: number) => void;
}
