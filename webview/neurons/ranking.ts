// The order of the rows: one index sort per table and ranking, kept as long as the table.
import type { NeuronTable } from '../../src/protocol/types';
import type { NeuronRanking } from '../../src/protocol/views';

const kept = new WeakMap<NeuronTable, Map<NeuronRanking, Uint32Array>>();

/** Rows of the table, best first. */
export function ranked(table: NeuronTable, ranking: NeuronRanking): Uint32Array {
  const orders = kept.get(table) ?? new Map<NeuronRanking, Uint32Array>();
  kept.set(table, orders);
  const order = orders.get(ranking) ?? sorted(table, ranking);
  orders.set(ranking, order);
  return order;
}

function sorted(table: NeuronTable, ranking: NeuronRanking): Uint32Array {
  if (ranking === 'place') return Uint32Array.from(table.maximum.keys());
  const keys = keysOf(table, ranking);
  const { maximum } = table;
  // Ties go by size, then by place, so that the order never depends on the sort.
  return Uint32Array.from(keys.keys()).sort(
    (a, b) => keys[b] - keys[a] || sizeOf(maximum[b]) - sizeOf(maximum[a]) || a - b,
  );
}

/** A number per row, larger is better, never NaN. */
function keysOf(
  { maximum, on, selectivity }: NeuronTable,
  ranking: Exclude<NeuronRanking, 'place'>,
): Float64Array {
  switch (ranking) {
    case 'largest':
      return Float64Array.from(maximum, sizeOf);
    case 'sparsest':
      // A neuron that never fires is silent, not sparse.
      return Float64Array.from(on, (share, row) => (maximum[row] > 0 ? -share : -2));
    case 'selection':
      return Float64Array.from(selectivity, sizeOf);
  }
}

/** The value with NaN last; finite, so that differences of infinities are not NaN. */
function sizeOf(value: number): number {
  return Number.isNaN(value) ? -Number.MAX_VALUE : Math.max(-1e300, Math.min(1e300, value));
}
