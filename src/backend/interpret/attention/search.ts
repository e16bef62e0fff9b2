// Ranks heads by how much they look like a target pattern.
import {
  MOST_PAIRS,
  type PatternMatches,
  type PatternQuestion,
  PATTERN_NAMES,
} from '../../../protocol/attention';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import { largestIndices } from '../largest';
import type { AttentionMaps } from './attentionMaps';
import type { PatternBlock } from './patternStore';
import { collectTargets, drawnRule, targetRules, type Targets } from './targets';
import { visibleSources, type PatternWindow } from './windows';
import type { SearchRows } from './deviceHeads';

/**
 * Compares every head with a pattern, over the destinations that see one of their sources in it. Tokens of the sink take no
 * part, unless they were drawn. With t(i, j) = 1 on the pattern's cells and 0 elsewhere:
 * - mass: mean over i of Σ_j t·a; without the sink Σ t·a / Σ_{j ∉ sink} a, as in `HeadStatistics`;
 * - cosine: Σ t·a / (‖t‖·‖a‖) over all cells of these destinations, those of the sink left out unless they were drawn.
 *   It is 1 for a head that shares its attention evenly among the pattern's cells and gives none to others.
 * @throws SubtextError `usage` for a pattern that is not there, or drawn where the text has no tokens
 */
export async function searchPattern(
  maps: AttentionMaps,
  question: PatternQuestion,
  cancellation: Cancellation,
  progress?: (share: number) => void,
): Promise<Omit<PatternMatches, 'source'>> {
  const { n_layers: layers, n_heads: heads, causal } = maps.configuration;
  const rule = ruleOf(maps, question);
  const withSink = 'drawn' in question;
  const targets = maps.patterns.windows.map((window) =>
    collectTargets(window, causal, rule(window), withSink),
  );
  const sums = new MatchSums(layers * heads, withSink);
  const windows = maps.patterns.windows.filter(({ index }) => targets[index].sources.length > 0);
  const targetsOf = ({ index }: PatternWindow) => targets[index];
  if (maps.device) {
    await maps.device.search(
      windows,
      targetsOf,
      withSink,
      (window, layer, rows) =>
        sums.addRows(window, layer, heads, rows, targetsOf(window), maps.spans(layer), causal),
      cancellation,
      progress,
    );
  } else {
    await maps.patterns.visit(
      maps.layers,
      windows,
      (block) => sums.addBlock(block, targetsOf(block), maps.spans(block.layer), causal),
      cancellation,
      progress,
    );
  }
  const found = sums.found();
  const sortable = found.cosine.map((value) => (Number.isNaN(value) ? -1 : value));
  return {
    layers,
    heads,
    ...cellsOf(maps, targets),
    ...found,
    order: Int32Array.from(largestIndices(sortable, sortable.length)),
  };
}

function ruleOf(maps: AttentionMaps, question: PatternQuestion): ReturnType<typeof drawnRule> {
  if ('drawn' in question) {
    for (const token of question.drawn.flat()) maps.checkTokens({ start: token, end: token + 1 });
    return drawnRule(question.drawn);
  }
  if (PATTERN_NAMES.includes(question.name)) return targetRules(maps.reading)[question.name];
  throw new SubtextError(
    'usage',
    `There is no pattern ${question.name as string}`,
    `Patterns: ${PATTERN_NAMES.join(', ')}.`,
  );
}

function cellsOf(
  { patterns: { windows } }: AttentionMaps,
  targets: readonly Targets[],
): Pick<PatternMatches, 'pairs' | 'cells' | 'destinations'> {
  const destinations: number[] = [];
  const sources: number[] = [];
  for (const { index, rows, firstToken, tokens } of windows) {
    const { offsets, sources: positions } = targets[index];
    for (let row = 0; row < rows && sources.length < MOST_PAIRS; row++) {
      for (let at = offsets[row]; at < offsets[row + 1]; at++) {
        destinations.push(firstToken + row);
        sources.push(tokens[positions[at]]);
      }
    }
  }
  return {
    pairs: {
      destinations: Int32Array.from(destinations.slice(0, MOST_PAIRS)),
      sources: Int32Array.from(sources.slice(0, MOST_PAIRS)),
    },
    cells: targets.reduce((sum, each) => sum + each.sources.length, 0),
    destinations: targets.reduce((sum, { latest }) => sum + latest.filter((last) => last >= 0).length, 0),
  };
}

class MatchSums {
  private readonly mass: Float64Array;
  private readonly rows: Float64Array;
  private readonly cells: Float64Array;
  private readonly outside: Float64Array;
  private readonly squares: Float64Array;

  constructor(
    heads: number,
    private readonly withSink: boolean,
  ) {
    this.mass = new Float64Array(heads);
    this.rows = new Float64Array(heads);
    this.cells = new Float64Array(heads);
    this.outside = new Float64Array(heads);
    this.squares = new Float64Array(heads);
  }

  addBlock(block: PatternBlock, targets: Targets, spans: readonly number[], causal: boolean): void {
    const { layer, heads, data, rows, keys, firstRow, sink } = block;
    const { offsets, sources, latest } = targets;
    for (let head = 0; head < heads; head++) {
      const id = layer * heads + head;
      for (let r = 0; r < rows; r++) {
        const { from, to } = visibleSources(firstRow + r, keys, spans[head], causal);
        if (latest[r] < from) continue;
        const start = (head * rows + r) * keys;
        let [outside, squares] = [0, 0];
        for (let key = from; key < to; key++) {
          const isSink = sink[key] === 1;
          if (isSink && !this.withSink) continue;
          const value = data[start + key];
          squares += value * value;
          if (!isSink) outside += value;
        }
        // A row with NaN says nothing; the grid counts it.
        if (!Number.isFinite(squares)) continue;
        this.squares[id] += squares;
        this.outside[id] += outside;
        this.rows[id]++;
        for (let at = offsets[r]; at < offsets[r + 1]; at++) {
          if (sources[at] < from) continue;
          this.mass[id] += data[start + sources[at]];
          this.cells[id]++;
        }
      }
    }
  }

  /** The same of rows that the engine has summed up. */
  addRows(
    { rows, keys, firstRow }: PatternWindow,
    layer: number,
    heads: number,
    { mass, outside, squares }: SearchRows,
    { offsets, sources, latest }: Targets,
    spans: readonly number[],
    causal: boolean,
  ): void {
    for (let head = 0; head < heads; head++) {
      const id = layer * heads + head;
      for (let r = 0; r < rows; r++) {
        const { from } = visibleSources(firstRow + r, keys, spans[head], causal);
        const at = (firstRow + r) * heads + head;
        if (latest[r] < from || !Number.isFinite(squares[at])) continue;
        this.squares[id] += squares[at];
        this.outside[id] += outside[at];
        this.mass[id] += mass[at];
        this.rows[id]++;
        for (let each = offsets[r]; each < offsets[r + 1]; each++) {
          if (sources[each] >= from) this.cells[id]++;
        }
      }
    }
  }

  found(): Pick<PatternMatches, 'mass' | 'massWithoutSink' | 'cosine'> {
    const perHead = (of: (head: number) => number) => Float32Array.from(this.mass, (_, head) => of(head));
    return {
      mass: perHead((head) => this.mass[head] / this.rows[head]),
      massWithoutSink: perHead((head) => this.mass[head] / this.outside[head]),
      cosine: perHead((head) => this.mass[head] / Math.sqrt(this.cells[head] * this.squares[head])),
    };
  }
}
