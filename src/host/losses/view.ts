// The view of losses before and after: its question, what is said of it, its tab, and what it does across a reload.
import type { Uri } from 'vscode';
import type { BackendSupervisor } from '../backend/supervisor';
import type { TextLink } from '../decorations/textLink';
import type { LossInspection } from '../inspection/lossInspection';
import type { Interventions } from '../interventions/interventions';
import type { Models } from '../models';
import { LossesPanel, lossesViewType } from '../panels/lossesPanel';
import { savedReader } from '../panels/savedReader';
import { TextStatus } from '../panels/viewStatus';
import type { TextView } from '../panels/textView';

export interface LossesViewParts {
  extensionUri: Uri;
  link: TextLink;
  models: Models;
  interventions: Interventions;
  backend: BackendSupervisor;
  openModel(path: string): Promise<unknown>;
}

/** Makes the view, and lets it forget its question once nobody sees what comes of it. */
export function makeLossesView(
  inspection: LossInspection,
  { extensionUri, link, models, interventions, backend, openModel }: LossesViewParts,
): TextView<LossInspection> & { panel: LossesPanel } {
  const status = new TextStatus({
    inspection,
    models,
    backend,
    invitation: {
      ask: 'Add an intervention, or open a second model, and compare how well a text is predicted.',
      open: 'Open a model to see what an intervention changes of how well it predicts a text.',
    },
  });
  const panel = new LossesPanel(inspection, { extensionUri, status, link, interventions });
  const forget = () => {
    const isSeen = panel.isOpen || inspection.painted;
    // Clearing tells of itself: by then there is no question any more.
    if (!isSeen && inspection.question) inspection.clear();
  };
  panel.onDidClose(forget);
  inspection.onDidChange(forget);
  models.onDidClose((id) => {
    if (inspection.before.model === id) inspection.clear('The model was closed.');
  });
  const restore = async (state: unknown) => {
    const before = savedReader(state);
    if (!before) return;
    const { model } = before;
    if (model !== undefined && !models.get(model)) await openModel(model);
    inspection.compareWith(before);
  };
  return { viewType: lossesViewType, inspection, status, panel, restore };
}
