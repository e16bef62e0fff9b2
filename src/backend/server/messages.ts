// What the thread of the language server and the thread of the engine say to each other.
import type { EngineName, ModelSummary } from '../../protocol/types';
import type { MeasuredEngine, Workbench, WorkbenchOptions } from '../workbench';

/** Methods of the workbench that the server calls from the other thread; cancellation and progress are added there. */
export interface Calls {
  openModel: { parameters: { path: string }; result: ModelSummary };
  closeModel: { parameters: { model: string }; result: null };
  listEngines: { parameters: null; result: Awaited<ReturnType<Workbench['listEngines']>> };
  selectEngine: { parameters: { engine: EngineName | 'auto' }; result: null };
  measureEngine: { parameters: null; result: MeasuredEngine };
  rankNeurons: {
    parameters: Question & { selection: Parameters<Workbench['rankNeurons']>[2] };
    result: Awaited<ReturnType<Workbench['rankNeurons']>>;
  };
  neuronActivations: {
    parameters: Question & { id: Parameters<Workbench['neuronActivations']>[2] };
    result: Awaited<ReturnType<Workbench['neuronActivations']>>;
  };
  neuronWrites: {
    parameters: { model: string; id: Parameters<Workbench['neuronWrites']>[1]; count: number };
    result: Awaited<ReturnType<Workbench['neuronWrites']>>;
  };
  predictionsAt: {
    parameters: Question & { offset: number; top: number };
    result: Awaited<ReturnType<Workbench['predictionsAt']>>;
  };
}

interface Question {
  document: Parameters<Workbench['rankNeurons']>[0];
  model: string;
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
  engineNote?: string;
}

/** From the engine's thread. */
export type ThreadMessage =
  | { type: 'done'; id: number; result: unknown; state: ThreadState }
  | { type: 'failed'; id: number; reason: string; message: string; remedy: string; state: ThreadState }
  | { type: 'progress'; id: number; share: number };

export type ThreadOptions = WorkbenchOptions;
