// What a second click must not do twice.

export class UnderWay {
  private readonly keys = new Set<string>();

  /** Does the work of a key; nothing while that of the same key is under way. */
  async once(key: string, work: () => Promise<void>): Promise<void> {
    if (this.keys.has(key)) return;
    this.keys.add(key);
    try {
      await work();
    } finally {
      this.keys.delete(key);
    }
  }
}
