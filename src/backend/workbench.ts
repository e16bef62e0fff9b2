// The open models and the texts they have read: everything the backend can be asked, free of any protocol.
// The language server asks it from another thread, the command line directly.
import { resolve } from 'node:path';
import type {
  EngineName,
  EngineStatus,
  ModelSummary,
  NeuronActivations,
  NeuronId,
  NeuronTable,
  NeuronWrites,
  TextRange,
  TextSource,
  TokenColumns,
} from '../protocol/types';
import { throwIfCancelled, type Cancellation } from './cancellation';
import { openCheckpoint } from './checkpoint/open';
import { listEngines, startEngine, type EngineOptions, type StartedEngine } from './engine/engines';
import { measureSpeed } from './engine/speed';
import { SubtextError } from './errors';
import { FinalResidual } from './interpret/finalResidual';
import { NeuronActivationStore, neuronStatistics } from './interpret/neurons';
import { predictions, type PositionPrediction } from './interpret/predictions';
import { Reading } from './interpret/reading';
import { neuronWrites } from './interpret/writes';
import { LanguageModel } from './model/languageModel';
import { parameterCount } from './model/weights';
import { modelName } from './modelName';
import type { Token } from './tokenizer/tokenizer';

/** A version of a document. What was computed for the same text under the same model is kept. */
export interface DocumentText {
  uri: string;
  version: number;
  text: string;
}

export interface WorkbenchOptions extends EngineOptions {
  engine: EngineName | 'auto';
}

export interface MeasuredEngine {
  engine: EngineName;
  /** Floating-point operations per second of large matrix products. */
  speed: number;
}

/** Texts kept with their activations, so that moving over neurons or hovering reads nothing again. */
const KEPT_READINGS = 3;

/** What is known of one text under one model. Each part is computed when first asked for. */
interface Inspection {
  text: string;
  reading: Reading;
  neurons?: NeuronActivationStore;
  residual?: FinalResidual;
}

export class Workbench {
  private engine: Promise<StartedEngine> | undefined;
  private readonly models = new Map<string, LanguageModel>();
  private current: string | undefined;
  private readonly inspections = new Map<string, Inspection>();
  private measured: MeasuredEngine | undefined;

  constructor(private options: WorkbenchOptions) {}

  /** The engine that answers, once one was needed; `note` when it is not the one asked for. */
  async engineInUse(): Promise<{ engine: EngineName; note?: string } | undefined> {
    const started = await this.engine?.catch(() => undefined);
    return started && { engine: started.executor.engine, note: started.note };
  }

  /** The model opened, or asked for again, last. */
  get currentModel(): string | undefined {
    return this.current;
  }

  get openModels(): ModelSummary[] {
    return [...this.models].map(([id, model]) => summary(id, model));
  }

  /** Loads a checkpoint, or makes one that is open already the current one. */
  async openModel(path: string, cancellation: Cancellation): Promise<ModelSummary> {
    const id = resolve(path);
    let model = this.models.get(id);
    if (!model) {
      const [checkpoint, { executor }] = await Promise.all([openCheckpoint(id), this.startedEngine()]);
      throwIfCancelled(cancellation);
      model = new LanguageModel(checkpoint, executor);
      this.models.set(id, model);
    }
    this.current = id;
    return summary(id, model);
  }

  closeModel(id: string): void {
    this.models.get(id)?.dispose();
    this.models.delete(id);
    if (this.current === id) this.current = [...this.models.keys()].at(-1);
    this.forgetReadings(id);
  }

  model(id: string): LanguageModel {
    const model = this.models.get(id);
    if (model) return model;
    throw new SubtextError('no-model', `The model ${id} is not open`, 'Open it with Subtext: Open Model….');
  }

  listEngines(): Promise<EngineStatus[]> {
    return listEngines(this.options);
  }

  /** Moves all open models to another engine. @throws SubtextError `engine-unavailable`; then nothing has changed */
  async selectEngine(engine: EngineName | 'auto'): Promise<void> {
    const started = await startEngine(engine, this.options);
    const previous = await this.engine?.catch(() => undefined);
    for (const [id, model] of this.models) {
      model.dispose();
      this.models.set(id, new LanguageModel(model.checkpoint, started.executor));
    }
    this.inspections.clear();
    previous?.executor.dispose();
    this.options = { ...this.options, engine };
    this.engine = Promise.resolve(started);
  }

  /** Measured once for each engine. @throws SubtextError `engine-unavailable` */
  async measureEngine(): Promise<MeasuredEngine> {
    const { executor } = await this.startedEngine();
    if (this.measured?.engine !== executor.engine) {
      this.measured = { engine: executor.engine, speed: await measureSpeed(executor) };
    }
    return this.measured;
  }

