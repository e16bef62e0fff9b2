// A folder of probes as what reads trees: which of its probes are of this model, and of a grammar's levels.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ProbeFolder, ProbeResult } from '../../../protocol/probes';
import { openGrammar } from '../../data/cfg/open';
import type { Grammar } from '../../data/cfg/grammar';
import { SubtextError } from '../../errors';
import { readProbe, type StoredProbe } from '../probes/probeFile';
import type { ProbeRecipe } from '../probes/recipeSchema';

/** What probes read of a tree. */
export type TreeTarget = 'ancestor' | 'boundary';

/** The probes of a folder that read trees from one model's activations. */
export interface ProbeSet {
  folder: string;
  /** Of the targets `ancestor` and `boundary`, with a level. */
  probes: TreeProbe[];
  /** Tells the grammar that they were trained on; undefined where that is not there any more. */
  signature: string | undefined;
  /** Its name, for messages. */
  grammar: string;
}

export type TreeProbe = ProbeResult & { target: TreeTarget; level: number };

/** The same for grammars with the same rules, whatever file they come from. */
export function grammarSignature({ symbols, rules, firstTerminal }: Grammar): string {
  return createHash('sha256')
    .update(JSON.stringify([symbols, rules, firstTerminal]))
    .digest('hex');
}

/**
 * What of a folder reads trees; undefined where nothing does.
 * @param probes of the folder that are of the model
 */
export function probeSetOf(
  { path, probes }: Pick<ProbeFolder, 'path' | 'probes'>,
  recipe: ProbeRecipe,
): ProbeSet | undefined {
  const found = probes.filter(isTreeProbe);
  const { data } = recipe;
  if (found.length === 0 || data.kind !== 'cfg') return undefined;
  const grammar = data.drop > 0 ? `${data.grammar}/${data.drop}` : data.grammar;
  return { folder: path, probes: found, grammar, signature: signatureOf(data.grammar, data.drop) };
}

/** The hook whose probes read most levels, and of several the one that reads them best. */
export function bestHook({ probes }: ProbeSet): string {
  const ofHook = (hook: string) => probes.filter((each) => each.hook === hook);
  const worth = (of: readonly TreeProbe[]) => of.reduce((sum, { accuracy }) => sum + accuracy, 0) / of.length;
  return [...new Set(probes.map(({ hook }) => hook))].reduce((best, hook) => {
    const [one, other] = [ofHook(best), ofHook(hook)];
    const more = other.length - one.length;
    return more > 0 || (more === 0 && worth(other) > worth(one)) ? hook : best;
  });
}

/** The hooks that there are probes of, in the order of the results. */
export function hooksOfSet({ probes }: ProbeSet): string[] {
  return [...new Set(probes.map(({ hook }) => hook))];
}

/** Reads the probes of one hook; of several of one target and level the last. */
export async function loadProbes(
  { folder, probes }: ProbeSet,
  hook: string,
): Promise<Map<TreeProbe, StoredProbe>> {
  const wanted = new Map(
    probes.filter((each) => each.hook === hook).map((each) => [`${each.target} ${each.level}`, each]),
  );
  const loaded = new Map<TreeProbe, StoredProbe>();
  for (const each of wanted.values()) loaded.set(each, await readProbe(join(folder, each.file)));
  return loaded;
}

function isTreeProbe(probe: ProbeResult): probe is TreeProbe {
  const { target, level, kind } = probe;
  // An updated embedding changes the model that is read: not one run for all.
  return (target === 'ancestor' || target === 'boundary') && level !== null && kind !== 'embedding-update';
}

function signatureOf(name: string, drop: number): string | undefined {
  try {
    return grammarSignature(openGrammar(name, drop));
  } catch (error) {
    if (error instanceof SubtextError) return undefined;
    throw error;
  }
}
