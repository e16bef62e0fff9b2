// subtext attention: the scores of all heads on a text, how much they look like a pattern, or the pattern of one head.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { SubtextError } from '../../backend/errors';
import { AttentionMaps } from '../../backend/interpret/attention/attentionMaps';
import { searchPattern } from '../../backend/interpret/attention/search';
import { sinkTokens } from '../../backend/interpret/attention/windows';
import { checkIndex } from '../../backend/interpret/neurons';
import { modelName } from '../../backend/modelName';
import { HEAD_SCORES, PATTERN_NAMES, type HeadScore, type PatternName } from '../../protocol/attention';
import type { Command, Values } from '../command';
import { INTERVENTION_OPTIONS } from '../interventions';
import { openReading } from '../models';
import { IDS_OPTION, MODEL_OPTIONS, numberOption, TEXT_OPTIONS } from '../options';
import { short, table, type Output } from '../output';
import { writePattern } from './headPattern';
import { tokenAsJson } from './tokens';

const SCORE_NAMES = HEAD_SCORES.map(optionName);

export const attention: Command = {
  name: 'attention',
  summary: 'Scores the attention heads on a text, or shows what one head attends to.',
  options: {
    ...MODEL_OPTIONS,
    ...TEXT_OPTIONS,
    ...IDS_OPTION,
    ...INTERVENTION_OPTIONS,
    layer: { value: 'L', help: 'only the heads of this layer; with --head the pattern of one' },
    head: { value: 'H', help: 'shows the pattern of this head of the layer' },
    sort: { value: 'SCORE', help: `largest first by ${SCORE_NAMES.join(', ')}` },
    pattern: {
      value: 'NAME',
      help: `ranks heads by how much they look like ${PATTERN_NAMES.join(', ')}`,
    },
    'hide-sink': { help: 'leaves out what goes to the first token and to special tokens' },
  },
  async run(values, output) {
    const layer = values.layer === undefined ? undefined : numberOption(values, 'layer', 0, { min: 0 });
    const head = values.head === undefined ? undefined : numberOption(values, 'head', 0, { min: 0 });
    const sort = named(values, 'sort', HEAD_SCORES);
    const pattern = named(values, 'pattern', PATTERN_NAMES);
    checkTogether(values);
    const maps = new AttentionMaps(await openReading(values, output));
    if (layer !== undefined) checkIndex('layer', layer, maps.configuration.n_layers);
    const hideSink = values['hide-sink'] === true;
    if (layer !== undefined && head !== undefined)
      return writePattern(maps, { layer, head }, hideSink, output);
    if (pattern) return writeMatches(maps, pattern, layer, output);
    return writeScores(maps, { layer, sort, hideSink }, output);
  },
};

/** @throws SubtextError `usage` where options contradict each other */
function checkTogether({ layer, head, sort, pattern }: Values): void {
  const problem =
    head !== undefined && layer === undefined
      ? '--head is given without --layer'
      : head !== undefined && (sort !== undefined || pattern !== undefined)
        ? '--sort and --pattern rank heads, and --head shows one'
        : sort !== undefined && pattern !== undefined
          ? '--sort and --pattern are both given'
          : undefined;
  if (problem) throw new SubtextError('usage', problem, 'See subtext attention --help.');
}

/** An option's value among names, which a person writes with dashes. @throws SubtextError `usage` */
function named<Name extends string>(
  values: Values,
  option: string,
  names: readonly Name[],
): Name | undefined {
  const given = values[option];
  if (given === undefined) return undefined;
  const name = names.find((each) => optionName(each) === given);
  if (name !== undefined) return name;
  throw new SubtextError(
    'usage',
    `--${option} ${String(given)} is not known`,
    `Known: ${names.map(optionName).join(', ')}.`,
  );
}

