// The two views of activations, neurons and attention, put together from question, status and tab.
import type { AttentionInspection } from '../inspection/attentionInspection';
import type { NeuronInspection } from '../inspection/neuronInspection';
import { AttentionPanel, attentionViewType } from './attentionPanel';
import type { LogitViewParts } from './logitViews';
import { NeuronsPanel, neuronsViewType } from './neuronsPanel';
import { TextStatus } from './viewStatus';
import type { TextView } from './textView';

type ViewParts = Omit<LogitViewParts, 'asking'>;

export function makeNeuronsView(
  inspection: NeuronInspection,
  { extensionUri, link, models, interventions, backend }: ViewParts,
): TextView<NeuronInspection> & { panel: NeuronsPanel } {
  const status = new TextStatus({
    inspection,
    models,
    backend,
    invitation: {
      ask: 'Right-click a text and choose Subtext: Show Top-Activating Neurons.',
      open: 'Open a model to see which of its neurons fire on a text.',
    },
  });
  const panel = new NeuronsPanel(inspection, { extensionUri, status, link, interventions });
  return { viewType: neuronsViewType, inspection, status, panel };
}

export function makeAttentionView(
  inspection: AttentionInspection,
  { extensionUri, link, models, interventions, backend }: ViewParts,
): TextView<AttentionInspection> & { panel: AttentionPanel } {
  const status = new TextStatus({
    inspection,
    models,
    backend,
    invitation: {
      ask: 'Right-click a text and choose Subtext: Show Attention.',
      open: 'Open a model to see what its heads look at in a text.',
    },
  });
  const panel = new AttentionPanel(inspection, { extensionUri, status, link, interventions });
  return { viewType: attentionViewType, inspection, status, panel };
}
