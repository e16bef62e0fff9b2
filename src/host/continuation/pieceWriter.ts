// Puts pieces of text in their places one after the other, as fast as they can be put. No 'vscode'.

/** Where pieces go. */
export interface TextSink {
  /**
   * Puts text behind the one before; false where it cannot, after which nothing more comes.
   * @param place whether it is the first of all, or the last
   */
  put(text: string, place: { opens: boolean; closes: boolean }): Promise<boolean>;
}

/** Pieces that come while one is being put are put together. */
export class PieceWriter {
  private waiting = '';
  /** The last piece: it waits for the next, so that the edit that ends the step of undo is known as the last. */
  private held = '';
  private opened = false;
  private stopped = false;
  private wasRefused = false;
  private putting: Promise<void> = Promise.resolve();
  private isPutting = false;

  constructor(
    private readonly sink: TextSink,
    private readonly onRefused: () => void,
  ) {}

  /** Whether the text took no more. */
  get refused(): boolean {
    return this.wasRefused;
  }

  add(piece: string): void {
    if (piece === '' || this.stopped) return;
    this.waiting += this.held;
    this.held = piece;
    if (!this.isPutting && this.waiting !== '') this.putting = this.putAll();
  }

  /** Puts what is left; resolves once all that will ever be put is. */
  async end(): Promise<void> {
    await this.putting;
    const text = this.waiting + this.held;
    this.waiting = this.held = '';
    if (text !== '' && !this.stopped) await this.put(text, true);
    this.stopped = true;
  }

  private async putAll(): Promise<void> {
    this.isPutting = true;
    while (this.waiting !== '' && !this.stopped) {
      const text = this.waiting;
      this.waiting = '';
      await this.put(text, false);
    }
    this.isPutting = false;
  }

  private async put(text: string, closes: boolean): Promise<void> {
    const done = await this.sink.put(text, { opens: !this.opened, closes });
    this.opened = true;
    if (done || this.stopped) return;
    this.stopped = this.wasRefused = true;
    this.onRefused();
  }
}
