// Memory of outputs that nobody looks at any more, for the next runs. New memory costs as much as computing what is written
// there: the system makes it page by page, and JavaScript looks for garbage whenever arrays have taken so much
// (bench/NOTES.md). Whoever runs a model again and again gives outputs back.
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
  const memory = free.get(bytes)?.pop() ?? Buffer.allocUnsafeSlow(bytes).buffer;
  lent.add(memory);
  return memory;
}

/** Takes the memory of a run's outputs back, and empties the map: later runs write over their numbers. */
export function giveBack(outputs: NamedTensors): void {
  // What is left of earlier runs had other sizes.
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
