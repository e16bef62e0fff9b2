// Which of a model's probes read the strings of a grammar, or what to do where none does.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SubtextError } from '../../errors';
import { modelName } from '../../modelName';
import { probesBeside } from '../probes/openFolder';
import type { ProbeSet } from './probeSet';
import type { ReadGrammar, TreeQuestion } from './treeQuestion';

/**
 * The probes that are asked for, else the first that fit.
 * @param sets of the model, as `findProbeSets` orders them
 * @param path of the model
 * @throws SubtextError `probe` where none fits the grammar
 */
export function chosenSet(
  sets: readonly ProbeSet[],
  { grammar, probes }: TreeQuestion,
  path: string,
): ProbeSet {
  const fitting = sets.filter((set) => fits(set, grammar));
  const wanted = probes === null ? undefined : fitting.find(({ folder }) => folder === resolve(probes));
  const found = wanted ?? fitting.at(0);
  if (found) return found;
  const name = modelName(path);
  const train = 'Train some with Subtext: Train Probe….';
  if (sets.length === 0) {
    const beside = probesBeside(path);
    const what = existsSync(beside)
      ? `No probes in ${beside} read a parse tree from ${name} with the weights that it has now`
      : `There are no probes that read a parse tree from ${name}`;
    throw new SubtextError('probe', what, train);
  }
  throw new SubtextError(
    'probe',
    `The probes of ${name} were trained on ${sets[0].grammar}, and these are strings of ${grammar.name}`,
    `Open strings of ${sets[0].grammar}, or train probes on ${grammar.name} with Subtext: Train Probe….`,
  );
}

/** Whether probes read the grammar's strings. Of a grammar that is not there any more the names of the symbols have to do. */
export function fits({ signature, probes }: ProbeSet, { signature: wanted, levels }: ReadGrammar): boolean {
  if (signature !== undefined) return signature === wanted;
  return probes.every(({ target, level, classes }) => {
    const symbols = levels.find((each) => each.level === level)?.symbols;
    return (
      symbols !== undefined && (target === 'boundary' || classes.every((name) => symbols.includes(name)))
    );
  });
}
