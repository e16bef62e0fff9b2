// The recipe that the answers of *Train Probe…* make.
import { basename, isAbsolute, relative } from 'node:path';
import type { ProbedModel } from '../../protocol/probes';

export const probeRecipeEnding = '.probe.json';

/** Whether a document is a recipe of probes, by its name; package.json's `when` clauses say the same. */
export function isProbeRecipe({ path, scheme }: { path: string; scheme: string }): boolean {
  return path.endsWith(probeRecipeEnding) && (scheme === 'file' || scheme === 'untitled');
}

export type ProbeData =
  | { kind: 'cfg'; grammar: string; drop: number; title: string; levels: number[] }
  | { kind: 'text'; path: string; textColumn?: string; labelColumns: string[] };

export type ProbeTarget =
  | { kind: 'ancestor' | 'ancestor-at-ends' | 'boundary' | 'next-token' | 'position' }
  | { kind: 'pattern'; pattern: string }
  | { kind: 'column'; column: string };

/** Choices of the kind, with what a recipe says of each. */
export const PROBE_KINDS = {
  linear: { kind: 'linear' },
  ridge: { kind: 'linear', solver: 'ridge' },
  'multi-head': { kind: 'multi-head' },
  diagonal: { kind: 'multi-head', locality: 'diagonal' },
  tridiagonal: { kind: 'multi-head', locality: 'tridiagonal' },
  'embedding-update': { kind: 'embedding-update' },
} as const;
export type ProbeKindChoice = keyof typeof PROBE_KINDS;

export interface ProbeAnswers {
  models: ProbedModel[];
  data: ProbeData;
  targets: ProbeTarget[];
  levels: 'all' | number[];
  hooks: string[];
  layers: 'all' | number[];
  kind: ProbeKindChoice;
}

/** Characters of a name of files. */
const LONGEST_NAME = 60;

/** Targets that are asked at levels of a grammar's tree. */
export function hasLevels({ kind }: ProbeTarget): boolean {
  return kind === 'ancestor' || kind === 'ancestor-at-ends' || kind === 'boundary';
}

/**
 * The recipe as JSON text, and a name for it.
 * @param folder that it will stand in: paths in it are written relative to that
 */
export function composeProbeRecipe(
  { models, data, targets, levels, hooks, layers, kind }: ProbeAnswers,
  folder: string,
): { name: string; recipe: string } {
  const recipe = {
    models: models.map((model) =>
      typeof model === 'string' ? pathFrom(folder, model) : { run: pathFrom(folder, model.run) },
    ),
    data: dataOf(data, folder),
    targets: targets.map((target) => targetOf(target, levels)),
    activations: { hooks, ...(hooks.some((hook) => hook.includes('*')) && { layers }) },
    probe: PROBE_KINDS[kind],
  };
  const [first] = models;
  const of = basename(typeof first === 'string' ? first : first.run);
  const [target] = targets;
  const what = target.kind === 'column' ? target.column : target.kind;
  // Of a column's name a part could be a folder.
  return {
    name: `${of}-${what}`.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, LONGEST_NAME),
    recipe: `${JSON.stringify(recipe, undefined, 2)}\n`,
  };
}

function dataOf(data: ProbeData, folder: string): object {
  if (data.kind === 'cfg') {
    const { grammar, drop } = data;
    const named = isAbsolute(grammar) ? pathFrom(folder, grammar) : grammar;
    return { kind: 'cfg', grammar: named, ...(drop > 0 && { drop }) };
  }
  const { path, textColumn } = data;
  return {
    kind: 'text',
    files: [pathFrom(folder, path)],
    ...(textColumn !== undefined && textColumn !== 'text' && { column: textColumn }),
  };
}

function targetOf(target: ProbeTarget, levels: 'all' | number[]): object {
  if (!hasLevels(target)) return target;
  const own = levels === 'all' ? {} : { levels };
  if (target.kind === 'ancestor-at-ends') return { kind: 'ancestor', ...own, at: 'ends' };
  return { kind: target.kind, ...own };
}

/** Relative where it lies below the folder, with slashes, so that both can be moved together. */
function pathFrom(folder: string, path: string): string {
  const found = relative(folder, path);
  if (found === '' || found.startsWith('..') || isAbsolute(found)) return path;
  return `./${found.replaceAll('\\', '/')}`;
}
