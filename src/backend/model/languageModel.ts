// A checkpoint on an engine: forward passes with any activations captured, fed or modified.
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { Tensor, TensorData } from '../engine/graph/graph';
import type { Executable, Executor, NamedTensors } from '../engine/executor';
import { graphError } from '../engine/graph/graph';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { SubtextError } from '../errors';
import { CompiledGraphs } from './compiledGraphs';
import type { TransformerConfiguration } from './configuration';
import { isCacheName, LENGTHS, POSITIONS, TOKENS } from './context';
import { interventionInput, type Intervention } from './hooks';
import { firstNotFinite } from './watch';
import { buildTransformer, type CaptureType, type ForwardRequest, type WeightSource } from './transformer';

/** One activation replaced, scaled or added to, with the value to do it with. */
export interface HookedValue {
  hook: string;
  kind: Intervention['kind'];
  value: TensorData;
  /** The value's shape with names for axes of any size: then another size takes no other graph. */
  axes?: Intervention['shape'];
}

/** What a graph has to be compiled with for these values. */
export function interventionsOf(hooked: readonly HookedValue[]): Intervention[] {
  return hooked.map(({ hook, kind, value, axes }) => ({ hook, kind, shape: axes ?? value.shape }));
}

export function interventionInputs(hooked: readonly HookedValue[]): [string, TensorData][] {
  return hooked.map(({ hook, kind, value }) => [interventionInput(hook, kind), value]);
}

/** What a graph goes on to compute, so that only that leaves it; the same name always means the same. */
export interface Ending {
  name: string;
  /** Activations that it goes on from, besides the logits [batch, pos, d_vocab]. */
  of?: readonly string[];
  outputs: (logits: Tensor, activations: ReadonlyMap<string, Tensor>) => Map<string, Tensor>;
}

/** Weights of more bytes are not packed: every compiled graph would hold a copy of its own. */
const LARGEST_PACKED = 512 * 1024 * 1024;

/** Weights that somebody else keeps and changes, as a trainer does. */
export interface LiveWeights {
  values: NamedTensors;
  /** Where a graph takes them from, if not by name. */
  source?: WeightSource;
}

export class LanguageModel {
  readonly configuration: TransformerConfiguration;
  private readonly weights: NamedTensors;
  /** Whether a compiled graph may hold its own copy of the weights. */
  private readonly mayPack: boolean;
  private readonly compiled = new CompiledGraphs();

