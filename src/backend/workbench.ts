// The open models and the texts they have read: everything the backend can be asked, free of any protocol.
// The language server asks it from another thread, the command line directly.
import type { Continuation, ContinuationComparison, ContinuationOptions } from '../protocol/continuations';
import type { GrammarAttention, GrammarAttentionQuestion } from '../protocol/grammarAttention';
import type { Intervention, InterventionState } from '../protocol/interventions';
import type { PatchMap, PatchQuestion, TextCorrespondence } from '../protocol/patching';
import type { ProbeFolder, ProbeModel } from '../protocol/probes';
import type { PrecisionError } from '../protocol/engines';
import type {
  EngineName,
  EngineStatus,
  ModelSummary,
  NeuronId,
  NeuronWrites,
  Precision,
} from '../protocol/types';
import { answers, type QuestionName, type Questions } from './answers/answers';
import { throwIfCancelled, type Cancellation } from './cancellation';
import { openCheckpoint } from './checkpoint/open';
import { openGrammar } from './data/cfg/open';
import { listEngines, startEngine, type EngineOptions, type StartedEngine } from './engine/engines';
import { adapterOf } from './engine/hindrances';
import { measureSpeed } from './engine/speed';
import { type DocumentText, type ReleasedView, textSource } from './inspection';
import { correspondenceOf } from './interpret/alignment';
import { compareContinuations, continueText } from './interpret/continuation';
import { grammarAttention } from './interpret/grammarAttention/grammarAttention';
import { BaseValues } from './interpret/interventions/baseValues';
import { Interventions } from './interpret/interventions/interventions';
import type { TreeAnswer, TreeQuestion } from './interpret/parseTree/treeQuestion';
import { TreeReaders } from './interpret/parseTree/treeReaders';
import { patchMap } from './interpret/patching/patchMap';
import { fittingFolders, probesBeside } from './interpret/probes/openFolder';
import { probedModel } from './interpret/probes/probedModel';
import { fingerprintOf } from './interpret/probes/probeFile';
import { Reading } from './interpret/reading';
import { neuronWrites } from './interpret/writes';
import { KeptInspections } from './keptInspections';
import { LanguageModel } from './model/languageModel';
import { modelName } from './modelName';
import { modelSummary } from './modelSummary';
import { OpenModels } from './openModels';
import { precisionErrorOf } from './precisionError';

export interface WorkbenchOptions extends EngineOptions {
  engine: EngineName | 'auto';
}

export interface MeasuredEngine {
  engine: EngineName;
  /** Floating-point operations per second of large matrix products. */
  speed: number;
}

export interface EngineInUse {
  engine: EngineName;
  adapter: string;
  card?: string;
  precision: Precision;
  note?: string;
}

/** The active list of an open model. */
interface Intervening {
  list: Intervention[];
  values: BaseValues;
  interventions: Interventions;
}

export class Workbench {
  private engine: Promise<StartedEngine> | undefined;
  private readonly models = new OpenModels();
  private readonly inspections = new KeptInspections();
  private readonly treeReaders = new TreeReaders();
  private readonly intervening = new Map<string, Intervening>();
  private measured: MeasuredEngine | undefined;

  constructor(private options: WorkbenchOptions) {}

  /** The engine that answers, once one was needed; `note` when it is not the one asked for. */
  async engineInUse(): Promise<EngineInUse | undefined> {
    const started = await this.engine?.catch(() => undefined);
    if (!started) return undefined;
    const { executor, note } = started;
    const { adapter, card } = (await adapterOf(executor.engine)) ?? { adapter: executor.detail };
    const { engine, precision = 'float32' } = executor;
    return { engine, adapter, card, precision, note };
  }

  /** The model opened, or asked for again, last. */
  get currentModel(): string | undefined {
    return this.models.current;
  }

  get openModels(): ModelSummary[] {
    return [...this.models].map(([id, model]) => modelSummary(id, model));
  }

