// What is the same of all kinds of probes: heads, batches of examples, and how logits are built of them.
import type { NamedTensors } from '../../engine/executor';
import type { Graph, Tensor } from '../../engine/graph/graph';
import type { Split } from './data';

/** One probe among those that are trained side by side. */
export interface Head {
  /** Unique among them; the names of its parameters begin with it. */
  name: string;
  classes: number;
  /** By example a class, or `IGNORED`. */
  labels: Int32Array;
}

/** Some examples, in the order in which a form lays them out. */
export interface Batch {
  inputs: NamedTensors;
  /** By row of logits the example that it stands for, -1 for padding. */
  examples: Int32Array;
  /** Of the logits without their last axis. */
  shape: readonly number[];
}

/** A kind of probe, bound to the activations that it reads. */
export interface ProbeForm {
  /** What is not trained: standardisation, the weights of a model. */
  readonly fixed: NamedTensors;
  /** First values of a head's parameters. */
  initial(head: Head): NamedTensors;
  /** Logits of each head, […, classes], and values that a step carries on besides what it trains. */
  build(heads: readonly Head[], mode: 'train' | 'read'): BuiltProbes;
  training(step: number): Batch;
  batches(split: Split): Iterable<Batch>;
}

export interface BuiltProbes {
  graph: Graph;
  logits: Map<string, Tensor>;
  carried?: Map<string, Tensor>;
}
