// Requests and values about engines: which there are, and the one that is installed.
import type { EngineName, EngineStatus, Health, Precision } from './types';

/** What an installation of the CUDA engine would do; nothing has been done yet. */
export interface CudaOffer {
  /** Names it in `subtext/installCuda`. */
  offer: string;
  /** 'ONNX Runtime 1.30.0 for CUDA 12'. */
  title: string;
  /** Bytes of all downloads; null where a server does not say. */
  bytes: number | null;
  /** All of it in words, a line each: for which card, what is downloaded from where, where to, what is missing. */
  words: string[];
}

/** What was installed, and what came of its check. */
export interface CudaInstallation {
  title: string;
  usable: boolean;
  /** Why it cannot be used, and what would help. */
  reason: string | null;
}

/** What float16 changes in a model's answers, measured on a text. */
export interface PrecisionError {
  /** Of the text that was read. */
  tokens: number;
  /** The largest and the mean absolute difference of its logits from those of float32. */
  largest: number;
  mean: number;
  /** Mean cross-entropy of the next tokens in float16 less that in float32, in nats. */
  loss: number;
}

export interface EngineRequests {
  'subtext/listEngines': { params: null; result: EngineStatus[] };
  /** Moves every open model to another engine, or to another precision; one that is not named stays as it is. */
  'subtext/selectEngine': { params: { engine: EngineName | 'auto'; precision?: Precision }; result: Health };
  /** Computes an open model's logits of a text in float16, as it is, and once in float32. */
  'subtext/precisionError': { params: { model: string; text: string }; result: PrecisionError };
  /** Only asks: the system for a card, servers for sizes. */
  'subtext/offerCuda': { params: null; result: CudaOffer };
  /** Downloads and installs what was offered; notes on progress come meanwhile, with `stream` in them. */
  'subtext/installCuda': { params: { offer: string; stream: string }; result: CudaInstallation };
  'subtext/removeCuda': { params: null; result: { removed: boolean } };
}
