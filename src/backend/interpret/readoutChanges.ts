// Interventions that stand behind the residual stream: whoever reads a stream out by itself has to make them too.
import type { TensorData } from '../engine/graph/graph';
import type { HookedValue } from '../model/languageModel';
import type { Reading } from './reading';

/**
 * Those of a reading's changes, with their values for some tokens: for a readout of streams [batch, tokens, d_model].
 * @param tokens indices in the text
 */
export function readoutChanges(reading: Reading, tokens: readonly number[], batch = 1): HookedValue[] {
  const behind = reading.changes.filter(({ hook }) => hook.startsWith('ln_final.'));
  if (behind.length === 0) return [];
  const rows = tokens.map((token) => reading.placeOf(token).row);
  return behind.map((change) => ({
    ...change,
    value: valueAt(change.value, rows, change.kind === 'feed' ? batch : 1),
  }));
}

/** The rows of [1, pos, size], `batch` times; a value that is the same at all positions stays as it is. */
function valueAt(value: TensorData, rows: readonly number[], batch: number): TensorData {
  const [positions, size] = [value.shape.at(-2) ?? 1, value.shape.at(-1) ?? 1];
  if (positions === 1 && batch === 1) return value;
  const data = new Float32Array(batch * rows.length * size);
  for (let index = 0; index < batch * rows.length; index++) {
    const row = positions === 1 ? 0 : rows[index % rows.length];
    data.set(value.data.slice(row * size, (row + 1) * size), index * size);
  }
  return { type: 'float32', shape: [batch, rows.length, size], data };
}
