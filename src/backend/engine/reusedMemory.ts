// Memory of outputs that nobody looks at any more, for the next runs. New memory costs a good part of the time of what is
// written there: the system makes it page by page, and JavaScript looks for garbage whenever arrays have taken so much
// (bench/NOTES.md).
import { constants } from 'node:buffer';
import type { NamedTensors } from './executor';

/** Milliseconds after which memory that was given back and not taken again goes to the system. */
const KEPT = 2000;

/** What came from here and is in use: other memory may belong to weights or inputs. */
const lent = new WeakSet<ArrayBuffer>();
/** By size in bytes. */
let free = new Map<number, ArrayBuffer[]>();
let forgetting: NodeJS.Timeout | undefined;

/** Memory with nothing certain in it. */
export function memoryFor(bytes: number): ArrayBuffer {
  const memory = free.get(bytes)?.pop() ?? newMemory(bytes);
  lent.add(memory);
  return memory;
}

function newMemory(bytes: number): ArrayBuffer {
  return bytes <= constants.MAX_LENGTH ? Buffer.allocUnsafeSlow(bytes).buffer : new ArrayBuffer(bytes);
}

/**
 * Takes the memory of a run's outputs back, and empties the map: later runs write over their numbers. For loops that look
 * at each run once. All outputs of `run`, and never those of `runHolding`, which may share memory with what is held.
 */
export function giveBack(outputs: NamedTensors): void {
  // What is left has other sizes, or is another loop's, which makes its memory anew.
  free = new Map();
  for (const { data } of outputs.values()) {
    const memory = data.buffer;
    // Outputs may share it.
    if (!(memory instanceof ArrayBuffer && lent.delete(memory))) continue;
    const alike = free.get(memory.byteLength);
    if (alike) alike.push(memory);
    else free.set(memory.byteLength, [memory]);
  }
  outputs.clear();
  clearTimeout(forgetting);
  forgetting = setTimeout(() => (free = new Map()), KEPT);
  forgetting.unref();
}
