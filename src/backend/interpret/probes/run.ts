// A recipe of probes from beginning to end: every model, every activation, every target, and the controls.
import type { ProbeResult } from '../../../protocol/probes';
import type { Cancellation } from '../../cancellation';
import { openCheckpoint } from '../../checkpoint/open';
import { collectGarbage } from '../../collectGarbage';
import type { Executor } from '../../engine/executor';
import { SubtextError } from '../../errors';
import { hookNames } from '../../model/hooks';
import type { TransformerConfiguration } from '../../model/configuration';
import { LanguageModel } from '../../model/languageModel';
import { collectActivations, hookGroups, hookWidths } from './activations';
import { onlyLabelled, type ProbeData } from './data';
import { fitProbes, type FittedProbe, type FittedProbes } from './fit';
import { modelPlaces, untrained, type ModelPlace } from './models';
import { fingerprintOf, PROBE_ENDING, type ProbeHeader, type StoredProbe } from './probeFile';
import { readProbeData } from './readData';
import type { ProbeRecipe } from './recipeSchema';
import { majorityShare, scoreOf } from './score';
import { TestFile } from './testFile';

export interface MadeProbe {
  result: ProbeResult;
  stored: StoredProbe;
}

export interface MadeProbes {
  probes: MadeProbe[];
  /** What their places point into. */
  test: TestFile;
}

/** What is told while it runs: how much of all is done, and of what. */
export type ProbeProgress = (share: number, doing: string) => void;

/**
 * Trains and scores all probes of a recipe. One model is in memory at a time, and of its activations those of a few hooks.
 * @param recipe with absolute paths
 * @throws SubtextError as `openCheckpoint`, `readProbeData`, `hookWidths`, `trainHeads`
 */
export async function runProbes(
  executor: Executor,
  recipe: ProbeRecipe,
  cancellation: Cancellation,
  progress: ProbeProgress = () => undefined,
): Promise<MadeProbes> {
  const places = modelPlaces(recipe.models);
  const test = new TestFile(recipe);
  const made: MadeProbe[] = [];
  for (const [index, place] of places.entries()) {
    const checkpoint = await openCheckpoint(place.path);
    const model = new LanguageModel(checkpoint, executor);
    const random =
      recipe.controls.random_init && new LanguageModel(untrained(checkpoint, recipe.seed), executor);
    try {
      made.push(
        ...(await probesOfModel(
          executor,
          recipe,
          place,
          model,
          random || undefined,
          test,
          cancellation,
          (share, doing) => progress((index + share) / places.length, `${place.name}: ${doing}`),
        )),
      );
    } finally {
      model.dispose();
      if (random) random.dispose();
    }
  }
  return { probes: named(made), test };
}

async function probesOfModel(
  executor: Executor,
  recipe: ProbeRecipe,
  place: ModelPlace,
  model: LanguageModel,
  random: LanguageModel | undefined,
  test: TestFile,
  cancellation: Cancellation,
  progress: ProbeProgress,
): Promise<MadeProbe[]> {
  const hooks = hooksOf(recipe.activations, model.configuration);
  const widths = await hookWidths(model, hooks);
  progress(0, 'reads the documents');
  const all = await readProbeData(recipe, model, cancellation);
  // What is read across positions needs every token; what is read at one, only those that are asked about.
  const data = recipe.probe.kind === 'multi-head' ? all : onlyLabelled(all);
  const changesModel = recipe.probe.kind === 'embedding-update';
  const fingerprint = fingerprintOf(model.checkpoint);
  const steps = hooks.length * (random ? 2 : 1);
  let done = 0;
  const fitGroup = async (of: LanguageModel, group: readonly string[], withShuffled: boolean) => {
    const own = new Map(group.map((hook) => [hook, widths.get(hook)!]));
    const share = (part: number) => (done + part) / steps;
    const reads = of === model ? 'reads activations' : 'reads activations of the untrained model';
    const collected = changesModel
      ? undefined
      : await collectActivations(of, data.texts, own, cancellation, (part) =>
          progress(share(part * 0.3), reads),
        );
    // The run of a batch of texts holds more than the probes take.
    of.releaseGraphs(new Set(group));
    const fitted = new Map<string, FittedProbes>();
    for (const [hook, width] of own) {
      const what = of === model ? hook : `${hook}, untrained`;
      const source = collected ? { activations: collected.get(hook)! } : { model: of, hook, width };
      const onStep = (part: number) => progress(share(part), what);
      fitted.set(hook, await fitProbes(executor, source, data, recipe, withShuffled, cancellation, onStep));
      collected?.delete(hook);
      done++;
    }
    await collectGarbage();
    return fitted;
  };
  const made: MadeProbe[] = [];
  for (const group of changesModel ? [hooks] : hookGroups(widths, data.examples)) {
    const trained = await fitGroup(model, group, recipe.controls.shuffled);
    const control = random && (await fitGroup(random, group, false));
    for (const hook of group) {
      const { probes, shuffled } = trained.get(hook)!;
      probes.forEach((probe, index) => {
        const controls = { random: control?.get(hook)!.probes[index], shuffled: shuffled.at(index) };
        const of = { hook, width: widths.get(hook)!, fingerprint };
        made.push(madeProbe(recipe, place, of, probe, controls, data, test));
      });
    }
  }
  return made;
}

