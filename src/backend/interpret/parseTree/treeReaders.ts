// The readers of trees of all open models, each made when its model is first asked.
import type { LanguageModel } from '../../model/languageModel';
import { ParseTreeReader } from './treeReader';

export class TreeReaders {
  private readonly readers = new Map<string, ParseTreeReader>();

  /** @param path that the model was opened by */
  of(path: string, model: LanguageModel): ParseTreeReader {
    const reader = this.readers.get(path) ?? new ParseTreeReader(model, path);
    this.readers.set(path, reader);
    return reader;
  }

  /** Forgets what was read: the model computes something else now. */
  forget(path: string): void {
    this.readers.get(path)?.forget();
  }

  /** The model is closed. */
  drop(path: string): void {
    this.readers.get(path)?.dispose();
    this.readers.delete(path);
  }
}
