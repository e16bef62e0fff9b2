// Folders of made-up probes for tests of their view.
import type { ProbeFolder } from '../../src/protocol/probes';
import { chartProbes, type ChartProbe } from '../../webview/probes/probes';
import type { Selection } from '../../webview/probes/series';
import { makeProbes } from '../webview/harness/probeSample';

export const alongLayers: Selection = { axis: 'layer', step: 'last', layer: 'all' };
export const steps = [100, 200, 400].map((step) => ({ model: `gpt-01 step ${step}`, step }));
export const run = makeProbes({
  models: steps,
  layers: 3,
  targets: [{ target: 'ancestor', levels: [2, 3] }],
});
export const compared = makeProbes({ models: [{ model: 'cfg', step: null }, ...steps], layers: 3 });
export const probesOf = (folder: ProbeFolder): ChartProbe[] => chartProbes([folder]);
