// A grammar as training data.
import type { RunSample } from '../../../protocol/runs';
import type { Recipe } from '../../train/recipe';
import { ngramReferences } from '../references';
import type { DataKind } from '../kind';
import { streamEntropy } from './entropy';
import type { Grammar } from './grammar';
import { nextTokens } from './next';
import { openGrammar } from './open';
import { BEGIN_ID, cfgSource, cfgTokenizerJson, endId, tokensOf } from './tokens';

/** Validation texts have another seed than any training. */
const VALIDATION_SEED = 0x56a11d;
/** Without context, and as far as a few rules near the terminals reach. */
const NGRAMS = [1, 3, 6];

export const grammarData: DataKind = {
  vocabulary: (recipe) => grammarOf(recipe).vocabulary,
  prepare: (recipe) => {
    const grammar = grammarOf(recipe);
    const entropy = streamEntropy(grammar);
    const { seed, context } = recipe.train;
    const [train, heldOut] = [seed, seed ^ VALIDATION_SEED].map((each) => cfgSource(grammar, each));
    const ngrams = ngramReferences(train, heldOut, context + 1, NGRAMS);
    return Promise.resolve({
      tokenizerJson: cfgTokenizerJson(grammar),
      beginOfText: BEGIN_ID,
      endOfText: endId(grammar),
      entropy,
      references: [{ name: 'true entropy', loss: entropy }, ...ngrams],
      judge: (text: string) => judged(grammar, text),
    });
  },
  open: ({ recipe, split }) => {
    const { seed } = recipe.train;
    return Promise.resolve(cfgSource(grammarOf(recipe), split === 'train' ? seed : seed ^ VALIDATION_SEED));
  },
};

/** @throws SubtextError `grammar`, `not-found`, `file-access` */
export function grammarOf({ data }: Recipe): Grammar {
  if (data.kind !== 'cfg') throw new Error('a recipe without a grammar');
  return openGrammar(data.grammar, data.drop);
}

/** Whether a text is in the language, and where its prefix dies if not. */
function judged(grammar: Grammar, text: string): RunSample {
  const tokens = tokensOf(grammar, text);
  const { deadAt, logProbability } = nextTokens(grammar, tokens);
  if (logProbability > -Infinity) return { text, valid: true };
  const words = text.split(/\s+/);
  // The token that kills the prefix ends the part that is still alive; a text that only stops early dies at its end.
  const alive = deadAt === undefined ? text.length : words.slice(0, deadAt - 1).join(' ').length;
  return { text, valid: false, dies_at: alive };
}
