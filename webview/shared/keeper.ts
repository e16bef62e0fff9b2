// What a page writes down, so that it comes back as it was.

/**
 * Makes what writes a state down wherever it differs from the one before.
 * @param first what is written down already
 */
export function makeKeeper<Kept>(first: Kept, save: (kept: Kept) => void): (kept: Kept) => void {
  let written = JSON.stringify(first);
  return (kept) => {
    const next = JSON.stringify(kept);
    if (next !== written) save(kept);
    written = next;
  };
}
