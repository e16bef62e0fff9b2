// Trains probes by gradient descent on the engine: several heads side by side on the same activations, each with its own
// labels and its own early stop on the validation split.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { allFinite, type Executable, type Executor, type NamedTensors } from '../../engine/executor';
import { differentiate } from '../../engine/graph/differentiate';
import type { Tensor, TensorData } from '../../engine/graph/graph';
import { add, multiply, sumAll } from '../../engine/operations';
import { SubtextError } from '../../errors';
import { optimizerUpdates, scalarInputs, scalarValues, stateNames, type AdamW } from '../../train/optimizer';
import { headLosses, HeadReader, labelled, scalar, weightOf } from './headReader';
import type { Head, ProbeForm } from './probeForm';

export interface DescentSettings {
  steps: number;
  learningRate: number;
  weightDecay: number;
  /** Steps between two looks at the validation split. */
  evaluateEvery: number;
  /** Looks without a better validation loss after which a head is done. */
  patience: number;
}

export interface TrainedHead {
  parameters: NamedTensors;
  /** Mean over the validation split, in nats, of the parameters that are kept. */
  validationLoss: number;
  /** Step that they are of; 0 where none was better than the first values. */
  step: number;
}

/**
 * Trains all heads and keeps of each the parameters that were best on the validation split. The learning rate falls
 * linearly to 0. Equal heads give equal results, whoever is trained beside them.
 * @param onStep told after every step
 * @throws SubtextError `not-a-number` where a loss is none; `memory`, `engine-failed`, `cancelled`
 */
export async function trainHeads(
  executor: Executor,
  form: ProbeForm,
  heads: readonly Head[],
  settings: DescentSettings,
  cancellation: Cancellation,
  onStep: (step: number) => void = () => undefined,
): Promise<Map<string, TrainedHead>> {
  const weights: NamedTensors = new Map(form.fixed);
  const optimizer: AdamW = {
    kind: 'adamw',
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    weightDecay: settings.weightDecay,
  };
  for (const head of heads) for (const each of form.initial(head)) weights.set(...each);
  const step = await compileStep(executor, form, heads, optimizer, weights);
  const reader = await HeadReader.compile(executor, form, heads, weights);
  const tracked = new Map(heads.map((head) => [head.name, new BestParameters(head, form)]));
  try {
    const look = async (at: number) => {
      const sums = new Map(heads.map(({ name }) => [name, { loss: 0, count: 0 }]));
      for (const batch of form.batches('validation')) {
        throwIfCancelled(cancellation);
        for (const [name, { losses, counted }] of await reader.read(batch)) {
          const sum = sums.get(name)!;
          losses.forEach((loss) => (sum.loss += loss));
          sum.count += counted;
        }
      }
      await executor.fetchWeights(weights);
      for (const [name, { loss, count }] of sums)
        tracked.get(name)!.offer(weights, loss / count, at, settings);
    };
    await look(0);
    for (let at = 1; at <= settings.steps; at++) {
      throwIfCancelled(cancellation);
      const rate = settings.learningRate * (1 - (at - 1) / settings.steps);
      const inputs = labelled(form.training(at), heads);
      for (const [name, value] of Object.entries(scalarValues(optimizer, at, rate)))
        inputs.set(name, scalar(value));
      if (!allFinite(await step.run(inputs))) throw diverged(at);
      onStep(at);
      if (at % settings.evaluateEvery !== 0 && at !== settings.steps) continue;
      await look(at);
      if ([...tracked.values()].every(({ done }) => done)) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return new Map([...tracked].map(([name, best]) => [name, best.kept]));
  } finally {
    step.dispose();
    reader.dispose();
    executor.release(weights);
  }
}

async function compileStep(
  executor: Executor,
  form: ProbeForm,
  heads: readonly Head[],
  optimizer: AdamW,
  weights: NamedTensors,
): Promise<Executable> {
  const { graph, logits, carried = new Map<string, Tensor>() } = form.build(heads, 'train');
  const losses = heads.map((head) =>
    multiply(
      sumAll(headLosses(graph, logits.get(head.name)!, head)),
      graph.input(weightOf(head), 'float32', []),
    ),
  );
  const loss = losses.reduce(add);
  const names = heads.flatMap((head) => [...form.initial(head).keys()]).filter((name) => !carried.has(name));
  const values = names.map((name) => graph.weight(name, weights.get(name)!.shape));
  const gradients = differentiate(loss, values);
  const parameters = names.map((name, index) => ({
    name,
    value: values[index],
    gradient: gradients[index],
    decays: weights.get(name)!.shape.length > 1,
  }));
  const updates = optimizerUpdates(optimizer, parameters, graph.scalar(1), scalarInputs(graph));
  for (const { name, value } of parameters)
    for (const state of stateNames(optimizer, name)) weights.set(state, zeros(value.shape as number[]));
  for (const each of carried) updates.set(...each);
  // Its loss is not scaled, and it is small: float16 would lose gradients and gain nothing.
  const options = { updates, onlyFinite: true, inFloat32: true };
  return executor.compile(graph, new Map([['loss', loss]]), weights, options);
}

/** The best parameters of one head so far, and whether it still waits for better ones. */
class BestParameters {
  kept: TrainedHead = { parameters: new Map(), validationLoss: Infinity, step: 0 };
  done = false;
  private waited = 0;
  private readonly names: string[];

  constructor(head: Head, form: ProbeForm) {
    this.names = [...form.initial(head).keys()];
  }

  offer(weights: NamedTensors, loss: number, step: number, { patience }: DescentSettings): void {
    if (this.done) return;
    if (loss < this.kept.validationLoss) {
      // Copies: the engine goes on writing into the originals.
      const parameters = this.names.map((name): [string, TensorData] => {
        const value = weights.get(name)!;
        return [name, { ...value, data: value.data.slice() }];
      });
      this.kept = { parameters: new Map(parameters), validationLoss: loss, step };
      this.waited = 0;
    } else this.done = ++this.waited >= patience;
  }
}

function diverged(step: number): SubtextError {
  return new SubtextError(
    'not-a-number',
    `The loss of a probe is NaN or infinite at step ${step}`,
    'Lower train.learning_rate; if it stays so, the activations themselves may hold such numbers.',
  );
}

function zeros(shape: number[]): TensorData {
  return { type: 'float32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
}
