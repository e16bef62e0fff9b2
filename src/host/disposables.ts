// Who creates a disposable registers it on the same line; the owner disposes of all of them at once.

export interface Disposable {
  dispose(): unknown;
}

/** Holds disposables until it is disposed of itself; what comes later is disposed of at once. */
export class DisposableStore implements Disposable {
  private readonly held = new Set<Disposable>();
  private disposed = false;

  add<Held extends Disposable>(disposable: Held): Held {
    if (this.disposed) disposable.dispose();
    else this.held.add(disposable);
    return disposable;
  }

  /** Disposes of one early. */
  delete(disposable: Disposable): void {
    if (this.held.delete(disposable)) disposable.dispose();
  }

  dispose(): void {
    this.disposed = true;
    for (const disposable of [...this.held].reverse()) disposable.dispose();
    this.held.clear();
  }
}
