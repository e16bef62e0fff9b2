// subtext cfg attention: how attention follows distances and the ends of constituents, over fresh strings of a grammar.
import { NOT_CANCELLED } from '../../backend/cancellation';
import {
  grammarAttention,
  type MeasuredGrammarAttention,
} from '../../backend/interpret/grammarAttention/grammarAttention';
import { modelName } from '../../backend/modelName';
import { BOUNDARY_SHIFTS, MOST_GRAMMAR_STRINGS } from '../../protocol/grammarAttention';
import type { Command } from '../command';
import { INTERVENTION_OPTIONS, interventionOptions, openInterventions } from '../interventions';
import { openModel } from '../models';
import { MODEL_OPTIONS, numberOption, required } from '../options';
import { short, table } from '../output';
import { DROP_OPTION, grammarOption } from './sampleData';

/** As in the paper. */
const STRINGS = 200;

export const cfgAttention: Command = {
  name: 'cfg attention',
  summary:
    'Measures how attention follows distances and the ends of constituents, over strings of a grammar.',
  options: {
    ...MODEL_OPTIONS,
    grammar: { value: 'G', help: 'a name (cfg3b, cfg3b/2) or a file with rules' },
    ...DROP_OPTION,
    strings: { value: 'N', help: `fresh strings that the model reads; default ${STRINGS}` },
    seed: { value: 'S', help: 'the same seed gives the same strings; default 0' },
    ...INTERVENTION_OPTIONS,
  },
  async run(values, output) {
    const strings = numberOption(values, 'strings', STRINGS, { min: 1, max: MOST_GRAMMAR_STRINGS });
    const seed = numberOption(values, 'seed', 0, { min: 0, max: 2 ** 32 - 1 });
    const grammar = grammarOption(values, required(values, 'grammar'));
    const list = await interventionOptions(values);
    const model = await openModel(values, output);
    const interventions = openInterventions(model, list);
    const ignore = () => undefined;
    const found = await grammarAttention(
      model,
      grammar,
      { strings, seed },
      NOT_CANCELLED,
      ignore,
      interventions,
    );
    output.answer(
      () => asJson(modelName(model.checkpoint.path), found),
      () => asText(found),
    );
  },
};

function asJson(model: string, found: MeasuredGrammarAttention): object {
  const { levels, heads, back } = found;
  const shifts = BOUNDARY_SHIFTS.length;
  const boundary = [levels.length, shifts];
  const between = [...boundary, shifts];
  const ends = [levels.length, levels.length, back.length];
  const residuals = (values: Float32Array, shape: readonly number[], row: number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return nested(values.subarray(row * size, (row + 1) * size), shape);
  };
  const distances = found.distances.length;
  return {
    model,
    grammar: found.grammar,
    strings: found.strings,
    seed: found.seed,
    terminals: found.terminals,
    causal: found.causal,
    levels,
    distances: Array.from(found.distances),
    shifts: BOUNDARY_SHIFTS,
    back,
    pairs: {
      position: Array.from(found.positionPairs),
      boundary: nested(found.boundaryPairs, boundary),
      between: nested(found.betweenPairs, between),
      ends: nested(found.endPairs, ends),
    },
    heads: Array.from({ length: found.layers * heads }, (_, row) => ({
      layer: Math.floor(row / heads),
      head: row % heads,
      position: residuals(found.position, [distances], row),
      boundary: residuals(found.boundary, boundary, row),
      between: residuals(found.between, between, row),
      ends: residuals(found.ends, ends, row),
    })),
  };
}

type Nested = (number | null)[] | Nested[];

/** A row-major table as lists in lists; null for what has no pairs. */
function nested(values: ArrayLike<number>, [length, ...inner]: readonly number[]): Nested {
  const size = values.length / length;
  return Array.from({ length }, (_, index) => {
    const part = Array.from({ length: size }, (_, at) => values[index * size + at]);
    return inner.length === 0 ? (Number.isNaN(part[0]) ? null : part[0]) : nested(part, inner);
  }) as Nested;
}

function asText(found: MeasuredGrammarAttention): string {
  const { levels, heads, layers, back, distances } = found;
  const rows = Array.from({ length: layers * heads }, (_, row) => row);
  const shifts = BOUNDARY_SHIFTS.length;
  const nearest = back.indexOf(1);
  const mean = (values: Float32Array, width: number, column: number) =>
    rows.reduce((sum, row) => sum + values[row * width + column], 0) / rows.length;
  const end = (level: number, at: number) => (level * levels.length + level) * back.length + at;
  const endWidth = levels.length ** 2 * back.length;
  const names = levels.map((level) => `level ${level}`);
  const isSeen = (at: number) => levels.some((_, level) => found.endPairs[end(level, at)] > 0);
  const columns = [...back.keys()].filter(isSeen);
  return [
    `${found.strings} strings of ${found.grammar}, ${found.terminals} terminals.\n`,
    '\nAttention to where a constituent ends, beyond what distance explains; mean over heads.\n',
    table([
      ['tokens to it', ...BOUNDARY_SHIFTS.map(signed)],
      ...names.map((name, level) => [
        name,
        ...BOUNDARY_SHIFTS.map((_, at) =>
          dash(mean(found.boundary, levels.length * shifts, level * shifts + at)),
        ),
      ]),
    ]),
    '\nFrom one end to another of the same level, beyond what distance explains; mean over heads.\n',
    table([
      ['constituents back', ...columns.map((at) => String(back[at]))],
      ...names.map((name, level) => [
        name,
        ...columns.map((at) => dash(mean(found.ends, endWidth, end(level, at)))),
      ]),
    ]),
    '\nBy head: the distance that it attends to most, and from an end to the nearest one before it.\n',
    table([
      ['head', 'distance', 'attention', ...names],
      ...rows.map((row) => {
        const position = found.position.subarray(row * distances.length, (row + 1) * distances.length);
        const most = position.indexOf(position.reduce((a, b) => Math.max(a, b), 0));
        return [
          `L${Math.floor(row / heads)}H${row % heads}`,
          most < 0 ? '–' : distances[most],
          dash(position.at(most) ?? NaN),
          ...levels.map((_, level) => dash(found.ends[row * endWidth + end(level, nearest)])),
        ];
      }),
    ]),
  ].join('');
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}

function dash(value: number): string {
  return Number.isNaN(value) ? '–' : short(value);
}
