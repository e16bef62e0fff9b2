// Fits all probes of one activation: every target, and every target with its labels in random order.
import type { Cancellation } from '../../cancellation';
import type { Executor, NamedTensors } from '../../engine/executor';
import type { TensorData } from '../../engine/graph/graph';
import type { LanguageModel } from '../../model/languageModel';
import type { Activations } from './activations';
import { shuffledLabels, type ProbeData, type Target } from './data';
import { trainHeads, type DescentSettings } from './descent';
import { readClasses } from './headReader';
import type { Head } from './probeForm';
import { EmbeddingForm } from './embeddingProbe';
import { LinearForm } from './linearProbe';
import { MultiHeadForm } from './multiHeadProbe';
import type { ProbeHeader } from './probeFile';
import type { ProbeRecipe } from './recipeSchema';
import { solveRidge } from './ridge';
import { unstandardised } from './standard';

/** A probe that was fitted, as it is kept. */
export interface FittedProbe {
  target: Target;
  /** Labels that it was trained and is scored with. */
  labels: Int32Array;
  /** By example of the test split the class that it reads; -1 at others. */
  read: Int32Array;
  shape: ProbeHeader['probe'];
  /** For activations as they are. */
  parameters: NamedTensors;
  /** Of the descent; null where it was solved. */
  steps: number | null;
}

export interface FittedProbes {
  /** One for each target. */
  probes: FittedProbe[];
  /** The same with shuffled labels; empty where these are not wanted. */
  shuffled: FittedProbe[];
}

/** What probes are fitted to: activations that were collected, or for those that change the model, the model itself. */
export type ProbeSource =
  { activations: Activations } | { model: LanguageModel; hook: string; width: number };

/** Unless the recipe says otherwise. */
const DEFAULTS = {
  linear: { steps: 2000, batch: 512 },
  'multi-head': { steps: 2000, batch: 32 },
  'embedding-update': { steps: 2000, batch: 50 },
};

/**
 * @param source the model itself for embedding-update, else activations
 * @param withShuffled whether to fit each target with shuffled labels too
 * @param onStep told the share of the steps
 */
export async function fitProbes(
  executor: Executor,
  source: ProbeSource,
  data: ProbeData,
  { probe, train, seed }: Pick<ProbeRecipe, 'probe' | 'train' | 'seed'>,
  withShuffled: boolean,
  cancellation: Cancellation,
  onStep: (share: number) => void,
): Promise<FittedProbes> {
  const defaults = DEFAULTS[probe.kind];
  const { steps = defaults.steps, batch = defaults.batch } = train;
  const form = formOf(source, data, probe, batch, seed);
  const heads = data.targets.flatMap((target, index): (Head & { target: Target })[] => {
    const own = { target, classes: target.classes.length };
    const shuffled = { ...own, name: `shuffled ${index}`, labels: shuffledLabels(data, target, seed) };
    return [{ ...own, name: `target ${index}`, labels: target.labels }, ...(withShuffled ? [shuffled] : [])];
  });
  const settings: DescentSettings = {
    steps,
    learningRate: train.learning_rate,
    weightDecay: train.weight_decay,
    evaluateEvery: train.evaluate_every,
    patience: train.patience,
  };
  // Heads that each have a model of their own are trained one after the other.
  const groups = form instanceof EmbeddingForm ? heads.map((head) => [head]) : [heads];
  const probes: FittedProbe[] = [];
  for (const [index, group] of groups.entries()) {
    const fitted =
      form instanceof LinearForm && probe.kind === 'linear' && probe.solver === 'ridge'
        ? await solveRidge(executor, form, group, cancellation)
        : await trainHeads(executor, form, group, settings, cancellation, (step) =>
            onStep((index + step / steps) / groups.length),
          );
    const parameters = new Map([...fitted.values()].flatMap((each) => [...each.parameters]));
    const read = await readClasses(executor, form, group, parameters, 'test', data.examples, cancellation);
    for (const head of group) {
      const { step, parameters: own } = fitted.get(head.name)!;
      const { target, labels, name } = head;
      probes.push({ target, labels, read: read.get(name)!, ...kept(form, head, own), steps: step });
    }
  }
  const isShuffled = (index: number) => heads[index].name.startsWith('shuffled');
  return {
    probes: probes.filter((_, index) => !isShuffled(index)),
    shuffled: probes.filter((_, index) => isShuffled(index)),
  };
}

function formOf(
  source: ProbeSource,
  data: ProbeData,
  probe: ProbeRecipe['probe'],
  batch: number,
  seed: number,
): LinearForm | MultiHeadForm | EmbeddingForm {
  if ('model' in source) {
    const { model, hook, width } = source;
    if (probe.kind !== 'embedding-update') throw new Error('no activations');
    return new EmbeddingForm(model, hook, width, data, probe, batch, seed);
  }
  const { activations } = source;
  switch (probe.kind) {
    case 'linear':
      return new LinearForm(activations, data, batch, seed);
    case 'multi-head':
      return new MultiHeadForm(activations, data, probe, batch, seed);
    case 'embedding-update':
      throw new Error('no model');
  }
}

/** The probe as a file keeps it: for activations that are not standardised. */
function kept(
  form: LinearForm | MultiHeadForm | EmbeddingForm,
  { name, classes }: Head,
  parameters: NamedTensors,
): Pick<FittedProbe, 'shape' | 'parameters'> {
  if (form instanceof EmbeddingForm) {
    const plain = [...parameters].map(([key, value]) => [key.slice(name.length + 1), value] as const);
    return { shape: form.stored, parameters: new Map(plain) };
  }
  const own = (parameter: string) => parameters.get(`${name}/${parameter}`)!;
  const bias = (offset: Float32Array): TensorData => {
    const data = Float32Array.from(own('b').data as Float32Array);
    // Weights of positions sum to one, so that what the maps of all heads leave to be added adds up.
    offset.forEach((value, index) => (data[index % classes] += value));
    return { type: 'float32', shape: [classes], data };
  };
  if (form instanceof MultiHeadForm) {
    const { matrix, offset } = unstandardised(form.fixed, own('F'));
    return {
      shape: { kind: 'multi-head', ...form.shape, positions: form.positions },
      parameters: new Map([
        ['P', own('P')],
        ['F', matrix],
        ['b', bias(offset)],
      ]),
    };
  }
  const { matrix, offset } = unstandardised(form.fixed, own('W'));
  return {
    shape: { kind: 'linear' },
    parameters: new Map([
      ['W', matrix],
      ['b', bias(offset)],
    ]),
  };
}
