// Attention statistics that nobody measured, of any size.
import { seededNormal } from '../../src/backend/random';
import { BOUNDARY_SHIFTS, MOST_BACK, type GrammarAttention } from '../../src/protocol/grammarAttention';

const SHIFTS = BOUNDARY_SHIFTS.length;

/** @param longest terminals of the longest string */
export function madeUpStatistics({
  layers = 2,
  heads = 3,
  levels = [2, 3],
  longest = 12,
  causal = true,
  seed = 1,
}): GrammarAttention {
  const normal = seededNormal(seed);
  const drawn = (length: number) => Float32Array.from({ length }, () => 0.03 * normal());
  const counts = (length: number) => Int32Array.from({ length }, (_, index) => 10 + index);
  const ahead = causal ? [] : Array.from({ length: longest - 1 }, (_, index) => index - longest + 1);
  const distances = Int32Array.from([
    ...ahead,
    ...Array.from({ length: longest - 1 }, (_, index) => index + 1),
  ]);
  const first = causal ? 1 : -MOST_BACK;
  const back = Array.from({ length: MOST_BACK - first + 1 }, (_, index) => first + index);
  const rows = layers * heads;
  const [boundary, ends] = [levels.length * SHIFTS, levels.length ** 2 * back.length];
  return {
    model: '/made-up',
    modelName: 'made-up',
    engine: 'cpu',
    grammar: 'cfg3b',
    strings: 200,
    seed: 0,
    terminals: 200 * longest,
    layers,
    heads,
    causal,
    learned: 'content',
    levels,
    distances,
    position: Float32Array.from(
      { length: rows * distances.length },
      (_, at) => Math.exp(normal()) / (2 + Math.abs(distances[at % distances.length])),
    ),
    positionPairs: counts(distances.length),
    boundary: drawn(rows * boundary),
    boundaryPairs: counts(boundary),
    between: drawn(rows * boundary * SHIFTS),
    betweenPairs: counts(boundary * SHIFTS),
    back,
    ends: drawn(rows * ends),
    endPairs: counts(ends),
    interventions: 0,
    milliseconds: 1,
  };
}
