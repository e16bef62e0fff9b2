// Numbers that look random and follow from other numbers, without state.

/** Four make a permutation that looks random (Luby and Rackoff 1988); two more cost nothing beside reading. */
const ROUNDS = 6;
/** 2^32 divided by the golden ratio: sets what is close together apart. */
const GOLDEN = 0x9e3779b9;
const HIGH = 0x85ebca77;

/** A permutation of the 32-bit numbers (the finalizer of MurmurHash3: Austin Appleby, public domain). */
export function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** 32 bits from several whole numbers; those that differ only in the last, below 2^32, give different ones. */
export function mixAll(...values: readonly number[]): number {
  let mixed = 0;
  for (const value of values) mixed = mix(mixed + HIGH * Math.floor(value / 2 ** 32) + GOLDEN) ^ value;
  return mix(mixed);
}

/**
 * Where a permutation of 0 … count - 1 takes an index; the seed chooses the permutation. No table: a Feistel network on
 * the next larger power of four, applied again while the result lies outside (cycle walking: Black and Rogaway 2002,
 * "Ciphers with Arbitrary Finite Domains"), less than four times on average.
 * @param count up to 2^52
 */
export function permute(index: number, count: number, seed: number): number {
  let bits = 1;
  while (4 ** bits < count) bits++;
  const size = 2 ** bits;
  let place = index;
  do {
    let left = Math.floor(place / size);
    let right = place % size;
    for (let round = 0; round < ROUNDS; round++)
      [left, right] = [right, (left ^ mix(mix(seed + round) ^ right)) & (size - 1)];
    place = left * size + right;
  } while (place >= count);
  return place;
}
