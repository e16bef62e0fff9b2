// Where the keys lead in a list.

/** Where a key leads from `index` (-1: nowhere yet) in a list that is not empty, or undefined for other keys. */
export function nextIndex(key: string, index: number, page: number, length: number): number | undefined {
  const next = unboundedIndex(key, index, page, length);
  return next === undefined ? undefined : Math.max(0, Math.min(next, length - 1));
}

function unboundedIndex(key: string, index: number, page: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return index + 1;
    case 'ArrowUp':
      return index - 1;
    case 'PageDown':
      return Math.max(0, index) + page;
    case 'PageUp':
      return index - page;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}
