// The status line of a view, from its question, the models and what the backend says it is doing.
import type { Health, TextSource } from '../../protocol/types';
import type { ViewStatus } from '../../protocol/views';
import { mendingOf } from '../backend/mending';
import { Emitter, type Event } from '../emitter';
import type { FollowedQuestion } from '../inspection/followedQuestion';
import type { Models } from '../models';
import { documentName } from '../names';

export interface ViewStatusSource {
  readonly onDidChange: Event<void>;
  read(): ViewStatus;
}

export interface ViewStatusParts {
  inspection: FollowedQuestion<{ source: TextSource }>;
  /** What an empty view asks for: with a model, and without one. */
  invitation: { ask: string; open: string };
  models: Models;
  backend: { readonly health: Health | undefined; readonly onDidChangeHealth: Event<Health | undefined> };
}

/** The status of a view; `announce` shows a wait that comes before an inspection (a model that is opened). */
export class TextStatus implements ViewStatusSource {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private announced: string | undefined;

  constructor(private readonly parts: ViewStatusParts) {
    // Changes of the inspection itself reach the views with their other parts.
    parts.models.onDidChange(() => this.changed.fire());
    parts.backend.onDidChangeHealth(() => {
      if (parts.inspection.phase === 'loading' || this.announced !== undefined) this.changed.fire();
    });
  }

  /** A wait, named by what it is for; undefined once it is over. */
  announce(what: string | undefined): void {
    this.announced = what;
    this.changed.fire();
  }

  read(): ViewStatus {
    const { inspection, models } = this.parts;
    const { question, answer } = inspection;
    const { health } = this.parts.backend;
    const modelOpen = models.active !== undefined;
    if (this.announced !== undefined) {
      return { phase: 'loading', message: this.announced, modelOpen, ...progressOf(health) };
    }
    const model = question && (models.get(question.model)?.name ?? documentName(question.model));
    const engine = answer?.source.engine ?? health?.engine;
    return {
      phase: inspection.phase,
      modelOpen,
      ...this.message(modelOpen),
      ...(inspection.phase === 'loading' && progressOf(health)),
      ...(question && { document: documentName(question.uri) }),
      ...(model !== undefined && { model }),
      ...(engine && { engine }),
    };
  }

  private message(modelOpen: boolean): Pick<ViewStatus, 'message' | 'mending'> {
    const { inspection, invitation } = this.parts;
    const { phase, failure } = inspection;
    if (phase === 'failed' && failure) {
      const mending = mendingOf(failure);
      return { message: failure.line, ...(mending && { mending }) };
    }
    if (phase !== 'empty') return {};
    return { message: inspection.message ?? (modelOpen ? invitation.ask : invitation.open) };
  }
}

function progressOf(health: Health | undefined): { progress?: number } {
  return health?.progress === undefined ? {} : { progress: health.progress };
}
