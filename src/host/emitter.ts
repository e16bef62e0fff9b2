// An event without 'vscode', so that what fires it can be tested without an editor.
import type { Disposable } from './disposables';

export type Listener<Value> = (value: Value) => void;
export type Event<Value> = (listener: Listener<Value>) => Disposable;

/** Tells its listeners, in the order in which they came. */
export class Emitter<Value> implements Disposable {
  private readonly listeners = new Set<Listener<Value>>();

  readonly event: Event<Value> = (listener) => {
    // A wrapper, so that the same function may listen twice.
    const own: Listener<Value> = (value) => listener(value);
    this.listeners.add(own);
    return { dispose: () => this.listeners.delete(own) };
  };

  fire(value: Value): void {
    for (const listener of [...this.listeners]) listener(value);
  }

  dispose(): void {
    this.listeners.clear();
  }
}
