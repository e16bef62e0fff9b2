// The status line of a view that asks a model and follows no document.
import type { EngineName, Health } from '../../protocol/types';
import type { ViewStatus } from '../../protocol/views';
import type { BackendFailure } from '../backend/failure';
import { mendingOf } from '../backend/mending';
import type { QuestionPhase } from '../inspection/followedQuestion';
import type { Models } from '../models';
import { documentName } from '../names';

/** What the status says of a question; a `ModelQuestion` is one. */
export interface AskedModel {
  readonly phase: QuestionPhase;
  readonly failure: BackendFailure | undefined;
  readonly question: { model: string } | undefined;
  readonly answer: { engine: EngineName } | undefined;
}

/** @param invitation what an empty view asks for: with a model, and without one */
export function modelViewStatus(
  { phase, failure, question, answer }: AskedModel,
  models: Models,
  health: Health | undefined,
  invitation: { ask: string; open: string },
): ViewStatus {
  const modelOpen = models.active !== undefined;
  const model = question && (models.get(question.model)?.name ?? documentName(question.model));
  const engine = answer?.engine ?? health?.engine;
  const progress = phase === 'loading' ? health?.progress : undefined;
  const inviting = modelOpen ? invitation.ask : invitation.open;
  const message = phase === 'failed' ? failure?.line : phase === 'empty' ? inviting : undefined;
  const mending = phase === 'failed' && failure ? mendingOf(failure) : undefined;
  return {
    phase,
    modelOpen,
    ...(message !== undefined && { message }),
    ...(mending && { mending }),
    ...(progress !== undefined && { progress }),
    ...(model !== undefined && { model }),
    ...(engine && { engine }),
  };
}
