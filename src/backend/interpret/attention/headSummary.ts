// Attention patterns summed up by operations behind them, so that rows and pictures leave the engine and no pattern does.
// What the numbers mean stands at `HeadStatistics`, `HeadPictures`, `searchPattern` and `attentionTile`. Inside, patterns
// lie as [destination, source, head]: then what concerns cells is the same for all heads.
import type { Tensor } from '../../engine/graph/graph';
import {
  both,
  cast,
  divide,
  equal,
  gather,
  lessThan,
  logarithm,
  maximum,
  multiply,
  negate,
  reshape,
  subtract,
  sum,
  transpose,
  where,
} from '../../engine/operations';
import type { TransformerConfiguration } from '../../model/configuration';
import type { Ending } from '../../model/languageModel';
import { CellMaps } from './cellMaps';
import { HEAD_INPUTS, normsInput } from './headInputs';
import { hookPattern } from './patternStore';
import { SCORED } from './headTallies';

export const headOutput = (layer: number, part: string) => `heads ${layer} ${part}`;

/** By destination [pos, 1, head]; `distances` [distance, 1, head], `picture` [cell, 1, line, head], `center` [1, 1, head]. */
export type HeadPart =
  | 'notFinite'
  | 'mass'
  | 'toSink'
  | 'entropyOutside'
  | 'entropy'
  | 'difference'
  | 'squares'
  | 'center'
  | 'distances'
  | 'picture'
  | `target${number}`;

/** All that scores and thumbnails are made of. */
export function headEnding(configuration: TransformerConfiguration): Ending {
  const layers = Array.from({ length: configuration.n_layers }, (_, layer) => layer);
  return {
    name: HEAD_ENDING,
    of: layers.map(hookPattern),
    outputs: (_, activations) =>
      new Map(
        layers.flatMap((layer) => {
          const maps = new CellMaps(activations, configuration, layer);
          return Object.entries(headParts(maps)).map(([part, tensor]): [string, Tensor] => [
            headOutput(layer, part),
            tensor,
          ]);
        }),
      ),
  };
}

export const HEAD_ENDING = 'heads';

function headParts(maps: CellMaps): Record<string, Tensor> {
  const { zero, outside } = maps;
  const seen = where(maps.visible, maps.pattern, zero); // [pos, pos, head], as all below
  // What is not finite is no longer zero when it is taken from itself.
  const finite = equal(subtract(seen, seen), zero);
  const notFinite = sum(subtract(maps.one, cast(finite, 'float32')), [1]);
  const rows = both(maps.flag(HEAD_INPUTS.counted, 'destination'), equal(notFinite, zero));
  const counted = where(rows, seen, zero);
  const others = where(outside, counted, zero);
  const nats = multiply(counted, logarithm(where(lessThan(zero, counted), counted, maps.one)));
  // Squares around a center, because the scores ask for small differences of large sums.
  const cells = both(both(maps.visible, outside), rows);
  const center = divide(sum(others, [0, 1]), sum(cast(cells, 'float32'), [0, 1]));
  const differences = where(cells, subtract(counted, center), zero);
  return {
    notFinite,
    mass: sum(others, [1]),
    toSink: sum(where(outside, zero, counted), [1]),
    entropyOutside: negate(sum(where(outside, nats, zero), [1])),
    entropy: negate(sum(nats, [1])),
    difference: sum(differences, [1]),
    squares: sum(multiply(differences, differences), [1]),
    center,
    distances: sum(maps.take(differences, maps.diagonals()), [1]),
    picture: picture(where(finite, seen, maps.infinite)),
    ...Object.fromEntries(
      SCORED.map((_, which) => [`target${which}`, sum(maps.take(others, maps.targets(which)), [1])]),
    ),
  };
}

/** The largest of each cell of a picture. @param x [pos, pos, head] */
function picture(x: Tensor): Tensor {
  const { graph, shape } = x;
  const lines = graph.input(HEAD_INPUTS.lines, 'int32', ['line', 'row']);
  const cells = graph.input(HEAD_INPUTS.cells, 'int32', ['cell', 'column']);
  const byLine = maximum(gather(x, lines), [1]); // [line, 1, pos, head]
  const bySource = transpose(reshape(byLine, ['line', 'pos', shape[2]]), [1, 0, 2]);
  return maximum(gather(bySource, cells), [1]); // [cell, 1, line, head]
}

/**
 * How much a pattern is what is looked for, by destination [pos, 1, head]: `mass` on its cells, what goes `outside` the
 * sink, and `squares` of all cells.
 * @param withSink whether tokens of the sink take part
 */
