// Circles in a graph: symbols that lead back to themselves.

/**
 * A shortest circle for each group of nodes that lead to each other, from the group's first node back to it.
 * @param next by node those that it leads to
 */
export function cyclesOf(next: readonly (readonly number[])[]): number[][] {
  return groupsOf(next)
    .map((group) => shortestCycle(Math.min(...group), new Set(group), next))
    .filter((cycle) => cycle !== undefined)
    .sort((one, other) => one[0] - other[0]);
}

/** Nodes that lead to each other (Tarjan 1972), without recursion: a file may be a chain of ten thousand symbols. */
function groupsOf(next: readonly (readonly number[])[]): number[][] {
  const number = new Int32Array(next.length).fill(-1);
  const lowest = new Int32Array(next.length);
  const isOpen = new Uint8Array(next.length);
  const open: number[] = [];
  const groups: number[][] = [];
  let count = 0;
  for (let start = 0; start < next.length; start++) {
    if (number[start] !== -1) continue;
    const path = [{ node: start, done: 0 }];
    while (path.length > 0) {
      const step = path.at(-1)!;
      const { node } = step;
      if (step.done === 0 && number[node] === -1) {
        number[node] = lowest[node] = count++;
        open.push(node);
        isOpen[node] = 1;
      }
      if (step.done < next[node].length) {
        const other = next[node][step.done++];
        if (number[other] === -1) path.push({ node: other, done: 0 });
        else if (isOpen[other]) lowest[node] = Math.min(lowest[node], number[other]);
        continue;
      }
      path.pop();
      const user = path.at(-1)?.node;
      if (user !== undefined) lowest[user] = Math.min(lowest[user], lowest[node]);
      if (lowest[node] === number[node]) {
        const group = open.splice(open.lastIndexOf(node));
        for (const member of group) isOpen[member] = 0;
        groups.push(group);
      }
    }
  }
  return groups;
}

function shortestCycle(
  start: number,
  group: ReadonlySet<number>,
  next: readonly (readonly number[])[],
): number[] | undefined {
  const before = new Map<number, number>();
  const reached = [start];
  for (const node of reached) {
    for (const other of next[node]) {
      if (other === start) {
        const cycle = [start];
        for (let at = node; at !== start; at = before.get(at)!) cycle.unshift(at);
        return [start, ...cycle];
      }
      if (!group.has(other) || before.has(other)) continue;
      before.set(other, node);
      reached.push(other);
    }
  }
  return undefined;
}
