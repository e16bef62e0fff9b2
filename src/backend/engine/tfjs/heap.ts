// The memory of WebAssembly.
import { SubtextError } from '../../errors';
import { gigabytes } from '../availableMemory';

/** What Emscripten makes of C's allocation: 0 where there is no memory. */
export interface Heap {
  _malloc: (bytes: number) => number;
  _free: (address: number) => void;
}

const guarded = new WeakSet<Heap>();

/**
 * Makes a refusal heard. TensorFlow.js does not look at the address (tfjs-backend-wasm 4.22): its tensor would lie at the
 * beginning of the memory, over others.
 */
export function failWhenFull(heap: Heap): void {
  if (guarded.has(heap)) return;
  guarded.add(heap);
  // Its first call puts another function in its own place.
  heap._free(heap._malloc(1));
  const allocate = heap._malloc;
  heap._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address !== 0 || bytes === 0) return address;
    throw new SubtextError(
      'memory',
      `WebAssembly has no memory left for ${gigabytes(bytes)}`,
      'Lower the batch or the context, ask for fewer activations, or use the cpu engine.',
    );
  };
}
