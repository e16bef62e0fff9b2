// Memory that nothing refers to any more, given back at once: an engine that waits for the next question allocates
// nothing, and so Node would keep hundreds of megabytes of arrays for as long as nobody asks.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Collects the garbage of this thread, arrays of the native engine included: some tens of milliseconds. */
export async function collectGarbage(): Promise<void> {
  if (!collect) {
    // The one way to it in a process that was not started with the flag.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // What a request held to its very end is garbage one turn later, and Node frees native arrays a turn after that.
  await setImmediate();
  collect();
  await setImmediate();
  // V8 frees large arrays on a thread beside, and some of them not before it collects again.
  collect();
  await setImmediate();
}
