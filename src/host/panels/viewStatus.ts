// The status line of the views, from the inspection, the models and what the backend says it is doing.
import type { Health } from '../../protocol/types';
import type { ViewStatus } from '../../protocol/views';
import { Emitter, type Event } from '../emitter';
import type { Inspection } from '../inspection/inspection';
import type { Models } from '../models';
import { documentName } from '../names';

export interface ViewStatusSource {
  readonly onDidChange: Event<void>;
  read(): ViewStatus;
}

export interface ViewStatusParts {
  inspection: Inspection;
  models: Models;
  backend: { readonly health: Health | undefined; readonly onDidChangeHealth: Event<Health | undefined> };
}

/** The status of the views; `announce` shows a wait that comes before an inspection (a model that is opened). */
export class InspectionStatus implements ViewStatusSource {
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
    const { question, table } = inspection;
    const { health } = this.parts.backend;
    const modelOpen = models.active !== undefined;
    if (this.announced !== undefined) {
      return { phase: 'loading', message: this.announced, modelOpen, ...progressOf(health) };
    }
    const model = question && (models.get(question.model)?.name ?? documentName(question.model));
    const engine = table?.source.engine ?? health?.engine;
    return {
      phase: inspection.phase,
      modelOpen,
      ...messageOf(inspection, modelOpen),
      ...(inspection.phase === 'loading' && progressOf(health)),
      ...(question && { document: documentName(question.uri) }),
      ...(model !== undefined && { model }),
      ...(engine && { engine }),
    };
  }
}

function messageOf(inspection: Inspection, modelOpen: boolean): { message?: string } {
  if (inspection.phase === 'failed' && inspection.failure) return { message: inspection.failure.line };
  if (inspection.phase !== 'empty') return {};
  if (inspection.message !== undefined) return { message: inspection.message };
  return {
    message: modelOpen
      ? 'Right-click a text and choose Subtext: Show Top-Activating Neurons.'
      : 'Open a model to see which of its neurons fire on a text.',
  };
}

function progressOf(health: Health | undefined): { progress?: number } {
  return health?.progress === undefined ? {} : { progress: health.progress };
}
