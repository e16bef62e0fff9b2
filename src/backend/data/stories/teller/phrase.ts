// A verb with what follows it.

/** "climb" and "trees" → "climb trees"; the complement may be empty. */
export function phrase(verb: string, complement: string): string {
  return complement === '' ? verb : `${verb} ${complement}`;
}
