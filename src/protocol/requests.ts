// The custom requests and notifications between the extension host and the backend. Standard ones (hover, document
// synchronisation, …) are the language server protocol's own. Typed arrays travel as in `arrays.ts`.
import type {
  AttentionGrid,
  AttentionTile,
  HeadId,
  HeadsBetween,
  PatternMatches,
  PatternQuestion,
  TileQuestion,
  TokenAttention,
  TokenPlace,
} from './attention';
import type {
  Continuation,
  ContinuationComparison,
  ContinuationOptions,
  ContinuationPiece,
} from './continuations';
import type { EngineRequests } from './engines';
import type { GrammarAttentionRequests } from './grammarAttention';
import type { GrammarRequests } from './grammars';
import type { Intervention, InterventionFile, InterventionState } from './interventions';
import type { LossComparison, LossQuestion } from './losses';
import type { ParseTreeRequests } from './parseTrees';
import type { PatchMap, PatchQuestion, TextCorrespondence } from './patching';
import type { AttributionQuestion, LogitAttribution } from './attribution';
import type { LensCell, LensCellQuestion, LensQuestion, LensTable } from './lens';
import type { ProbeRequests } from './probes';
import type { RunEstimate, TrainingAnswers, TrainingChoice, TrainingQuestion } from './runs';
import type {
  EngineName,
  Health,
  ModelSummary,
  NeuronActivations,
  NeuronId,
  NeuronTable,
  NeuronWrites,
  Precision,
  ProgressNote,
  TextRange,
} from './types';

/** A document that the backend follows, and the model to read it with. */
export interface DocumentQuestion {
  uri: string;
  /** `ModelSummary.id`; must be open. */
  model: string;
}

/** Every request: what is asked, and what is answered. */
export interface Requests
  extends EngineRequests, GrammarRequests, GrammarAttentionRequests, ProbeRequests, ParseTreeRequests {
  /** Loads a checkpoint folder or file; answers at once when it is open already. */
  'subtext/openModel': { params: { path: string }; result: ModelSummary };
  'subtext/closeModel': { params: { model: string }; result: null };
  /** Statistics of all neurons on a document; `selection` restricts them, the whole text is still read. */
  'subtext/rankNeurons': { params: DocumentQuestion & { selection?: TextRange }; result: NeuronTable };
  'subtext/neuronActivations': { params: DocumentQuestion & { id: NeuronId }; result: NeuronActivations };
  /** Gives back the memory that a text's neurons take; also of a document that was closed meanwhile. */
  'subtext/releaseNeurons': { params: DocumentQuestion; result: null };
  'subtext/neuronWrites': { params: { model: string; id: NeuronId; count: number }; result: NeuronWrites };
  /**
   * The model computes under this list from now on, in every answer about a document; an empty one ends that. Closing the
   * model forgets it, another engine does not.
   */
  'subtext/setInterventions': {
    params: { model: string; interventions: Intervention[] };
    result: InterventionState[];
  };
  /** Checks and completes the text of a file `*.interventions.json`; `name` is for messages. */
  'subtext/readInterventions': { params: { text: string; name: string }; result: InterventionFile };
  /**
   * Continues a document's text under the active interventions; pieces come as `subtext/continuationPiece` meanwhile, with
   * `stream` in them. Cancelling stops it: the pieces that came are what there is.
   */
  'subtext/continueText': {
    params: DocumentQuestion & ContinuationOptions & { stream: string };
    result: Continuation;
  };
  'subtext/compareContinuations': {
    params: DocumentQuestion & ContinuationOptions;
    result: ContinuationComparison;
  };
  'subtext/compareLosses': { params: DocumentQuestion & LossQuestion; result: LossComparison };
  /** Not of a document, and without the active interventions. */
  'subtext/patchMap': { params: PatchQuestion; result: PatchMap };
  /** Fails with the reason `alignment` where no token corresponds to any. */
  'subtext/alignTexts': {
    params: { model: string; source: string; target: string };
    result: TextCorrespondence;
  };
  /** What each layer already predicts, for as many tokens as fit into one answer. */
  'subtext/lens': { params: DocumentQuestion & LensQuestion; result: LensTable };
  'subtext/lensCell': { params: DocumentQuestion & LensCellQuestion; result: LensCell };
  /** Gives back the memory that a text's lens takes; also of a document that was closed meanwhile. */
  'subtext/releaseLens': { params: DocumentQuestion; result: null };
  /** What each part of the model adds to the logit of a token. */
  'subtext/attribute': { params: DocumentQuestion & AttributionQuestion; result: LogitAttribution };
  /** Scores and pictures of all heads; what else is asked about attention needs no further run of the model. */
  'subtext/attentionGrid': { params: DocumentQuestion & { hideSink: boolean }; result: AttentionGrid };
  'subtext/attentionTile': { params: DocumentQuestion & TileQuestion; result: AttentionTile };
  'subtext/attentionOfToken': {
    params: DocumentQuestion & HeadId & { place: TokenPlace };
    result: TokenAttention;
  };
  /** `first`, `second`: two selections in the document. */
  'subtext/headsBetween': {
    params: DocumentQuestion & { first: TextRange; second: TextRange };
    result: HeadsBetween;
  };
  'subtext/searchPattern': {
    params: DocumentQuestion & { pattern: PatternQuestion };
    result: PatternMatches;
  };
  /** Gives back the memory that a text's attention takes; also of a document that was closed meanwhile. */
  'subtext/releaseAttention': { params: DocumentQuestion; result: null };
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
  'subtext/continuationPiece': ContinuationPiece;
  'subtext/progress': ProgressNote;
}

export type RequestName = keyof Requests;
/** The requests that are asked of a document. */
export const DOCUMENT_REQUESTS = [
  'subtext/rankNeurons',
  'subtext/neuronActivations',
  'subtext/compareLosses',
  'subtext/lens',
  'subtext/lensCell',
  'subtext/attribute',
  'subtext/attentionGrid',
  'subtext/attentionTile',
  'subtext/attentionOfToken',
  'subtext/headsBetween',
  'subtext/searchPattern',
] as const satisfies {
  [Name in RequestName]: Requests[Name]['params'] extends DocumentQuestion ? Name : never;
}[RequestName][];
export type DocumentRequestName = (typeof DOCUMENT_REQUESTS)[number];
export type Params<Name extends RequestName> = Requests[Name]['params'];
export type Result<Name extends RequestName> = Requests[Name]['result'];

/** Settings that the backend is started with (LSP `initializationOptions`). */
export interface BackendOptions {
  engine: EngineName | 'auto';
  /** Threads of the engine; 0 = one per physical core. */
  threads: number;
  /** Default float32. */
  precision?: Precision;
}

/** LSP error code of a `SubtextError`; `data` is a `FailureData`. */
export const SUBTEXT_FAILURE = -32001;

/** What comes with a failed request, so that the host can react to the kind of failure. */
export interface FailureData {
  reason: string;
  remedy: string;
}