export function searchEnding(configuration: TransformerConfiguration, withSink: boolean): Ending {
  const layers = Array.from({ length: configuration.n_layers }, (_, layer) => layer);
  return {
    name: searchEndingName(withSink),
    of: layers.map(hookPattern),
    outputs: (_, activations) =>
      new Map(
        layers.flatMap((layer): [string, Tensor][] => {
          const maps = new CellMaps(activations, configuration, layer);
          const { zero, outside } = maps;
          const seen = where(withSink ? maps.visible : both(maps.visible, outside), maps.pattern, zero);
          return [
            [headOutput(layer, 'mass'), sum(maps.take(seen, maps.targets(0)), [1])],
            [headOutput(layer, 'outside'), sum(where(outside, seen, zero), [1])],
            [headOutput(layer, 'squares'), sum(multiply(seen, seen), [1])],
          ];
        }),
      ),
  };
}

export const searchEndingName = (withSink: boolean) => `search${withSink ? ' with the sink' : ''}`;

/** Directions between two phrases: the number of a target pattern, and the parts of its answer. */
export const DIRECTIONS = [
  { which: 0, attention: 'into second', weighted: 'into second, weighted' },
  { which: 1, attention: 'into first', weighted: 'into first, weighted' },
] as const;

/** What goes to the cells of two target patterns, alone and weighed with norms, by destination [pos, 1, head]. */
export function betweenEnding(configuration: TransformerConfiguration): Ending {
  const layers = Array.from({ length: configuration.n_layers }, (_, layer) => layer);
  return {
    name: 'heads between two phrases',
    of: layers.map(hookPattern),
    outputs: (_, activations) =>
      new Map(
        layers.flatMap((layer) => {
          const maps = new CellMaps(activations, configuration, layer);
          const { graph, visible, pattern, zero } = maps;
          const norms = graph.input(normsInput(layer), 'float32', [configuration.n_heads, 'pos']);
          const bySource = reshape(transpose(norms, [1, 0]), [1, 'pos', configuration.n_heads]);
          const seen = where(visible, pattern, zero);
          // Weighed before it is masked: no number times a norm that is not finite is zero.
          const weighted = where(visible, multiply(pattern, bySource), zero);
          return DIRECTIONS.flatMap(({ which, ...names }): [string, Tensor][] => [
            [headOutput(layer, names.attention), sum(maps.take(seen, maps.targets(which)), [1])],
            [headOutput(layer, names.weighted), sum(maps.take(weighted, maps.targets(which)), [1])],
          ]);
        }),
      ),
  };
}

/** What is hidden and what is masked in a tile, and what is not a number until it is read. */
export const TILE_MARKS = { hidden: -1, masked: -2, broken: Infinity };

/** One head's pattern pooled to a rectangle: `picture` [cell, 1, line, 1], and the largest number of the window, [1, 1, 1]. */
export function tileEnding(
  configuration: TransformerConfiguration,
  layer: number,
  hideSink: boolean,
): Ending {
  return {
    name: tileEndingName(layer, hideSink),
    of: [hookPattern(layer)],
    outputs: (_, activations) => {
      const maps = new CellMaps(activations, configuration, layer, true);
      const { graph, zero, outside } = maps;
      const shown = hideSink ? both(maps.visible, outside) : maps.visible;
      const weights = graph.input(HEAD_INPUTS.weights, 'float32', ['pos']);
      const seen = multiply(where(shown, maps.pattern, zero), reshape(weights, [1, 'pos', 1]));
      const finite = equal(subtract(seen, seen), zero);
      const rows = maps.flag(HEAD_INPUTS.counted, 'destination');
      const marked = where(maps.visible, graph.scalar(TILE_MARKS.hidden), graph.scalar(TILE_MARKS.masked));
      const values = where(shown, where(finite, seen, maps.infinite), marked);
      return new Map([
        ['picture', picture(values)],
        ['maximum', maximum(where(both(rows, finite), seen, zero), [0, 1, 2])],
      ]);
    },
  };
}

export const tileEndingName = (layer: number, hideSink: boolean) =>
  `tile of layer ${layer}${hideSink ? ' without the sink' : ''}`;

/** What one position attends to, `row` [1, pos, 1], and what attends to it, `column` [1, pos, 1]. */
export function positionEnding(configuration: TransformerConfiguration, layer: number): Ending {
  return {
    name: positionEndingName(layer),
    of: [hookPattern(layer)],
    outputs: (_, activations) => {
      const { graph, pattern } = new CellMaps(activations, configuration, layer, true);
      const position = graph.input(HEAD_INPUTS.position, 'int32', [1]);
      return new Map([
        ['row', gather(pattern, position)],
        ['column', gather(transpose(pattern, [1, 0, 2]), position)],
      ]);
    },
  };
}

export const positionEndingName = (layer: number) => `position in layer ${layer}`;

/** One head's pattern as it is, for some destinations: `rows` [row, pos, 1]. */
export function rowsEnding(configuration: TransformerConfiguration, layer: number): Ending {
  return {
    name: `rows of a head in layer ${layer}`,
    of: [hookPattern(layer)],
    outputs: (_, activations) => {
      const { graph, pattern } = new CellMaps(activations, configuration, layer, true);
      return new Map([['rows', gather(pattern, graph.input(HEAD_INPUTS.rows, 'int32', ['row']))]]);
    },
  };
}