  async rankNeurons(
    document: DocumentText,
    modelId: string,
    selection: TextRange | undefined,
    cancellation: Cancellation,
    progress?: (share: number) => void,
  ): Promise<NeuronTable> {
    const start = performance.now();
    const inspection = this.inspect(document, modelId);
    const { reading } = inspection;
    const store = neuronStore(inspection);
    const whole = { start: reading.firstTextToken, end: reading.tokens.length };
    const scope = selection && tokensIn(reading.tokens, selection);
    const statistics = await neuronStatistics(
      reading,
      store,
      scope ?? whole,
      scope !== undefined,
      cancellation,
      progress,
    );
    return {
      source: textSource(document, modelId, reading),
      tokens: tokenColumns(reading.tokens),
      ...statistics,
      milliseconds: performance.now() - start,
    };
  }

  async neuronActivations(
    document: DocumentText,
    modelId: string,
    id: NeuronId,
    cancellation: Cancellation,
  ): Promise<NeuronActivations> {
    const inspection = this.inspect(document, modelId);
    const { reading } = inspection;
    const [values] = await neuronStore(inspection).columns([id], cancellation);
    const { starts, ends } = tokenColumns(reading.tokens);
    return { source: textSource(document, modelId, reading), id, starts, ends, values };
  }

  neuronWrites(modelId: string, id: NeuronId, count: number): Promise<NeuronWrites> {
    return neuronWrites(this.model(modelId), id, count);
  }

  /** The tokens at a place in a document, and what the model expected there and after. Several share a character. */
  async predictionsAt(
    document: DocumentText,
    modelId: string,
    offset: number,
    top: number,
    cancellation: Cancellation,
  ): Promise<{ token: Token; prediction: PositionPrediction }[]> {
    const inspection = this.inspect(document, modelId);
    const { reading } = inspection;
    const from = reading.tokens.findIndex(({ start, end }) => start <= offset && offset < end);
    if (from === -1) return [];
    let to = from + 1;
    while (to < reading.tokens.length && reading.tokens[to].end === reading.tokens[from].end) to++;
    const residual = (inspection.residual ??= new FinalResidual(reading));
    const found = await predictions(residual, from, to, top, cancellation);
    return found.map((prediction, index) => ({ token: reading.tokens[from + index], prediction }));
  }

  dispose(): void {
    for (const id of [...this.models.keys()]) this.closeModel(id);
    void this.engine?.then(
      ({ executor }) => executor.dispose(),
      () => undefined,
    );
  }

  private inspect(document: DocumentText, modelId: string): Inspection {
    const model = this.model(modelId);
    const key = JSON.stringify([document.uri, modelId]);
    let inspection = this.inspections.get(key);
    this.inspections.delete(key);
    if (inspection?.text !== document.text) {
      inspection = { text: document.text, reading: Reading.ofText(model, document.text) };
    }
    this.inspections.set(key, inspection);
    if (this.inspections.size > KEPT_READINGS) this.inspections.delete([...this.inspections.keys()][0]);
    return inspection;
  }

  private forgetReadings(modelId: string): void {
    for (const key of [...this.inspections.keys()]) {
      if ((JSON.parse(key) as string[])[1] === modelId) this.inspections.delete(key);
    }
  }

  private startedEngine(): Promise<StartedEngine> {
    if (!this.engine) {
      const starting = startEngine(this.options.engine, this.options);
      this.engine = starting;
      starting.catch(() => (this.engine = undefined));
    }
    return this.engine;
  }
}

function neuronStore(inspection: Inspection): NeuronActivationStore {
  return (inspection.neurons ??= new NeuronActivationStore(inspection.reading));
}

function textSource(document: DocumentText, modelId: string, { model, plan }: Reading): TextSource {
  return {
    uri: document.uri,
    version: document.version,
    model: modelId,
    modelName: modelName(modelId),
    engine: model.executor.engine,
    windows: plan,
  };
}

function tokenColumns(tokens: readonly Token[]): TokenColumns {
  return {
    ids: Int32Array.from(tokens, ({ id }) => id),
    pieces: tokens.map(({ piece }) => piece),
    starts: Int32Array.from(tokens, ({ start }) => start),
    ends: Int32Array.from(tokens, ({ end }) => end),
  };
}

/** Indices [start, end) of the tokens that a text range touches; undefined when it touches none. */
export function tokensIn(tokens: readonly Token[], range: TextRange): TextRange | undefined {
  const touches = ({ start, end }: Token) => start < range.end && end > range.start;
  const start = tokens.findIndex(touches);
  return start === -1 ? undefined : { start, end: tokens.findLastIndex(touches) + 1 };
}

function summary(id: string, { checkpoint, configuration, executor }: LanguageModel): ModelSummary {
  return {
    id,
    name: modelName(id),
    architecture: checkpoint.architecture,
    parameters: parameterCount(configuration),
    layers: configuration.n_layers,
    heads: configuration.n_heads,
    neuronsPerLayer: configuration.d_mlp,
    context: configuration.n_ctx,
    engine: executor.engine,
    notes: checkpoint.notes,
  };
}