/** distanceMean → distance-mean */
function optionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function writeScores(
  maps: AttentionMaps,
  { layer, sort, hideSink }: { layer?: number; sort?: HeadScore; hideSink: boolean },
  output: Output,
): Promise<void> {
  const grid = await maps.grid(NOT_CANCELLED);
  const scores = hideSink ? grid.scoresWithoutSink : grid.scores;
  const { configuration, reading, patterns } = maps;
  const rows = headRows(maps, layer);
  // What applies to no destination comes last.
  const size = (row: number) => (Number.isNaN(scores[sort!][row]) ? -Infinity : scores[sort!][row]);
  if (sort) rows.sort((a, b) => size(b) - size(a) || a - b);
  if (configuration.position === 'uniform')
    output.note('the heads of this model average over fixed distances: they have no learned pattern');
  const broken = grid.notNumbers.reduce((sum, count) => sum + count, 0);
  if (broken > 0) output.note(`${broken} cells of patterns are not numbers; their rows are left out`);
  output.answer(
    () => ({
      model: modelName(reading.model.checkpoint.path),
      tokens: reading.tokens.map(tokenAsJson),
      sink_tokens: Array.from(sinkTokens(patterns.windows)),
      sink_hidden: hideSink,
      heads: rows.map((row) => ({
        ...headOf(maps, row),
        kind: grid.kinds[row],
        ...Object.fromEntries(
          HEAD_SCORES.map((name) => [optionName(name).replaceAll('-', '_'), scores[name][row]]),
        ),
        not_numbers: grid.notNumbers[row],
      })),
    }),
    () =>
      table([
        ['head', 'kind', ...SCORE_NAMES],
        ...rows.map((row) => [
          headName(maps, row),
          grid.kinds[row],
          ...HEAD_SCORES.map((name) => shortOrDash(scores[name][row])),
        ]),
      ]),
  );
}

async function writeMatches(
  maps: AttentionMaps,
  name: PatternName,
  layer: number | undefined,
  output: Output,
): Promise<void> {
  const found = await searchPattern(maps, { name }, NOT_CANCELLED);
  if (found.cells === 0) output.note(`nothing in the text makes the pattern ${name}`);
  const wanted = new Set(headRows(maps, layer));
  const rows = Array.from(found.order).filter((row) => wanted.has(row));
  output.answer(
    () => ({
      model: modelName(maps.reading.model.checkpoint.path),
      tokens: maps.reading.tokens.map(tokenAsJson),
      pattern: name,
      cells: found.cells,
      destinations: found.destinations,
      pairs: Array.from(found.pairs.destinations, (destination, index) => ({
        destination,
        source: found.pairs.sources[index],
      })),
      heads: rows.map((row) => ({
        ...headOf(maps, row),
        cosine: found.cosine[row],
        mass: found.mass[row],
        mass_without_sink: found.massWithoutSink[row],
      })),
    }),
    () =>
      table([
        ['head', 'cosine', 'mass', 'mass without sink'],
        ...rows.map((row) => [
          headName(maps, row),
          shortOrDash(found.cosine[row]),
          shortOrDash(found.mass[row]),
          shortOrDash(found.massWithoutSink[row]),
        ]),
      ]),
  );
}

/** Rows of all heads, or of those of a layer. */
function headRows({ configuration: { n_layers, n_heads } }: AttentionMaps, layer?: number): number[] {
  const rows = Array.from({ length: n_layers * n_heads }, (_, row) => row);
  return layer === undefined ? rows : rows.slice(layer * n_heads, (layer + 1) * n_heads);
}

function headOf({ configuration: { n_heads } }: AttentionMaps, row: number): { layer: number; head: number } {
  return { layer: Math.floor(row / n_heads), head: row % n_heads };
}

function headName(maps: AttentionMaps, row: number): string {
  const { layer, head } = headOf(maps, row);
  return `L${layer}H${head}`;
}

function shortOrDash(value: number): string {
  return Number.isNaN(value) ? '–' : short(value);
}