  /** Loads a checkpoint, or makes one that is open already, by whatever path, the current one. */
  async openModel(path: string, cancellation: Cancellation): Promise<ModelSummary> {
    const id = await this.models.open(path, async (id) => {
      const [checkpoint, { executor }] = await Promise.all([openCheckpoint(id), this.startedEngine()]);
      throwIfCancelled(cancellation);
      return new LanguageModel(checkpoint, executor);
    });
    return modelSummary(id, this.models.get(id));
  }

  closeModel(id: string): void {
    this.treeReaders.drop(id);
    this.models.close(id);
    this.intervening.delete(id);
    this.inspections.forget(id);
  }

  model(id: string): LanguageModel {
    return this.models.get(id);
  }

  listEngines(): Promise<EngineStatus[]> {
    return listEngines(this.options);
  }

  /** Moves all open models to another engine. @throws SubtextError `engine-unavailable`, `precision-unavailable`; then nothing has changed */
  async selectEngine(engine: EngineName | 'auto', precision = this.options.precision): Promise<void> {
    const options = { ...this.options, engine, precision };
    const started = await startEngine(engine, options);
    const previous = await this.engine?.catch(() => undefined);
    for (const [id] of this.models) this.treeReaders.drop(id);
    this.models.replace((model) => {
      model.dispose();
      return new LanguageModel(model.checkpoint, started.executor);
    });
    for (const [id, { list }] of [...this.intervening]) {
      this.intervening.delete(id);
      this.setInterventions(id, list);
    }
    this.inspections.clear();
    previous?.executor.dispose();
    this.options = options;
    this.measured = undefined;
    this.engine = Promise.resolve(started);
  }

  /** What the precision of the engine in use costs a model on a text. @throws SubtextError as `precisionErrorOf` */
  precisionError(modelId: string, text: string): Promise<PrecisionError> {
    return precisionErrorOf(this.model(modelId), text, this.options);
  }

  /** Measured once for each engine. @throws SubtextError `engine-unavailable` */
  async measureEngine(): Promise<MeasuredEngine> {
    const { executor } = await this.startedEngine();
    this.measured ??= { engine: executor.engine, speed: await measureSpeed(executor) };
    return this.measured;
  }

  /**
   * From now on the model computes under this list, in every answer. What was kept under the former one is dropped.
   * @returns for each entry what it does, or why it cannot be applied to this model
   * @throws SubtextError `no-model`; `interventions` for a list that no model can have
   */
  setInterventions(modelId: string, list: readonly Intervention[]): InterventionState[] {
    const model = this.model(modelId);
    const values = this.intervening.get(modelId)?.values ?? new BaseValues(model);
    const interventions = new Interventions(model, list, values);
    this.intervening.set(modelId, { list: [...list], values, interventions });
    this.treeReaders.forget(modelId);
    this.inspections.forget(modelId, { underInterventions: true });
    return interventions.states;
  }

  /** Continues a document's text under the active interventions. */
  continueText(
    document: DocumentText,
    modelId: string,
    options: ContinuationOptions,
    cancellation: Cancellation,
    piece: (text: string) => void,
  ): Promise<Continuation> {
    const interventions = this.intervening.get(modelId)?.interventions;
    return continueText(this.model(modelId), document.text, options, interventions, cancellation, piece);
  }

  /** Continues it twice with the same seed: without the active interventions, and with them. */
  compareContinuations(
    document: DocumentText,
    modelId: string,
    options: ContinuationOptions,
    cancellation: Cancellation,
    progress: (share: number) => void,
  ): Promise<ContinuationComparison> {
    const interventions = this.intervening.get(modelId)?.interventions;
    const model = this.model(modelId);
    return compareContinuations(model, document.text, options, interventions, cancellation, progress);
  }

  /** Activation patching of one text into another, under the active interventions. */
  patchMap(
    { model: modelId, ...question }: PatchQuestion,
    cancellation: Cancellation,
    progress: (share: number) => void,
  ): Promise<PatchMap> {
    return this.timed(modelId, (model, interventions) =>
      patchMap(model, question, cancellation, progress, interventions),
    );
  }

