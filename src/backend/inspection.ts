// A text under an open model, with what was computed of it so far: what every question about a document is asked of.
import type { TextSource, TokenColumns } from '../protocol/types';
import type { Cancellation } from './cancellation';
import { AttentionMaps } from './interpret/attention/attentionMaps';
import { FinalResidual } from './interpret/finalResidual';
import { LogitLens } from './interpret/lens/logitLens';
import { NeuronActivationStore } from './interpret/neurons';
import { TokenLosses } from './interpret/losses';
import type { Reading } from './interpret/reading';
import { modelName } from './modelName';
import type { Token } from './tokenizer/tokenizer';

export { tokensIn } from './interpret/tokenRange';

/** A version of a document. What was computed for the same text under the same model is kept. */
export interface DocumentText {
  uri: string;
  version: number;
  text: string;
}

/** Views whose part of an inspection is let go of when they are closed: the largest. */
export type ReleasedView = 'attention' | 'lens' | 'neurons';

/** Each part is computed when first asked for. */
export class Inspection {
  private neuronStore: NeuronActivationStore | undefined;
  private logitLens: LogitLens | undefined;
  private finalResidual: FinalResidual | undefined;
  private tokenLosses: TokenLosses | undefined;
  private attentionMaps: AttentionMaps | undefined;

  /** @param interventions that the text is read under, as many as are active */
  constructor(
    readonly text: string,
    readonly reading: Reading,
    readonly interventions = 0,
  ) {}

  get neurons(): NeuronActivationStore {
    return (this.neuronStore ??= new NeuronActivationStore(this.reading));
  }

  get lens(): LogitLens {
    return (this.logitLens ??= new LogitLens(this.reading));
  }

  get residual(): FinalResidual {
    return (this.finalResidual ??= new FinalResidual(this.reading));
  }

  get losses(): TokenLosses {
    return (this.tokenLosses ??= new TokenLosses(this.reading));
  }

  get attention(): AttentionMaps {
    return (this.attentionMaps ??= new AttentionMaps(this.reading));
  }

  /** Forgets what was computed for a view that was closed, and gives back the memory of the engine. */
  release(view: ReleasedView): void {
    switch (view) {
      case 'lens':
        this.logitLens?.release();
        this.logitLens = undefined;
        break;
      case 'attention':
        this.attentionMaps?.release();
        this.attentionMaps = undefined;
        break;
      case 'neurons':
        this.neuronStore?.release();
        this.neuronStore = undefined;
        break;
    }
  }
}

/** A question about a document: what it is asked of, and by whom. */
export interface Asked {
  inspection: Inspection;
  source: TextSource;
  /** The same document read by another open model, or without interventions. */
  readBy: (modelId: string, interventions: boolean) => Promise<Inspection>;
  cancellation: Cancellation;
  progress: (share: number) => void;
}

export function textSource(
  document: DocumentText,
  modelId: string,
  { reading: { model, plan }, interventions }: Inspection,
): TextSource {
  return {
    uri: document.uri,
    version: document.version,
    model: modelId,
    modelName: modelName(modelId),
    engine: model.executor.engine,
    windows: plan,
    interventions,
  };
}

export function tokenColumns(tokens: readonly Token[]): TokenColumns {
  return {
    ids: Int32Array.from(tokens, ({ id }) => id),
    pieces: tokens.map(({ piece }) => piece),
    starts: Int32Array.from(tokens, ({ start }) => start),
    ends: Int32Array.from(tokens, ({ end }) => end),
  };
}
