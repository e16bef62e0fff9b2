// How lines are called: by what tells them apart, of the run, its step and the activation. Pure.
import type { ProbeAxis } from '../../src/protocol/probesView';

/** A line of all panels: how it is called, and the number of its style. */
export interface LineName {
  key: string;
  label: string;
  style: number;
}

/** What the probes of a line have in common. */
export interface LineKey {
  run: string;
  step: number | null;
  hook: string;
}

/** Lines are called by what tells them apart. */
export function namesOf(keys: ReadonlyMap<string, LineKey>, axis: ProbeAxis): LineName[] {
  const all = [...keys.values()];
  const differs = (part: (key: LineKey) => unknown): boolean => new Set(all.map(part)).size > 1;
  const severalRuns = differs(({ run }) => run);
  const severalSteps = differs(({ step }) => step);
  const severalHooks = differs(({ hook }) => hook);
  const oneSite = !differs(({ hook }) => siteOf(hook));
  return [...keys].map(([key, { run, step, hook }], style) => {
    const parts = [
      ...(severalRuns || !(severalSteps || severalHooks) ? [run] : []),
      ...(severalSteps && step !== null ? [`step ${step}`] : []),
      ...(severalHooks ? [axis === 'step' ? hookName(hook, oneSite) : siteName(hook)] : []),
    ];
    return { key, label: parts.join(' · '), style };
  });
}

/** `blocks.3.hook_resid_post` → `layer 3`, with the rest of the name where it differs. */
function hookName(hook: string, oneSite: boolean): string {
  const layer = /^blocks\.(\d+)\./.exec(hook)?.[1];
  if (layer === undefined) return shortHook(hook);
  return oneSite ? `layer ${layer}` : `layer ${layer} ${siteName(siteOf(hook))}`;
}

/** `blocks.*.attn.hook_z` → `attn.hook_z`. */
function siteName(site: string): string {
  return site.replace(/^blocks\.\*\./, '');
}

/** An activation's name without its layer: `blocks.*.hook_resid_post`. */
export function siteOf(hook: string): string {
  return hook.replace(/^blocks\.\d+\./, 'blocks.*.');
}

/** `ln_final.hook_normalized` → `ln_final`, `hook_embed` → `embed`. */
export function shortHook(hook: string): string {
  return hook.replace(/\.hook_\w+$/, '').replace(/^hook_/, '');
}
