// What a stored probe reads from a text.
import type { Cancellation } from '../../cancellation';
import type { Executor, NamedTensors } from '../../engine/executor';
import { Graph } from '../../engine/graph/graph';
import { add, matmul, softmax } from '../../engine/operations';
import { SubtextError } from '../../errors';
import { LanguageModel } from '../../model/languageModel';
import { Reading } from '../reading';
import { EMBEDDING, normalised } from './embeddingProbe';
import { multiHeadInputs, multiHeadLogits } from './multiHeadProbe';
import { checkProbeFits, type StoredProbe } from './probeFile';

/** Probabilities of every class at every token that stands for text, as in training. */
export interface ProbeReading {
  /** Indices of the tokens that were read: of ids alone all behind a begin of text. */
  rows: number[];
  /** [tokens, classes] */
  probabilities: Float32Array;
}

/**
 * Reads a text with a probe.
 * @param reading of the model that the probe was trained on
 * @throws SubtextError `probe` for another checkpoint, or a text longer than the positions that the probe knows
 */
export async function readWithProbe(
  probe: StoredProbe,
  reading: Reading,
  cancellation: Cancellation,
): Promise<ProbeReading> {
  const { model, tokens, firstTextToken: first } = reading;
  checkProbeFits(probe, model.checkpoint);
  const { hook, width } = probe.header;
  const { data } = await updatedReading(probe, reading).activation(hook, cancellation);
  const standing = [...tokens.keys()].filter((row) => tokens[row].end > tokens[row].start);
  const rows = standing.length > 0 ? standing : [...tokens.keys()].slice(first);
  const read = new Float32Array(rows.length * width);
  rows.forEach((row, index) => read.set(data.subarray(row * width, (row + 1) * width), index * width));
  return { rows, probabilities: await probabilitiesOf(model.executor, probe, read) };
}

/** The text as the model reads it with the probe's update to its embedding, if it has one. */
function updatedReading({ header: { probe }, parameters }: StoredProbe, reading: Reading): Reading {
  if (probe.kind !== 'embedding-update') return reading;
  const { checkpoint, executor } = reading.model;
  const weights = new Map(checkpoint.weights);
  const { shape, data } = weights.get(EMBEDDING)!;
  const [a, b] = ['A', 'B'].map((name) => parameters.get(name)!.data);
  const updated = data.map((value, index) => {
    const [row, column] = [Math.floor(index / shape[1]), index % shape[1]];
    let sum = value;
    for (let k = 0; k < probe.rank; k++) sum += a[row * probe.rank + k] * b[k * shape[1] + column];
    return sum;
  });
  weights.set(EMBEDDING, { shape, data: updated });
  const model = new LanguageModel({ ...checkpoint, weights }, executor);
  return new Reading(model, reading.tokens, reading.changes, reading.text);
}

/** @param activations [tokens, width], of one text; for embedding-update of the model with the update */
export async function probabilitiesOf(
  executor: Executor,
  { header, parameters }: StoredProbe,
  activations: Float32Array,
): Promise<Float32Array> {
  const { probe, classes, width } = header;
  const length = activations.length / width;
  const graph = new Graph();
  const own: NamedTensors = new Map([...parameters].map(([name, value]) => [`probe/${name}`, value]));
  let logits;
  let inputs: NamedTensors;
  if (probe.kind !== 'multi-head') {
    const x = graph.input('activations', 'float32', ['batch', width]);
    const read = probe.kind === 'linear' ? x : normalised(x, 'probe', width, probe.norm);
    const product = matmul(read, graph.weight('probe/W', [width, classes.length]));
    logits = add(product, graph.weight('probe/b', [classes.length]));
    inputs = new Map([['activations', { type: 'float32', shape: [length, width], data: activations }]]);
  } else {
    if (length > probe.positions) {
      throw new SubtextError(
        'probe',
        `The text has ${length} tokens, and the probe was trained on ${probe.positions} positions`,
        'Give a shorter text, or train the probe on longer ones.',
      );
    }
    const x = graph.input('activations', 'float32', ['batch', 'pos', width]);
    const head = { name: 'probe', classes: classes.length };
    logits = multiHeadLogits(graph, x, head, probe, probe.positions);
    inputs = multiHeadInputs(activations, width, length, [length], probe.locality);
  }
  const executable = await executor.compile(graph, new Map([['p', softmax(logits)]]), own);
  try {
    return (await executable.run(inputs)).get('p')!.data as Float32Array;
  } finally {
    executable.dispose();
    executor.release(own);
  }
}
