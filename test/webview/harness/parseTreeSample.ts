// Strings of real grammars with their true trees, and what good probes might read of them: mostly the truth.
import { latentLabels } from '../../../src/backend/data/cfg/labels';
import { presetGrammar } from '../../../src/backend/data/cfg/presets';
import { sampleTree, samplingRandom } from '../../../src/backend/data/cfg/sample';
import { seededRandom } from '../../../src/backend/random';
import type { HeldOut, ParseTreeLevel, ParseTreeString } from '../../../src/protocol/parseTrees';
import type { ShownParseTree } from '../../../src/protocol/parseTreeView';

/** What is read of a token on a level instead of the truth. */
export interface Mistake {
  level: number;
  token: number;
  /** Counted from the true one. */
  otherSymbol?: number;
  /** A false end where there is none, a missed one where there is. */
  otherEnd?: boolean;
}

export interface TreeSampleOptions {
  /** Published. */
  grammar?: string;
  /** The first string of at least so many terminals is taken. */
  tokens?: number;
  mistakes?: readonly Mistake[];
  /** Share of wrong readings on the level nearest to the root; on the lowest it is a fifth of that. */
  noise?: number;
  /** How sure the probes are of what they read. */
  sureness?: number;
}

/** A string under the cursor with its readings. */
export function makeTree(options: TreeSampleOptions = {}): ShownParseTree & { string: ParseTreeString } {
  const { grammar: name = 'cfg3b/3', tokens = 0, mistakes = [], noise = 0, sureness = 0.9 } = options;
  const grammar = presetGrammar(name);
  const random = samplingRandom(2, 'show');
  let sample = sampleTree(grammar, random);
  while (sample.tokens.length < tokens) sample = sampleTree(grammar, random);
  const { length } = sample.tokens;
  const own = grammar.requireLevels();
  const chance = seededRandom(5);
  const levels = latentLabels(grammar, sample.tree).levels.map(({ level, symbols, ends }, index, all) => {
    const truth = symbols.map((symbol) => own[level - 1].indexOf(symbol));
    const choices = own[level - 1].length;
    const read = Float32Array.from({ length: length * choices }, () => (1 - sureness) / (choices - 1));
    const endProbability = Float32Array.from(ends, (end) => (end === 1 ? sureness : 1 - sureness));
    const wrongShare = noise * (1 - (0.8 * index) / Math.max(1, all.length - 1));
    for (let token = 0; token < length; token++) {
      const mistake = mistakes.find((each) => each.level === level && each.token === token);
      const isWrong = chance() < wrongShare;
      const symbol = truth[token] + (mistake?.otherSymbol ?? Number(isWrong));
      read[token * choices + (symbol % choices)] = sureness;
      if (mistake?.otherEnd === true || chance() < wrongShare / 2)
        endProbability[token] = 1 - endProbability[token];
    }
    return { level, truth, ends, symbols: read, endProbability };
  });
  const starts = Int32Array.from({ length }, (_, token) => 2 * token);
  const string: ParseTreeString = {
    ...{ start: 0, end: 2 * length - 1, starts, ends: starts.map((start) => start + 1), trees: 1 },
    words: sample.tokens.map(String),
    levels: levels.map(({ truth, ends, symbols, endProbability }) => ({
      ...{ truth, ends, symbols, endProbability },
    })),
  };
  return {
    source: {
      ...{ uri: 'file:///strings.cfgtext', version: 1, model: '/models/cfg', modelName: 'cfg' },
      ...{ engine: 'cpu', interventions: 0, windows: { count: 1, length, overlap: 0 } },
    },
    ...{ grammar: name, probes: '/p/cfg.probes', folders: ['/p/cfg.probes'] },
    ...{ hook: 'blocks.1.hook_resid_post', hooks: ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'] },
    levels: levels.map(({ level }): ParseTreeLevel => ({
      level,
      symbols: own[level - 1].map((symbol) => grammar.symbols[symbol]),
      ancestor: heldOut(0.9 + level / 100),
      boundary: heldOut(0.95),
    })),
    string,
    question: {
      ...{ uri: 'file:///strings.cfgtext', model: '/models/cfg', painted: true },
      ...{ probes: null, hook: null, levels: null },
    },
  };
}

function heldOut(accuracy: number): HeldOut {
  return { accuracy, ci: [accuracy - 0.01, accuracy + 0.01], majority: 0.41, random_init: 0.52 };
}
