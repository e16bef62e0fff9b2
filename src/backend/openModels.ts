// The open models, each once, by whatever path it was asked for.
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SubtextError } from './errors';
import type { LanguageModel } from './model/languageModel';

export class OpenModels {
  /** By id: the path that it was opened by. */
  private readonly models = new Map<string, LanguageModel>();
  /** Where each model really lies, by its id. */
  private readonly places = new Map<string, string>();
  private newest: string | undefined;

  /** The id of the model opened, or asked for again, last. */
  get current(): string | undefined {
    return this.newest;
  }

  [Symbol.iterator](): IterableIterator<[string, LanguageModel]> {
    return this.models.entries();
  }

  /** @throws SubtextError `no-model` */
  get(id: string): LanguageModel {
    const model = this.models.get(id);
    if (model) return model;
    throw new SubtextError('no-model', `The model ${id} is not open`, 'Open it with Subtext: Open Model….');
  }

  /**
   * Makes a model the current one.
   * @param load where it is not open yet
   * @returns its id
   */
  async open(path: string, load: (id: string) => Promise<LanguageModel>): Promise<string> {
    const given = resolve(path);
    // Only to tell checkpoints apart: the files beside a link are found by its own path.
    const place = await realpath(given).catch(() => given);
    const id = [...this.places].find(([, other]) => other === place)?.[0] ?? given;
    if (!this.models.has(id)) {
      const model = await load(id);
      // Somebody else may have asked for it meanwhile.
      if (this.models.has(id)) model.dispose();
      else this.models.set(id, model);
      this.places.set(id, place);
    }
    this.newest = id;
    return id;
  }

  /** Puts another in the place of each, as on another engine. */
  replace(change: (model: LanguageModel) => LanguageModel): void {
    for (const [id, model] of this.models) this.models.set(id, change(model));
  }

  close(id: string): void {
    this.models.get(id)?.dispose();
    this.models.delete(id);
    this.places.delete(id);
    if (this.newest === id) this.newest = [...this.models.keys()].at(-1);
  }
}
