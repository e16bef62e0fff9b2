// What a person can choose for probes of a model: grammars that it reads, activations, layers.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RUN_FILES } from '../../../protocol/runs';
import type { Params } from '../../../protocol/requests';
import type { ProbeChoices } from '../../../protocol/probes';
import { readCheckpointShape, type CheckpointShape } from '../../checkpoint/open';
import { checkVocabulary } from '../../data/cfg/evaluate';
import type { Grammar } from '../../data/cfg/grammar';
import { openGrammar } from '../../data/cfg/open';
import { namedGrammars } from '../../data/cfg/samplesFile';
import { SubtextError } from '../../errors';
import { hookNames } from '../../model/hooks';
import { parseRecipe } from '../../train/recipe';
import { modelPlaces } from './models';

/** Begin and end of text, which each string is read with. */
const AROUND = 2;

/**
 * @throws SubtextError as `modelPlaces`, `readCheckpointShape`; for a grammar that is asked for as `openGrammar`, and
 * `grammar` where the model cannot read its strings
 */
export async function probeChoices({
  model,
  grammar,
}: Params<'subtext/probeChoices'>): Promise<ProbeChoices> {
  const [{ path }] = modelPlaces([model]);
  const shape = await readCheckpointShape(path);
  const { configuration } = shape;
  return {
    layers: configuration.n_layers,
    hooks: hookPatterns(hookNames(configuration)),
    grammars: grammar === undefined ? knownGrammars(path, shape) : [askedFor(grammar, shape)],
  };
}

/** `*` in the place of the layer; without what relates two tokens. */
function hookPatterns(names: readonly string[]): string[] {
  const patterns = names.map((name) => name.replace(/^blocks\.\d+\./, 'blocks.*.'));
  return [...new Set(patterns)].filter((name) => !/hook_(attn_scores|pattern)$/.test(name));
}

type ChosenGrammar = ProbeChoices['grammars'][number];

/** The published grammars that a model can read; that of its own training comes first. */
function knownGrammars(path: string, shape: CheckpointShape): ChosenGrammar[] {
  const trained = grammarOfRun(path);
  const names = [...(trained ? [trained] : []), ...namedGrammars().map(({ name }) => ({ name, drop: 0 }))];
  const found = names.flatMap(({ name, drop }) => {
    try {
      return [chosen(openGrammar(name, drop), name, drop, shape)];
    } catch (error) {
      if (error instanceof SubtextError) return [];
      throw error;
    }
  });
  const key = ({ title }: ChosenGrammar) => title;
  return found.filter((each, index) => found.findIndex((other) => key(other) === key(each)) === index);
}

function askedFor(given: string, shape: CheckpointShape): ChosenGrammar {
  return chosen(openGrammar(given), given, 0, shape);
}

/** @throws SubtextError `grammar` */
function chosen(grammar: Grammar, name: string, drop: number, shape: CheckpointShape): ChosenGrammar {
  const { configuration, tokenizer } = shape;
  checkVocabulary({ configuration, checkpoint: { tokenizer } }, grammar);
  const { minLength, maxLength } = grammar;
  if (maxLength + AROUND > configuration.n_ctx) {
    throw new SubtextError(
      'grammar',
      `Strings of ${grammar.name} have up to ${maxLength} terminals, and the model reads ${configuration.n_ctx} tokens`,
      'Take a grammar with fewer levels, such as cfg3b/3.',
    );
  }
  const deepest = grammar.requireLevels().length;
  return {
    name,
    drop,
    title: grammar.name,
    detail: `${deepest} levels, ${minLength} to ${maxLength} terminals`,
    levels: Array.from({ length: Math.max(0, deepest - 2) }, (_, index) => index + 2),
  };
}

/** What the run that a checkpoint is of was trained on. */
function grammarOfRun(path: string): { name: string; drop: number } | undefined {
  for (const run of [dirname(path), dirname(dirname(path))]) {
    try {
      const { data } = parseRecipe(readFileSync(join(run, RUN_FILES.recipe), 'utf8'), RUN_FILES.recipe);
      if (data.kind === 'cfg') return { name: data.grammar, drop: data.drop };
    } catch {
      // No run, or one of another version: there is nothing to offer first.
    }
  }
  return undefined;
}
