// What the backend and the process of a guarded engine say to each other. All of it can be cloned.
import type { ErrorReason } from '../../errors';
import type { EngineName, Precision } from '../../../protocol/types';
import type { TensorData } from '../graph/graph';
import type { GraphData } from './graphData';

export interface EngineStart {
  engine: EngineName;
  threads: number;
  describe?: boolean;
  verbose?: boolean;
  precision?: Precision;
  /** Bytes that graphs can have at most of the card's memory, where they are known. */
  memory?: number;
}

/** A tensor that stays in the process, by its number. */
export interface HeldNumber {
  held: number;
}

export type HeldData = HeldNumber & Pick<TensorData, 'type' | 'shape'>;

/** Weights are known by the number of their map; a compiled graph by its own number. */
export interface GuardedCalls {
  start: {
    parameters: EngineStart;
    result: { detail: string; threads: number; features: readonly string[] };
  };
  compile: {
    parameters: {
      executable: number;
      weights: number;
      graph: GraphData;
      onlyFinite: boolean;
      packWeights: boolean;
      holds: ReadonlySet<string>;
      sizes: Readonly<Record<string, number>>;
      inFloat32: boolean;
    };
    result: { bytes: number };
  };
  run: {
    /** @param ahead whether the run before it had not answered when it was asked for */
    parameters: { executable: number; inputs: Map<string, TensorData | HeldNumber>; ahead: boolean };
    result: { outputs: Map<string, TensorData>; held: Map<string, HeldData>; bytes: number };
  };
  /** New numbers for some weights of a map, which need not exist. */
  setWeights: { parameters: { weights: number; values: Map<string, TensorData> }; result: null };
  /** The numbers of those weights that runs have updated. */
  fetchWeights: { parameters: { weights: number }; result: Map<string, TensorData> };
  dropWeights: { parameters: { weights: number }; result: null };
  readHeld: { parameters: { held: number }; result: TensorData };
  dropHeld: { parameters: { held: number }; result: null };
  dropExecutable: { parameters: { executable: number }; result: null };
}

export type GuardedCall = keyof GuardedCalls;

export type Request = {
  [Name in GuardedCall]: { id: number; name: Name; parameters: GuardedCalls[Name]['parameters'] };
}[GuardedCall];

export type Answer =
  | { id: number; result: unknown }
  | { id: number; error: { reason: ErrorReason; message: string; remedy: string } };
