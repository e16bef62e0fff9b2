// Continuing a document's text, once or twice from the same seed.

export interface ContinuationOptions {
  /** UTF-16 offset in the document that is continued from; its end if left out. */
  offset?: number;
  maxTokens: number;
  /** 0 takes the likeliest token; 1 samples from the model's own distribution. */
  temperature: number;
  /** The same seed gives the same text. */
  seed: number;
}

export interface Continuation {
  text: string;
  ids: Int32Array;
  /** `end`: the model ended the text. `limit`: `maxTokens` was reached. `context`: the model can read no further. */
  stopped: 'end' | 'limit' | 'context';
  /** Tokens at the start of the text that were left out, because text and continuation exceed the context. */
  cut: number;
  /** Interventions that it was written under. */
  interventions: number;
}

/** A piece of a continuation that is under way. */
export interface ContinuationPiece {
  /** That the asker gave the request. */
  stream: string;
  /** Never half a character; all pieces joined are the continuation. */
  text: string;
}

/** The same seed, without interventions and with them. */
export interface ContinuationComparison {
  base: Continuation;
  changed: Continuation;
  /** Tokens that both begin with. */
  common: number;
}
