// Messages between the extension host and the view of losses before and after.
import type { ComparedReader } from './losses';
import type { TextRange, TextSource } from './types';
import type { FromTextView, ToTextView } from './views';

/** What the view remembers across a reload (the webview's own state). */
export interface LossesViewState {
  uri?: string;
  model?: string;
  selection?: TextRange;
  before?: ComparedReader;
  shown: LossSide;
}

/** Which changes are listed. */
export type LossSide = 'all' | 'worse' | 'better';

/** Losses per so many of one unit of the text, in nats. */
export interface LossRate {
  unit: string;
  /** How many of it the text has. */
  count: number;
  before: number;
  after: number;
}

/** What changed where. Rows are the spans of `LossComparison` that changed most, largest first. */
export interface LossReport {
  source: TextSource;
  /** The two readers, in words: 'without interventions'. */
  before: string;
  after: string;
  /** Names of the two models, where they differ. */
  models?: { before: string; after: string };
  /** 'token', or 'span' where the readers cut the text differently. */
  span: string;
  rates: LossRate[];
  /** Spans that have a loss. */
  spans: number;
  worse: number;
  better: number;
  /** Index of each row's span: what `reveal` and `hoverToken` count. */
  places: number[];
  pieces: string[];
  /** Nats. */
  lossBefore: number[];
  lossAfter: number[];
}

export type ToLossesView =
  | ToTextView
  | {
      type: 'losses';
      report: LossReport;
      question: { uri: string; model: string; selection?: TextRange; before: ComparedReader };
    };

export type FromLossesView = FromTextView;
