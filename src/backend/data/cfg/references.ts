// What a training loss on a grammar's stream of samples is compared with.
import type { ReferenceLine } from '../../../protocol/runs';
import { ngramLosses } from '../ngram';
import type { Grammar } from './grammar';
import { Inside } from './inside';
import { samplingRandom, sampleTree, type ParseNode } from './sample';
import { grammarStatistics } from './statistics';
import { cfgSource } from './tokens';

const ORDERS = [0, 1, 2, 3, 5, 8];
const TRAINING_TOKENS = 1_000_000;
const HELD_OUT_TOKENS = 100_000;

/**
 * The least loss that is possible, and those of n-gram models, in nats per token of a stream of samples, where begin of
 * text is one more token to predict. A window that begins in the middle of a sample cannot be predicted as well as the
 * first line says.
 */
export function grammarReferences(grammar: Grammar, seed: number): ReferenceLine[] {
  const { meanLength } = grammarStatistics(grammar);
  const source = cfgSource(grammar, seed);
  const train = source.windows(0, 1, TRAINING_TOKENS);
  const heldOut = source.windows(1, 1, HELD_OUT_TOKENS);
  const losses = ngramLosses(train, heldOut, grammar.vocabulary, ORDERS);
  return [
    { name: 'true entropy', loss: stringEntropy(grammar, seed) / (meanLength + 2) },
    ...losses.map(({ order, loss }) => ({ name: order === 0 ? 'unigram' : `${order + 1}-gram`, loss })),
  ];
}

/**
 * Entropy of a grammar's strings in nats: that of its trees, which is exact, less what the tree is uncertain by once the
 * string is known, which is sampled; nothing where no string has two trees.
 */
export function stringEntropy(grammar: Grammar, seed: number, samples = 200): number {
  const random = samplingRandom(seed, 'entropy');
  let uncertain = 0;
  for (let sample = 0; sample < samples; sample++) {
    const { tokens, tree } = sampleTree(grammar, random);
    uncertain += new Inside(grammar, tokens).logProbability - logProbabilityOfTree(grammar, tree);
  }
  return grammarStatistics(grammar).entropy - Math.max(0, uncertain) / samples;
}

/** In nats. */
export function logProbabilityOfTree(grammar: Grammar, { symbol, children }: ParseNode): number {
  if (children.length === 0) return 0;
  return children.reduce(
    (sum, child) => sum + logProbabilityOfTree(grammar, child),
    -Math.log(grammar.rules[symbol].length),
  );
}
