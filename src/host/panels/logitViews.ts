// The two views of logits, lens and attribution, put together from question, status and tab.
import type { Uri } from 'vscode';
import type { BackendSupervisor } from '../backend/supervisor';
import type { TextLink } from '../decorations/textLink';
import type { AttributionInspection } from '../inspection/attributionInspection';
import { LensInspection, type LensPorts } from '../inspection/lensInspection';
import type { Interventions } from '../interventions/interventions';
import type { Models } from '../models';
import { AttributionPanel, type AttributionPanelActions, attributionViewType } from './attributionPanel';
import { LensPanel, type LensPanelActions, lensViewType } from './lensPanel';
import { savedChoice } from './savedState';
import { TextStatus } from './viewStatus';
import type { TextView } from './textView';

export interface LogitViewParts {
  /** How the lens asks its questions. */
  asking: LensPorts;
  extensionUri: Uri;
  link: TextLink;
  models: Models;
  interventions: Interventions;
  backend: BackendSupervisor;
}

export function makeLensView(
  { asking, extensionUri, link, models, interventions, backend }: LogitViewParts,
  actions: LensPanelActions,
): TextView<LensInspection> & { panel: LensPanel } {
  const inspection = new LensInspection(asking);
  const status = new TextStatus({
    inspection,
    models,
    backend,
    invitation: {
      ask: 'Right-click a text and choose Subtext: Show Logit Lens.',
      open: 'Open a model to see what each of its layers already predicts of a text.',
    },
  });
  const panel = new LensPanel(inspection, { extensionUri, status, link, interventions }, actions);
  return { viewType: lensViewType, inspection, status, panel };
}

export function makeAttributionView(
  inspection: AttributionInspection,
  { extensionUri, link, models, interventions, backend }: Omit<LogitViewParts, 'asking'>,
  actions: AttributionPanelActions,
): TextView<AttributionInspection> & { panel: AttributionPanel } {
  const status = new TextStatus({
    inspection,
    models,
    backend,
    invitation: {
      ask: 'Put the cursor before a token and run Subtext: Attribute Next Token.',
      open: 'Open a model to see which of its parts speak for a next token.',
    },
  });
  const panel = new AttributionPanel(inspection, { extensionUri, status, link, interventions }, actions);
  const restore = (state: unknown): Promise<void> => {
    inspection.choose(savedChoice(state));
    return Promise.resolve();
  };
  return { viewType: attributionViewType, inspection, status, panel, restore };
}
