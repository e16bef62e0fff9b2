// Folders of made-up probes that read the trees of a grammar's strings, and of models for them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/backend/checkpoint/checkpoint';
import { writeCheckpoint } from '../../src/backend/checkpoint/writeCheckpoint';
import type { TensorData } from '../../src/backend/engine/graph/graph';
import { vocabularyOf } from '../../src/backend/data/cfg/evaluate';
import type { Grammar } from '../../src/backend/data/cfg/grammar';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { cfgTokenizerJson } from '../../src/backend/data/cfg/tokens';
import { fingerprintOf, writeProbe, type StoredProbe } from '../../src/backend/interpret/probes/probeFile';
import { probeRecipeSchema } from '../../src/backend/interpret/probes/recipeSchema';
import { PROBE_FILES, type ProbeResult, type ProbeResults } from '../../src/protocol/probes';
import { seededNormal } from '../../src/backend/random';
import { probeHeader } from './probes';
import { configurationWith, randomCheckpoint } from './randomModel';

export interface MadeUpFolder {
  /** As a recipe names it. */
  grammar: { name: string; drop: number };
  kind: 'linear' | 'multi-head';
  hooks: readonly string[];
  /** Positions that multi-head probes know. */
  positions?: number;
  /** Of multi-head probes, and numbers of their position vectors. */
  heads?: number;
  width?: number;
  seed?: number;
}

/** Writes probes of random numbers for every level; those of a later hook say of themselves that they are better. */
export async function writeTreeProbes(
  folder: string,
  checkpoint: Checkpoint,
  grammar: Grammar,
  { grammar: named, kind, hooks, positions = 8, heads = 2, width: d = 3, seed = 1 }: MadeUpFolder,
): Promise<StoredProbe[]> {
  const width = checkpoint.configuration.d_model;
  const normal = seededNormal(seed);
  const random = (...shape: number[]): TensorData => ({
    type: 'float32',
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => normal()),
  });
  const shape =
    kind === 'linear'
      ? ({ kind } as const)
      : ({ kind, heads, width: d, positions, locality: 'all' } as const);
  const stored: StoredProbe[] = [];
  const results: ProbeResult[] = [];
  await mkdir(folder, { recursive: true });
  for (const [index, hook] of hooks.entries()) {
    for (const [below, symbols] of grammar.requireLevels().slice(1, -1).entries()) {
      for (const target of ['ancestor', 'boundary'] as const) {
        // In another order than the grammar's: a class is found by its name.
        const names = symbols.map((symbol) => grammar.symbols[symbol]).reverse();
        const classes = target === 'ancestor' ? names : ['inside', 'end'];
        const parameters =
          shape.kind === 'linear'
            ? { W: random(width, classes.length), b: random(classes.length) }
            : {
                P: random(positions, shape.heads * shape.width),
                F: random(width, shape.heads * classes.length),
                b: random(classes.length),
              };
        const level = below + 2;
        const header = {
          ...probeHeader({
            fingerprint: fingerprintOf(checkpoint),
            width,
            classes,
            probe: shape,
            trained_steps: 1,
          }),
          ...{ target, level, hook, accuracy: 0.8 + index / 10 },
        };
        const probe = {
          header,
          parameters: new Map(Object.entries(parameters)),
          confusion: new Int32Array(classes.length ** 2),
          places: new Int32Array(4 * header.n_test),
        };
        const file = `${target}-${level}-${index}.probe.safetensors`;
        await writeProbe(join(folder, file), probe);
        stored.push(probe);
        results.push({ ...header, kind, file });
      }
    }
  }
  const recipe = probeRecipeSchema.parse({
    models: ['model'],
    data: { kind: 'cfg', grammar: named.name, drop: named.drop },
    targets: [{ kind: 'ancestor' }, { kind: 'boundary' }],
    activations: { hooks: [...hooks] },
    probe: { kind },
  });
  const written: ProbeResults = { probes: results };
  await writeFile(join(folder, PROBE_FILES.results), JSON.stringify(written));
  await writeFile(join(folder, PROBE_FILES.testStrings), '# grammar: cfg3b/3\n');
  await writeFile(join(folder, PROBE_FILES.recipe), JSON.stringify(recipe));
  return stored;
}

export interface TreeModelOptions extends Partial<Omit<MadeUpFolder, 'grammar'>> {
  /** Published; named as in a file of strings. */
  grammar: string;
  /** Tokens. */
  context: number;
}

/** Writes a small model of random weights that reads the strings of a grammar, with made-up probes of it beside it. */
export async function writeTreeModel(
  folder: string,
  {
    grammar: name,
    context,
    kind = 'multi-head',
    hooks = ['blocks.1.hook_resid_post'],
    ...made
  }: TreeModelOptions,
): Promise<void> {
  const grammar = presetGrammar(name);
  const words = vocabularyOf(grammar);
  const checkpoint = randomCheckpoint(configurationWith({ d_vocab: words.length, n_ctx: context }), 5);
  const { configuration, weights } = checkpoint;
  await writeCheckpoint(folder, {
    ...{ configuration, weights, beginOfText: 0, endOfText: words.length - 1 },
    tokenizerJson: JSON.stringify(cfgTokenizerJson(grammar)),
  });
  await writeTreeProbes(join(`${folder}.probes`, 'made-up'), checkpoint, grammar, {
    ...{ positions: context, kind, hooks, ...made },
    grammar: { name, drop: 0 },
  });
}
