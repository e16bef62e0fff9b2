// A file of lines that another process writes at its end: reads only what is new.
import type { FileHandle } from 'node:fs/promises';
import { openIfThere } from './files';

const CHUNK_BYTES = 1 << 20;
/** The bytes before the present place that are compared, to notice that the file was cut and written anew. */
const COMPARED_BYTES = 256;
/** No line of a run is as long: what is longer is no text, and is passed over in parts. */
const LONGEST_LINE_BYTES = 4 << 20;

export class GrowingLines {
  /** Bytes that were read, all of whole lines. */
  private place = 0;
  private before = Buffer.alloc(0);

  /** @param most bytes to read of what the file holds already; the first line may then be cut */
  constructor(
    private readonly path: string,
    private readonly most = Infinity,
  ) {}

  /**
   * Calls `take` with each whole line that is new; an unfinished last line waits for its end. Where the lines that
   * were read are not in the file any more, `restart` is called first and `take` gets all lines again. `goesOn` is asked
   * after each part of a long file; the rest then waits for the next time.
   */
  async read(restart: () => void, take: (line: string) => void, goesOn = () => true): Promise<void> {
    const opened = await openIfThere(this.path);
    if (!opened) {
      if (this.place > 0) this.forget(restart);
      return;
    }
    const { file, size } = opened;
    try {
      if (!(await this.isContinued(file))) this.forget(restart);
      if (this.place === 0) this.place = Math.max(0, size - this.most);
      await this.readOn(file, size, take, goesOn);
    } finally {
      await file.close();
    }
  }

  private forget(restart: () => void): void {
    this.place = 0;
    this.before = Buffer.alloc(0);
    restart();
  }

  private async isContinued(file: FileHandle): Promise<boolean> {
    const { length } = this.before;
    if (length === 0) return true;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, this.place - length);
    return bytesRead === length && buffer.equals(this.before);
  }

  /** Reads up to `size`: what is written meanwhile is for the next time. */
  private async readOn(
    file: FileHandle,
    size: number,
    take: (line: string) => void,
    goesOn: () => boolean,
  ): Promise<void> {
    let unfinished = Buffer.alloc(0);
    for (;;) {
      const at = this.place + unfinished.length;
      const length = Math.min(CHUNK_BYTES, size - at);
      if (length <= 0) return;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      if (bytesRead === 0) return;
      const known = Buffer.concat([unfinished, buffer.subarray(0, bytesRead)]);
      const isTooLong = known.length > LONGEST_LINE_BYTES;
      const end = isTooLong ? known.length : known.lastIndexOf(0x0a) + 1;
      if (end > 0) {
        for (const line of known.toString('utf8', 0, end).split('\n')) if (line !== '') take(line);
        this.place += end;
        this.before = Buffer.concat([this.before, known.subarray(0, end)]).subarray(-COMPARED_BYTES);
      }
      unfinished = known.subarray(end);
      if (!goesOn()) return;
    }
  }
}
