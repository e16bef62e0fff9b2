// What the editor asks of a string of a grammar: inside probabilities, next tokens, the likeliest tree; then all of it
// for a string that was never seen, as a hover does after an edit.
import { analyseString } from '../src/backend/data/cfg/analysis';
import { Inside } from '../src/backend/data/cfg/inside';
import { nextTokens } from '../src/backend/data/cfg/next';
import { likeliestTree } from '../src/backend/data/cfg/parse';
import { presetGrammar } from '../src/backend/data/cfg/presets';
import { sampleTree } from '../src/backend/data/cfg/sample';
import { textOf } from '../src/backend/data/cfg/tokens';
import { streamRandom } from '../src/backend/random';
import { measure, type Measurement } from './measure';

/** Names with the terminals of a string: the length that is promised about, and the longest mean. */
const STRINGS = { cfg3b: 300, cfg3f: 300, cfg3j: 544 };

export async function grammars(): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const [name, length] of Object.entries(STRINGS)) {
    const grammar = presetGrammar(name);
    const random = streamRandom(1, 0);
    const next = () => {
      for (;;) {
        const { tokens } = sampleTree(grammar, random);
        if (tokens.length === length) return tokens;
      }
    };
    const tokens = next();
    const others = Array.from({ length: 20 }, () => textOf(grammar, next()).split(' '));
    const steps: Record<string, () => unknown> = {
      inside: () => new Inside(grammar, tokens),
      'next tokens': () => nextTokens(grammar, tokens),
      'likeliest tree': () => likeliestTree(grammar, tokens),
      'all, another string each time': () => analyseString(grammar, others.pop()!),
    };
    for (const [step, work] of Object.entries(steps))
      results.push(await measure(`${name}, ${length} terminals: ${step}`, () => Promise.resolve(work())));
  }
  return results;
}
