// The sums of `GrammarAttentionTally` made by operations behind the patterns of one string, so that no pattern leaves the
// engine. Sums over the pairs of a group are products with rows of ones and zeros, which say where constituents end.
import { BOUNDARY_SHIFTS } from '../../../protocol/grammarAttention';
import type { LatentLabels } from '../../data/cfg/labels';
import type { NamedTensors } from '../../engine/executor';
import { multiplyDimensions } from '../../engine/graph/dimension';
import type { Tensor } from '../../engine/graph/graph';
import { both, concatenate, matmul, reshape, sum, transpose, where } from '../../engine/operations';
import type { TransformerConfiguration } from '../../model/configuration';
import type { Ending } from '../../model/languageModel';
import { CellMaps } from '../attention/cellMaps';
import { distances } from '../attention/headInputs';
import { hookPattern } from '../attention/patternStore';
import { integers, numbers } from '../onDevice';
import { placesOf, shifted, type PairGroups } from './pairGroups';

/** Names of inputs; positions are those of begin of text, the terminals, end of text. */
const TERMINALS = 'terminals'; // int32 [pos]: 1 for terminals
const ENDS = 'shifted ends'; // [levels · shifts, pos]: 1 where a constituent of the level ends so far behind
const SHALLOWEST = 'levels of ends'; // [levels, pos]: 1 where the end is one of the level
const END_CELLS = 'cells of ends'; // int32 [pos, levels · back]: destination · positions + source; −1 where there is none

const SHIFTS = BOUNDARY_SHIFTS.length;

/** Of one layer. */
export interface PairSums {
  /** [distance, 1, head], by distances as they ascend from the farthest ahead, 0 among them. */
  distances: Float32Array;
  /** [group, head] */
  groups: Float32Array;
}

const output = (layer: number, part: keyof PairSums) => `pairs ${layer} ${part}`;

export function pairEnding(configuration: TransformerConfiguration, groups: PairGroups): Ending {
  const layers = Array.from({ length: configuration.n_layers }, (_, layer) => layer);
  return {
    name: `pairs of ${groups.levels} levels`,
    of: layers.map(hookPattern),
    outputs: (_, activations) =>
      new Map(
        layers.flatMap((layer) => {
          const maps = new CellMaps(activations, configuration, layer);
          return Object.entries(pairSums(maps, groups)).map(([part, tensor]): [string, Tensor] => [
            output(layer, part as keyof PairSums),
            tensor,
          ]);
        }),
      ),
  };
}

function pairSums(maps: CellMaps, { levels, back }: PairGroups): Record<keyof PairSums, Tensor> {
  const { graph, pattern, zero } = maps;
  const heads = pattern.shape[2] as number;
  const terminals = both(maps.flag(TERMINALS, 'destination'), maps.flag(TERMINALS, 'source'));
  const pairs = where(both(maps.pairs(), terminals), pattern, zero); // [pos, pos, head]
  const sums = (chosen: Tensor, of: Tensor) => matmul(chosen, of, { inFloat32: true });
  const ends = graph.input(ENDS, 'float32', [levels * SHIFTS, 'pos']);
  const bySource = reshape(sum(pairs, [0]), ['pos', heads]);
  // The destination's shift is summed over first, then, each level for itself, the source's.
  const byShift = reshape(sums(ends, reshape(pairs, ['pos', multiplyDimensions('pos', heads)])), [
    levels,
    SHIFTS,
    'pos',
    heads,
  ]);
  const ofLevel = reshape(transpose(byShift, [0, 2, 1, 3]), [levels, 'pos', SHIFTS * heads]);
  const between = reshape(sums(reshape(ends, [levels, SHIFTS, 'pos']), ofLevel), [
    levels,
    SHIFTS,
    SHIFTS,
    heads,
  ]);
  const slots = levels * back.length;
  const byEnd = maps.take(pairs, graph.input(END_CELLS, 'int32', ['pos', slots]));
  const betweenEnds = sums(
    graph.input(SHALLOWEST, 'float32', [levels, 'pos']),
    reshape(byEnd, ['pos', slots * heads]),
  );
  return {
    distances: sum(maps.take(pairs, maps.diagonals()), [1]),
    groups: concatenate(
      [
        sums(ends, bySource),
        reshape(transpose(between, [0, 2, 1, 3]), [levels * SHIFTS ** 2, heads]),
        reshape(betweenEnds, [levels * slots, heads]),
      ],
      0,
    ),
  };
}

/** What the ending asks for a string. */
export function pairInputs(groups: PairGroups, labels: LatentLabels, terminals: number): NamedTensors {
  const { levels, back, causal } = groups;
  const positions = terminals + 2;
  const flags = new Int32Array(positions).fill(1, 1, terminals + 1);
  const ends = new Float32Array(levels * SHIFTS * positions);
  const shallowest = new Float32Array(levels * positions);
  for (let level = 0; level < levels; level++) {
    const places = placesOf(labels.levels[level].ends);
    for (const [at, shift] of BOUNDARY_SHIFTS.entries()) {
      const row = (level * SHIFTS + at) * positions;
      for (const place of shifted(places, shift, terminals)) ends[row + place + 1] = 1;
    }
  }
  for (const place of placesOf(labels.shallowestEnds)) {
    shallowest[(labels.shallowestEnds[place] - labels.levels[0].level) * positions + place + 1] = 1;
  }
  const slots = levels * back.length;
  const cells = new Int32Array(positions * slots).fill(-1);
  groups.visitEndPairs(labels, (slot, destination, source) => {
    cells[(destination + 1) * slots + slot] = (destination + 1) * positions + source + 1;
  });
  return new Map([
    ...distances(positions, causal),
    [TERMINALS, integers([positions], flags)],
    [ENDS, { type: 'float32', shape: [levels * SHIFTS, positions], data: ends }],
    [SHALLOWEST, { type: 'float32', shape: [levels, positions], data: shallowest }],
    [END_CELLS, integers([positions, slots], cells)],
  ]);
}

export function pairSumsOf(found: NamedTensors, layer: number): PairSums {
  const part = (name: keyof PairSums) => numbers(found, output(layer, name));
  return { distances: part('distances'), groups: part('groups') };
}
