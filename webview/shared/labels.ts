// Labels beside a column of lines that do not cover each other.

/**
 * Moves centres as little as they must so that neighbours are `gap` apart and all lie within [top, bottom]. Where
 * there is no room for all, they keep their order and share what there is.
 */
export function spread(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const distance = Math.min(gap, (bottom - top) / Math.max(1, wanted.length - 1));
  const placed = new Array<number>(wanted.length);
  // Groups that touch share the mean of what their members want (pool adjacent violators).
  const groups: { sum: number; members: number }[] = [];
  order.forEach((index, rank) => {
    groups.push({ sum: wanted[index] - rank * distance, members: 1 });
    while (groups.length > 1) {
      const last = groups.at(-1)!;
      const before = groups.at(-2)!;
      if (before.sum / before.members <= last.sum / last.members) break;
      groups.splice(-2, 2, { sum: before.sum + last.sum, members: before.members + last.members });
    }
  });
  const latest = bottom - (wanted.length - 1) * distance;
  let rank = 0;
  for (const { sum, members } of groups) {
    const start = Math.max(top, Math.min(latest, sum / members));
    for (let member = 0; member < members; member++, rank++) placed[order[rank]] = start + rank * distance;
  }
  return placed;
}