  /** @param live weights to compute with, as they are at each run, instead of the checkpoint's */
  constructor(
    readonly checkpoint: Checkpoint,
    readonly executor: Executor,
    private readonly live?: LiveWeights,
  ) {
    this.configuration = checkpoint.configuration;
    this.weights =
      live?.values ??
      new Map(
        [...checkpoint.weights].map(([name, { shape, data }]) => [name, { type: 'float32', shape, data }]),
      );
    const bytes = [...this.weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    this.mayPack = live === undefined && bytes <= LARGEST_PACKED;
  }

  /** @throws SubtextError `tokenizer` when the checkpoint came without one */
  get tokenizer(): Tokenizer {
    const { tokenizer, path } = this.checkpoint;
    if (tokenizer) return tokenizer;
    throw new SubtextError(
      'tokenizer',
      `No tokenizer lies beside ${path}`,
      'Put tokenizer.json (or, for llama2.c, the tokenizer .bin) into the folder of the model.',
    );
  }

  /** A weight's values, row-major (see `weightShapes`). */
  weight(name: string): TensorData | undefined {
    return this.weights.get(name);
  }

  /**
   * Runs the model and gives the named activations: TransformerLens's `run_with_cache`.
   * @param texts token ids of each text; shorter ones are padded on the right, where no other token looks; what
   * is computed for the padding itself means nothing
   * @param names activations, `logits`, `log_probs`
   * @param as the type that they are given in; the model computes in float32
   * @returns each with leading axes [batch, pos] (patterns [batch, head, pos, pos])
   */
  runWithCache(
    texts: readonly ArrayLike<number>[],
    names: readonly string[],
    as?: CaptureType,
  ): Promise<NamedTensors> {
    return this.runWithHooks(texts, names, [], as);
  }

  /** As `runWithCache`, with activations changed on the way: TransformerLens's `run_with_hooks`. */
  async runWithHooks(
    texts: readonly ArrayLike<number>[],
    names: readonly string[],
    hooked: readonly HookedValue[],
    as?: CaptureType,
  ): Promise<NamedTensors> {
    const interventions = interventionsOf(hooked);
    const inputs = this.tokenInputs(texts);
    const padded = inputs.has(LENGTHS);
    const executable = await this.compile({ captures: names, interventions, as, padded });
    return executable.run(new Map([...inputs, ...interventionInputs(hooked)]));
  }

  /**
   * Runs the model on one text for what an ending makes of its activations.
   * @param inputs that the ending asks for
   */
  async runWithEnding(
    ids: ArrayLike<number>,
    ending: Ending,
    hooked: readonly HookedValue[] = [],
    inputs: NamedTensors = new Map(),
  ): Promise<NamedTensors> {
    const executable = await this.compile({ captures: [], interventions: interventionsOf(hooked) }, ending);
    return executable.run(new Map([...inputs, ...this.tokenInputs([ids]), ...interventionInputs(hooked)]));
  }

  /**
   * Runs the model to see whether it computes numbers.
   * @throws SubtextError `not-a-number` with the first activation that has NaN or infinity
   */
  async checkNumbers(
    texts: readonly ArrayLike<number>[],
    hooked: readonly HookedValue[] = [],
  ): Promise<void> {
    const inputs = this.tokenInputs(texts);
    const interventions = interventionsOf(hooked);
    const padded = inputs.has(LENGTHS);
    const executable = await this.compile({ captures: [], interventions, watch: true, padded });
    const outputs = await executable.run(new Map([...inputs, ...interventionInputs(hooked)]));
    const hook = firstNotFinite(outputs);
    if (hook === undefined) return;
    throw new SubtextError(
      'not-a-number',
      `The model computes values that are not numbers: ${hook} is the first activation with NaN or infinity`,
      'The weights that lead to it may be damaged, or too large for float32.',
    );
  }

  /**
   * What is read out of residual streams alone: the final norm and the unembedding, or what stands in their place.
   * @param residual [batch, pos, d_model], as `blocks.<last>.hook_resid_post`
   * @param wanted `logits`, `log_probs`, or what an ending makes of the logits
   * @param changes to what comes behind the stream, the final norm
   * @param inputs that the ending asks for
   */
  async readout(
    residual: TensorData,
    wanted: readonly string[] | Ending,
    changes: readonly HookedValue[] = [],
    inputs: NamedTensors = new Map(),
  ): Promise<NamedTensors> {
    const hook = `blocks.${this.configuration.n_layers - 1}.hook_resid_post`;
    const shape = ['batch', 'pos', this.configuration.d_model];
    const ending = 'outputs' in wanted ? wanted : undefined;
    const request = {
      captures: 'outputs' in wanted ? [] : wanted,
      interventions: [
        { hook, kind: 'feed' as const, shape },
        ...changes.map((change) => ({ hook: change.hook, kind: change.kind, shape: change.value.shape })),
      ],
    };
    const executable = await this.compile(request, ending);
    return executable.run(
      new Map([
        ...inputs,
        [interventionInput(hook, 'feed'), residual],
        ...changes.map((change): [string, TensorData] => [
          interventionInput(change.hook, change.kind),
          change.value,
        ]),
      ]),
    );
  }

  /** The graph for a request, compiled once and kept. */
  compile(request: ForwardRequest, ending?: Ending): Promise<Executable> {
    const key = JSON.stringify({ interventions: [], cached: false, ...request, ending: ending?.name });
    return this.compiled.get(key, () => this.build(request, ending));
  }

  /**
   * Gives back what the graphs that give one of these hold: their weights and the memory of their runs, which the engine
   * keeps for the next one. They are compiled again when they are needed.
   * @param outputs names of activations and of endings
   */
  releaseGraphs(outputs: ReadonlySet<string>): void {
    this.compiled.release((signature) => {
      const { captures, ending } = JSON.parse(signature) as ForwardRequest & { ending?: string };
      return [...captures, ending].some((name) => name !== undefined && outputs.has(name));
    });
  }

  dispose(): void {
    this.compiled.dispose();
    if (!this.live) this.executor.release(this.weights);
  }

  private async build(request: ForwardRequest, ending?: Ending): Promise<Executable> {
    const captures = [...request.captures, ...(ending?.of ?? [])];
    const source = this.live?.source;
    const { graph, outputs, logits } = buildTransformer(this.configuration, { ...request, captures }, source);
    const made = ending?.outputs(logits, outputs) ?? [];
    for (const name of ending?.of ?? []) if (!request.captures.includes(name)) outputs.delete(name);
    for (const each of made) outputs.set(...each);
    const holds = new Set([...outputs.keys()].filter(isCacheName));
    // A smaller number does not pay for one token at a time: each weight would be rounded for it.
    const inFloat32 = request.cached;
    return this.executor.compile(graph, outputs, this.weights, {
      packWeights: this.mayPack,
      holds,
      inFloat32,
    });
  }

  private tokenInputs(texts: readonly ArrayLike<number>[]): NamedTensors {
    const { n_ctx, d_vocab, causal } = this.configuration;
    if (texts.length === 0) throw graphError('no texts');
    if (texts.some((ids) => ids.length === 0)) throw graphError('a text of no tokens');
    const length = Math.max(...texts.map((ids) => ids.length));
    if (length > n_ctx) throw graphError(`${length} tokens for a context of ${n_ctx}`);
    const data = new Int32Array(texts.length * length);
    texts.forEach((ids, row) => data.set(Int32Array.from(ids), row * length));
    checkIds(data, d_vocab);
    const inputs: NamedTensors = new Map([
      [TOKENS, { type: 'int32', shape: [texts.length, length], data }],
      [POSITIONS, { type: 'int32', shape: [length], data: Int32Array.from({ length }, (_, index) => index) }],
    ]);
    const lengths = Int32Array.from(texts, (ids) => ids.length);
    // What lies behind a text is later than all of it: a causal model needs no telling.
    if (!causal && lengths.some((each) => each !== length)) {
      inputs.set(LENGTHS, { type: 'int32', shape: [texts.length], data: lengths });
    }
    return inputs;
  }
}

/**
 * @param reason `usage` where a person gave the ids, `tokenizer` where they come from a text
 * @throws SubtextError for an id outside the vocabulary: engines read outside the table without a word
 */
export function checkIds(
  ids: Int32Array,
  vocabulary: number,
  reason: 'usage' | 'tokenizer' = 'tokenizer',
): void {
  const wrong = ids.find((id) => id < 0 || id >= vocabulary);
  if (wrong === undefined) return;
  throw new SubtextError(
    reason,
    `Token id ${wrong} is outside the model's vocabulary of ${vocabulary}`,
    `Ids go from 0 to ${vocabulary - 1}; check that the tokenizer belongs to the model.`,
  );
}
