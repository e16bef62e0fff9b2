// What is done to a part of the model already, marked by icons wherever the part is shown.
import type { ShownIntervention } from '../../src/protocol/partActions';
import { icon, make } from './elements';

const kindIcons: Record<ShownIntervention['kind'], string> = {
  ablate: 'circle-slash',
  scale: 'arrow-both',
  steer: 'compass',
  patch: 'replace',
};

/** Those of a part that are on and applied. */
export function activeOn(interventions: readonly ShownIntervention[], part: string): ShownIntervention[] {
  return interventions.filter((each) => each.part === part && each.on && each.problem === undefined);
}

/** What a part carries, as icons: one for each kind of change. An empty mark for none. */
export function makePartMark(): HTMLElement {
  return make('span', { class: 'part-mark', attributes: { 'aria-hidden': 'true' } });
}

/** Shows on a mark which interventions are active. */
export function showPartMark(mark: HTMLElement, active: readonly ShownIntervention[]): void {
  const signature = active.map(({ kind, does }) => `${kind} ${does}`).join();
  if ((mark.dataset['shown'] ?? '') === signature) return;
  mark.dataset['shown'] = signature;
  mark.replaceChildren(...[...new Set(active.map(({ kind }) => kind))].map((kind) => icon(kindIcons[kind])));
  if (active.length > 0) mark.dataset['tip'] = wordsOf(active);
  else delete mark.dataset['tip'];
}

/** What is done to a part, for a tooltip or a screen reader; empty for nothing. */
export function wordsOf(active: readonly ShownIntervention[]): string {
  return active.map(({ does }) => does).join('; ');
}
