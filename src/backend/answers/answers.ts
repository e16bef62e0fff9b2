// Every question about a document, by the name under which the other thread asks it. A new one is its types in
// `protocol/requests.ts`, a line here, and the function that answers.
import type { DocumentQuestion, DocumentRequestName, Params, Result } from '../../protocol/requests';
import type { Asked } from '../inspection';
import { compareLosses } from './losses';
import { attribute } from './attribution';
import { lens, lensCell } from './lens';
import { attentionGrid, attentionOfToken, attentionTile, headsBetween, searchPattern } from './attention';
import { neuronActivations, rankNeurons } from './neurons';
import { predictionsAt, type PlacePrediction } from './predictions';

/** What is asked of a document beyond the document itself, and the answer. */
export type Questions = {
  [Name in DocumentRequestName]: {
    parameters: Omit<Params<Name>, keyof DocumentQuestion>;
    answer: Result<Name>;
  };
} & {
  /** For the hover, which is not a request of ours. */
  predictionsAt: { parameters: { offset: number; top: number }; answer: PlacePrediction[] };
};

export type QuestionName = keyof Questions;

export const answers: {
  [Name in QuestionName]: (
    asked: Asked,
    parameters: Questions[Name]['parameters'],
  ) => Promise<Questions[Name]['answer']>;
} = {
  'subtext/rankNeurons': rankNeurons,
  'subtext/neuronActivations': neuronActivations,
  'subtext/compareLosses': compareLosses,
  'subtext/lens': lens,
  'subtext/lensCell': lensCell,
  'subtext/attribute': attribute,
  'subtext/attentionGrid': attentionGrid,
  'subtext/attentionTile': attentionTile,
  'subtext/attentionOfToken': attentionOfToken,
  'subtext/headsBetween': headsBetween,
  'subtext/searchPattern': searchPattern,
  predictionsAt,
};
