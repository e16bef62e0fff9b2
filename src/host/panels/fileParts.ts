// Files that a page sends in parts: the first asks where to, the others are appended.
import type { FromRunView } from '../../protocol/runViews';

/** Where a file goes. */
export interface FileTarget {
  name: string;
  /** Writes the next bytes; the first replace what is there. */
  write(bytes: Uint8Array, at: { isFirst: boolean; isLast: boolean }): Promise<void>;
}

export interface FilePartsActions {
  /** Asks the person; undefined where there is to be no file. */
  ask(name: string): Promise<FileTarget | undefined>;
  saved(name: string): void;
  failed(name: string, why: string): void;
}

/** A part of a file, as every page says it. */
export type SaveMessage = Extract<FromRunView, { type: 'save' }>;

export class FileParts {
  /** Files of which parts are still to come, by their numbers; undefined in them: declined, or failed. */
  private readonly files = new Map<number, Promise<FileTarget | undefined>>();

  constructor(private readonly actions: FilePartsActions) {}

  /** Takes a part; done when it is written. What goes wrong is said once for a file. */
  async receive({ name, content, part: { file, index, isLast } }: SaveMessage): Promise<void> {
    const isFirst = index === 0;
    const before = isFirst ? this.ask(name) : this.files.get(file);
    if (!before) return;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const after = before.then((target) => target && this.write(target, bytes, { isFirst, isLast }));
    if (isLast) this.files.delete(file);
    else this.files.set(file, after);
    await after;
  }

  /** The page is gone: what has not come will not come. */
  abandon(): void {
    for (const file of this.files.values()) {
      void file.then((target) => {
        if (target) this.actions.failed(target.name, 'the view was closed before all of it had come.');
      });
    }
    this.files.clear();
  }

  private async ask(name: string): Promise<FileTarget | undefined> {
    try {
      return await this.actions.ask(name);
    } catch (error) {
      this.actions.failed(name, wordsOf(error));
      return undefined;
    }
  }

  private async write(
    target: FileTarget,
    bytes: Uint8Array,
    at: { isFirst: boolean; isLast: boolean },
  ): Promise<FileTarget | undefined> {
    try {
      await target.write(bytes, at);
    } catch (error) {
      this.actions.failed(target.name, wordsOf(error));
      return undefined;
    }
    if (at.isLast) this.actions.saved(target.name);
    return target;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