function madeProbe(
  { seed, probe: { kind } }: ProbeRecipe,
  { name, step }: ModelPlace,
  { hook, width, fingerprint }: Pick<ProbeHeader, 'hook' | 'width' | 'fingerprint'>,
  probe: FittedProbe,
  controls: { random?: FittedProbe; shuffled?: FittedProbe },
  data: ProbeData,
  test: TestFile,
): MadeProbe {
  const { target } = probe;
  const score = scoreOf(probe, data);
  const [random, shuffled] = [controls.random, controls.shuffled].map((each) => each && scoreOf(each, data));
  const { share: majority, trained } = majorityShare(target, data);
  const layer = /^blocks\.(\d+)\./.exec(hook)?.[1];
  const common = {
    model: name,
    step,
    target: target.name,
    level: target.level,
    layer: layer === undefined ? null : Number(layer),
    hook,
    accuracy: score.value,
    ci: score.interval,
    majority,
    random_init: random?.value ?? null,
    random_init_ci: random?.interval ?? null,
    shuffled: shuffled?.value ?? null,
    shuffled_ci: shuffled?.interval ?? null,
    n_train: trained,
    n_test: score.examples,
    documents_test: score.documents,
    classes: target.classes,
  };
  return {
    result: { ...common, kind, file: '' },
    stored: {
      header: {
        version: 1,
        ...common,
        fingerprint,
        width,
        probe: probe.shape,
        trained_steps: probe.steps,
        seed,
      },
      parameters: probe.parameters,
      confusion: score.confusion,
      places: test.places(probe, data),
    },
  };
}

/** The hooks that a recipe means, `*` replaced by its layers. @throws SubtextError `hook` for layers that are not there */
export function hooksOf(
  { hooks, layers }: ProbeRecipe['activations'],
  configuration: TransformerConfiguration,
): string[] {
  const { n_layers } = configuration;
  const wrong = typeof layers === 'string' ? undefined : layers.find((layer) => layer >= n_layers);
  if (wrong !== undefined) {
    throw new SubtextError('hook', `The model has no layer ${wrong}`, `Its layers are 0 to ${n_layers - 1}.`);
  }
  const every = [...Array(n_layers).keys()];
  const chosen = layers === 'all' ? every : layers === 'last' ? every.slice(-1) : layers;
  const found = hooks.flatMap((hook) =>
    hook.includes('*') ? chosen.map((layer) => hook.replace('*', String(layer))) : [hook],
  );
  // In the order of the forward pass, each once, and behind them what does not exist, which is refused by its name.
  const order = hookNames(configuration);
  return [...order.filter((hook) => found.includes(hook)), ...found.filter((hook) => !order.includes(hook))];
}

/** Gives every probe a file name that says what it is. */
function named(made: MadeProbe[]): MadeProbe[] {
  // Some file systems take two names that differ in case for one.
  const taken = new Set<string>();
  return made.map(({ result, stored }) => {
    const { model, target, level, hook } = result;
    const words = [model, target, ...(level === null ? [] : [`level ${level}`]), hook];
    const base = cut(words.join(' ').replace(/[^\p{L}\p{N}._-]+/gu, '-'));
    let file = `${base}${PROBE_ENDING}`;
    for (let number = 2; taken.has(file.toLowerCase()); number++) file = `${base}-${number}${PROBE_ENDING}`;
    taken.add(file.toLowerCase());
    return { result: { ...result, file }, stored };
  });
}

/** File systems take names of 255 bytes, and a column or a regular expression may be longer. */
const LONGEST_NAME = 200;

function cut(name: string): string {
  // Half of a character is none.
  return Buffer.from(name)
    .subarray(0, LONGEST_NAME)
    .toString()
    .replace(/\uFFFD$/, '');
}
