// Random numbers that a seed repeats.

/** Uniform numbers in [0, 1): the mulberry32 generator (Tommy Ettinger, public domain), 32 bits of state. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers (Box–Muller). */
export function seededNormal(seed: number): () => number {
  const uniform = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * Uniform numbers in [0, 1) of one of many streams: the sfc32 generator (Chris Doty-Humphrey's PractRand, public
 * domain), 128 bits of state. All streams of `seededRandom` are parts of one cycle of 2^32 numbers, which long runs
 * that take a stream for each step would meet again and again.
 * @param seed whole number from 0; for those below 2^32 no two pairs of seed and stream start from the same state
 * @param stream whole number from 0 up to 2^53
 */
export function streamRandom(seed: number, stream: number): () => number {
  let a = seed | 0;
  let b = stream | 0;
  let c = (Math.floor(seed / 2 ** 32) ^ Math.imul(Math.floor(stream / 2 ** 32), 0x9e3779b1)) | 0;
  let counter = 1;
  const next = () => {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + mixed) | 0;
    return (mixed >>> 0) / 4294967296;
  };
  // The state of small seeds is nearly all zeros: so many turns until every bit depends on every other.
  for (let turn = 0; turn < 20; turn++) next();
  return next;
}
