// The custom requests and notifications between the extension host and the backend. Standard ones (hover, document
// synchronisation, …) are the language server protocol's own. Typed arrays travel as in `arrays.ts`.
import type { RunEstimate, TrainingAnswers, TrainingChoice, TrainingQuestion } from './runs';
import type {
  EngineName,
  EngineStatus,
  Health,
  ModelSummary,
  NeuronActivations,
  NeuronId,
  NeuronTable,
  NeuronWrites,
  TextRange,
} from './types';

/** A document that the backend follows, and the model to read it with. */
export interface DocumentQuestion {
  uri: string;
  /** `ModelSummary.id`; must be open. */
  model: string;
}

/** Every request: what is asked, and what is answered. */
export interface Requests {
  /** Loads a checkpoint folder or file; answers at once when it is open already. */
  'subtext/openModel': { params: { path: string }; result: ModelSummary };
  'subtext/closeModel': { params: { model: string }; result: null };
  'subtext/listEngines': { params: null; result: EngineStatus[] };
  /** Moves every open model to another engine. */
  'subtext/selectEngine': { params: { engine: EngineName | 'auto' }; result: Health };
  /** Statistics of all neurons on a document; `selection` restricts them, the whole text is still read. */
  'subtext/rankNeurons': { params: DocumentQuestion & { selection?: TextRange }; result: NeuronTable };
  'subtext/neuronActivations': { params: DocumentQuestion & { id: NeuronId }; result: NeuronActivations };
  'subtext/neuronWrites': { params: { model: string; id: NeuronId; count: number }; result: NeuronWrites };
  /** What can be answered to the next question about a training. */
  'subtext/trainingChoices': {
    params: { answers: Partial<TrainingAnswers> };
    result: { question: TrainingQuestion; choices: TrainingChoice[] };
  };
  /** The recipe for a complete set of answers, as JSON text, with a name for its runs. */
  'subtext/composeRecipe': {
    params: { answers: TrainingAnswers };
    result: { name: string; recipe: string; estimate: RunEstimate };
  };
  /** Fails with the reason `recipe` where the text is no recipe. `path`: where it stands, which its files are relative to. */
  'subtext/estimateRun': { params: { recipe: string; path?: string }; result: RunEstimate };
  /** Starts a process of its own, which outlives the backend: with a recipe as in `estimateRun`, or without one goes on. */
  'subtext/startRun': {
    params: { directory: string; recipe?: string; path?: string };
    result: { pid: number };
  };
}

/** Every notification from the backend. */
export interface Notifications {
  /** Sent on every change: a full snapshot. */
  'subtext/health': Health;
}

export type RequestName = keyof Requests;
export type Params<Name extends RequestName> = Requests[Name]['params'];
export type Result<Name extends RequestName> = Requests[Name]['result'];

/** Settings that the backend is started with (LSP `initializationOptions`). */
export interface BackendOptions {
  engine: EngineName | 'auto';
  /** Threads of the engine; 0 = one per physical core. */
  threads: number;
}

/** LSP error code of a `SubtextError`; `data` is a `FailureData`. */
export const SUBTEXT_FAILURE = -32001;

/** What comes with a failed request, so that the host can react to the kind of failure. */
export interface FailureData {
  reason: string;
  remedy: string;
}
