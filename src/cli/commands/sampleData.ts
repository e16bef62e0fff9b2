// subtext sample-data: what a data set is made of, as many samples as wanted.
import { cfgTextHeader, sampleWriter } from '../../backend/data/cfg/cfgText';
import { latentLabels } from '../../backend/data/cfg/labels';
import type { Grammar } from '../../backend/data/cfg/grammar';
import { openGrammar } from '../../backend/data/cfg/open';
import { isPresetName } from '../../backend/data/cfg/presets';
import { samplingRandom, sampleTree, type Sample } from '../../backend/data/cfg/sample';
import { generateStory, instructAt } from '../../backend/data/stories';
import type { Command, Option, Values } from '../command';
import { numberOption, required } from '../options';
import type { Output } from '../output';

/** A data set that makes its samples, the same ones for the same seed. */
export interface SampledData {
  name: string;
  /** What a text of samples begins with. */
  header?: (seed: number) => string;
  /** Between two samples in plain text, and behind the last one. */
  separator: string;
  /** One sample after the other, without end: its text, and with --json also what else is known of it. */
  samples: (seed: number) => Iterable<{ text: string; labels?: () => object }>;
}

export const WRAP_OPTION: Record<string, Option> = {
  wrap: { help: 'break long strings of a grammar at their constituents, a constituent on a line' },
};

/** Data sets by name; all other names are grammars. */
const DATA: Record<string, SampledData | undefined> = {
  stories: {
    name: 'stories',
    separator: '\n<|endoftext|>\n',
    *samples(seed) {
      for (let index = 0; ; index++) {
        const { text, words, features, summary } = generateStory(seed, {}, index);
        yield { text, labels: () => ({ words, features, summary }) };
      }
    },
  },
  'stories-instruct': {
    name: 'stories-instruct',
    separator: '\n<|endoftext|>\n',
    *samples(seed) {
      for (let index = 0; ; index++) yield { text: instructAt(seed, index) };
    },
  },
};

export const SAMPLE_OPTIONS: Record<string, Option> = {
  count: { value: 'N', help: 'samples; default 1' },
  seed: { value: 'S', help: 'the same seed gives the same samples; default 0' },
};

export const DROP_OPTION: Record<string, Option> = {
  drop: { value: 'D', help: 'leave out the D top levels of a grammar; default 0' },
};

export const sampleData: Command = {
  name: 'sample-data',
  summary: 'Makes samples of a data set: stories, stories-instruct, or a grammar (cfg3b, cfg3b/2, a file).',
  argument: 'DATASET',
  options: { ...SAMPLE_OPTIONS, ...DROP_OPTION, ...WRAP_OPTION },
  async run(values, output) {
    const data = DATA[required(values, 'argument')] ?? grammarData(values);
    await writeSamples(data, values, output);
  },
};

/** Samples in plain text, or with --json `{"dataset", "samples": [{"text", …}]}`; made while they are read. */
export async function writeSamples(data: SampledData, values: Values, output: Output): Promise<void> {
  const count = numberOption(values, 'count', 1, { min: 1 });
  const seed = numberOption(values, 'seed', 0, { min: 0, max: 2 ** 32 - 1 });
  await output.stream(output.json ? jsonPieces(data, seed, count) : textPieces(data, seed, count));
}

/** The grammar of a name or file, as --drop says. */
export function grammarOption(values: Values, given: string): Grammar {
  return openGrammar(given, dropOption(values));
}

function dropOption(values: Values): number {
  return numberOption(values, 'drop', 0, { min: 0, max: 1000 });
}

/** The grammar of the argument as data; as text a file `*.cfgtext`. */
export function grammarData(values: Values): SampledData {
  const given = required(values, 'argument');
  const grammar = grammarOption(values, given);
  const textOf = sampleWriter(grammar, values.wrap === true);
  // The name of a published grammar says what was left out of it, that of a file does not.
  const named = isPresetName(given)
    ? { grammar: grammar.name, drop: 0 }
    : { grammar: given, drop: dropOption(values) };
  return {
    name: grammar.name,
    header: (seed) => cfgTextHeader({ ...named, seed }),
    separator: '\n',
    *samples(seed) {
      const random = samplingRandom(seed, 'show');
      for (;;) {
        const sample = sampleTree(grammar, random);
        yield { text: textOf(sample), labels: () => labelsAsJson(grammar, sample) };
      }
    },
  };
}

/** By level the symbol above each terminal, which of its level it is, and whether it ends there. */
function labelsAsJson(grammar: Grammar, { tokens, tree }: Sample): object {
  if (!grammar.levels) return { tokens };
  const { levels, shallowestEnds } = latentLabels(grammar, tree);
  return {
    tokens,
    levels: levels.map(({ level, symbols, indices, ends }) => ({
      level,
      symbols: Array.from(symbols, (symbol) => grammar.symbols[symbol]),
      indices: [...indices],
      ends: [...ends],
    })),
    shallowest_ends: Array.from(shallowestEnds, (level) => level || null),
  };
}

function* taken(data: SampledData, seed: number, count: number) {
  let made = 0;
  for (const sample of data.samples(seed)) {
    yield sample;
    if (++made === count) return;
  }
}

function* textPieces(data: SampledData, seed: number, count: number): Generator<string> {
  yield data.header?.(seed) ?? '';
  for (const { text } of taken(data, seed, count)) yield text + data.separator;
}

function* jsonPieces(data: SampledData, seed: number, count: number): Generator<string> {
  let before = `{"dataset":${JSON.stringify(data.name)},"samples":[`;
  for (const { text, labels } of taken(data, seed, count)) {
    yield before + JSON.stringify({ text, ...labels?.() });
    before = ',';
  }
  yield ']}\n';
}
