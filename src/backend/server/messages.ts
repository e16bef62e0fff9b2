// What the thread of the language server and the thread of the engine say to each other.
import type { ContinuationOptions } from '../../protocol/continuations';
import type { Params, Result } from '../../protocol/requests';
import type { PrecisionError } from '../../protocol/engines';
import type { EngineName, ModelSummary, Precision } from '../../protocol/types';
import type { QuestionName, Questions } from '../answers/answers';
import type { DocumentText, ReleasedView } from '../inspection';
import type { TreeAnswer, TreeQuestion } from '../interpret/parseTree/treeQuestion';
import type { MeasuredEngine, Workbench, WorkbenchOptions } from '../workbench';

/** Methods of the workbench that the server calls from the other thread; cancellation and progress are added there. */
export interface Calls {
  openModel: { parameters: { path: string }; result: ModelSummary };
  closeModel: { parameters: { model: string }; result: null };
  listEngines: { parameters: null; result: Awaited<ReturnType<Workbench['listEngines']>> };
  selectEngine: { parameters: { engine: EngineName | 'auto'; precision?: Precision }; result: null };
  precisionError: { parameters: { model: string; text: string }; result: PrecisionError };
  measureEngine: { parameters: null; result: MeasuredEngine };
  neuronWrites: {
    parameters: { model: string; id: Parameters<Workbench['neuronWrites']>[1]; count: number };
    result: Awaited<ReturnType<Workbench['neuronWrites']>>;
  };
  setInterventions: {
    parameters: Params<'subtext/setInterventions'>;
    result: Result<'subtext/setInterventions'>;
  };
  continueText: { parameters: ContinuationCall; result: Result<'subtext/continueText'> };
  compareContinuations: { parameters: ContinuationCall; result: Result<'subtext/compareContinuations'> };
  patchMap: { parameters: Params<'subtext/patchMap'>; result: Result<'subtext/patchMap'> };
  probedModel: { parameters: Params<'subtext/probeModel'>; result: Result<'subtext/probeModel'> };
  listProbes: { parameters: Params<'subtext/listProbes'>; result: Result<'subtext/listProbes'> };
  grammarAttention: {
    parameters: Params<'subtext/grammarAttention'>;
    result: Result<'subtext/grammarAttention'>;
  };
  release: { parameters: { view: ReleasedView; uri: string; model: string }; result: null };
  alignTexts: { parameters: Params<'subtext/alignTexts'>; result: Result<'subtext/alignTexts'> };
  readParseTrees: {
    parameters: TreeQuestion & { model: string };
    result: TreeAnswer;
  };
  ask: {
    parameters: { [Name in QuestionName]: DocumentCall<Name> }[QuestionName];
    result: Questions[QuestionName]['answer'];
  };
}

export interface ContinuationCall {
  document: DocumentText;
  model: string;
  options: ContinuationOptions;
}

/** One of the questions about a document. */
export interface DocumentCall<Name extends QuestionName = QuestionName> {
  question: Name;
  document: DocumentText;
  model: string;
  parameters: Questions[Name]['parameters'];
}

export type CallName = keyof Calls;

/** To the engine's thread. */
export interface CallMessage<Name extends CallName = CallName> {
  id: number;
  name: Name;
  parameters: Calls[Name]['parameters'];
  /** Memory of a `SharedCancellation`, set by the asker while the engine computes. */
  cancellation: SharedArrayBuffer;
}

/** What is open and on which engine; sent after every call. */
export interface ThreadState {
  models: ModelSummary[];
  current?: string;
  engine?: EngineName;
  adapter?: string;
  card?: string;
  precision?: Precision;
  engineNote?: string;
}

/** From the engine's thread. */
export type ThreadMessage =
  | { type: 'done'; id: number; result: unknown; state: ThreadState }
  | { type: 'failed'; id: number; reason: string; message: string; remedy: string; state: ThreadState }
  | { type: 'progress'; id: number; share: number }
  | { type: 'piece'; id: number; text: string };

export type ThreadOptions = WorkbenchOptions;
