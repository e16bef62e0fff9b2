// What is measured of a model of a grammar.
import { basename } from 'node:path';
import type { Cancellation } from '../cancellation';
import { evaluateGrammarModel } from '../data/cfg/evaluate';
import { isPresetName } from '../data/cfg/presets';
import { grammarOf } from '../data/cfg/trainingData';
import type { LanguageModel } from '../model/languageModel';
import type { Recipe } from '../train/recipe';
import type { Figure } from './figure';

/** Terminals of a true string that the model continues, where strings are long enough. */
const CUT = 10;

/** @param samples strings that the model writes for each accuracy */
export async function grammarFigures(
  recipe: Recipe,
  model: LanguageModel,
  samples: number,
  cancellation: Cancellation,
): Promise<Figure[]> {
  const grammar = grammarOf(recipe);
  // A card is for others, who have the file in another place.
  const called = isPresetName(grammar.name.split('/')[0]) ? grammar.name : basename(grammar.name);
  const cuts = grammar.minLength > CUT ? [0, CUT] : [0];
  const figures: Figure[] = [];
  for (const cut of cuts) {
    const found = await evaluateGrammarModel(model, grammar, { cut, samples, seed: 0 }, cancellation);
    const command = `subtext cfg eval --grammar ${called} --cut ${cut} --samples ${samples}`;
    figures.push({
      id: `accuracy_cut_${cut}`,
      name: `Generation accuracy, cut ${cut}`,
      value: found.accuracy,
      ofData: 1,
      unit: 'share',
      how: `Share of ${samples} written strings that are in the language, ± ${(100 * found.accuracyError).toFixed(1)} % (\`${command}\`)`,
    });
    if (cut !== 0) continue;
    figures.push(
      {
        id: 'kl',
        name: 'Divergence from the truth',
        value: found.kl,
        ofData: 0,
        unit: 'nats per token',
        how: `Mean over ${found.positions} positions of the divergence from the true next-token distribution to the model's`,
      },
      {
        id: 'cross_entropy',
        name: 'Cross-entropy of whole strings',
        value: found.crossEntropy,
        ofData: found.entropy,
        unit: 'nats per token',
        how: `Of the true token at the same positions, each string read from its begin`,
      },
    );
  }
  return figures;
}