  /** Attention statistics of a grammar, under the active interventions. */
  grammarAttention(
    { model: modelId, grammar, ...question }: GrammarAttentionQuestion,
    cancellation: Cancellation,
    progress: (share: number) => void,
  ): Promise<GrammarAttention> {
    return this.timed(modelId, (model, interventions) =>
      grammarAttention(model, openGrammar(grammar), question, cancellation, progress, interventions),
    );
  }

  /** How many tokens of two texts correspond. @throws SubtextError `alignment` where none does */
  alignTexts(modelId: string, source: string, target: string): TextCorrespondence {
    const model = this.model(modelId);
    return correspondenceOf(Reading.ofText(model, source), Reading.ofText(model, target));
  }

  /** Folders with probes that were trained on a model, newest first. */
  async listProbes(modelId: string, folders: readonly string[]): Promise<ProbeFolder[]> {
    const fingerprint = fingerprintOf(this.model(modelId).checkpoint);
    const found = await fittingFolders([probesBeside(modelId), ...folders], fingerprint);
    return found.map(({ folder }) => folder);
  }

  /** Which model a probe was trained on. @throws SubtextError as `readProbe` */
  probedModel(file: string): Promise<ProbeModel> {
    const open = [...this.models].map(([id, { checkpoint }]) => [id, checkpoint] as const);
    return probedModel(file, new Map(open));
  }

  /** What probes read of a grammar's strings, under the active interventions. @throws SubtextError `grammar`, `probe` */
  readParseTrees(
    modelId: string,
    question: TreeQuestion,
    cancellation: Cancellation,
    progress: (share: number) => void,
  ): Promise<TreeAnswer> {
    const interventions = this.intervening.get(modelId)?.interventions;
    const reader = this.treeReaders.of(modelId, this.model(modelId));
    return reader.read(question, interventions, cancellation, progress);
  }

  /** Answers a question about a document; what was computed before of the same text is kept. */
  async ask<Name extends QuestionName>(
    question: Name,
    document: DocumentText,
    modelId: string,
    parameters: Questions[Name]['parameters'],
    cancellation: Cancellation,
    progress: (share: number) => void = () => undefined,
  ): Promise<Questions[Name]['answer']> {
    const readBy = (id: string, interventions: boolean) =>
      this.inspections.of(
        { document, modelId: id, model: this.model(id) },
        interventions ? this.intervening.get(id)?.interventions : undefined,
        cancellation,
      );
    const inspection = await readBy(modelId, true);
    const source = textSource(document, modelId, inspection);
    return answers[question]({ inspection, source, readBy, cancellation, progress }, parameters);
  }

  /** Gives back the memory that a view of a text takes, if it was read for it. */
  release(view: ReleasedView, uri: string, modelId: string): void {
    this.inspections.release(view, uri, modelId);
  }

  neuronWrites(modelId: string, id: NeuronId, count: number): Promise<NeuronWrites> {
    return neuronWrites(this.model(modelId), id, count);
  }

  dispose(): void {
    for (const [id] of [...this.models]) this.closeModel(id);
    void this.engine?.then(
      ({ executor }) => executor.dispose(),
      () => undefined,
    );
  }

  /** An answer with who gave it, and how long it took. */
  private async timed<Found extends object>(
    modelId: string,
    find: (model: LanguageModel, interventions: Interventions | undefined) => Promise<Found>,
  ): Promise<Found & { model: string; modelName: string; engine: EngineName; milliseconds: number }> {
    const start = performance.now();
    const model = this.model(modelId);
    const found = await find(model, this.intervening.get(modelId)?.interventions);
    return {
      model: modelId,
      modelName: modelName(modelId),
      engine: model.executor.engine,
      ...found,
      milliseconds: performance.now() - start,
    };
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
