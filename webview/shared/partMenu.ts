// What can be done to a part of the model, in every view alike: the items of its menu, and its buttons.
import { parsePart, printPart, type Part } from '../../src/protocol/interventions';
import type { FromPart, PartAction, ShownIntervention } from '../../src/protocol/partActions';
import { makeIconButton, makeTextButton } from './controls';
import { make } from './elements';
import { openMenu, type MenuItem } from './menu';

/** How a view passes on what was chosen. */
export type PostPart = (message: FromPart) => void;

/** The menu of one part: what can be done to it, then the entries of the list that it has, each with its switch. */
export function partItems(
  part: string,
  interventions: readonly ShownIntervention[],
  post: PostPart,
): MenuItem[] {
  const item = (label: string, action: PartAction, on = part): MenuItem => ({
    label,
    run: () => post({ type: 'intervene', part: on, action }),
  });
  const steered = steeredPart(part);
  const own = interventions.filter((each) => each.part === part);
  return [
    item('Ablate', 'ablate'),
    item('Ablate to Mean', 'ablateToMean'),
    item('Scale…', 'scale'),
    item(steered === part ? 'Steer…' : `Steer ${steered}…`, 'steer', steered),
    item('Patch from Another Text…', 'patch'),
    ...own.map(({ id, name, does, on, problem }, index): MenuItem => ({
      label: name,
      tip: problem ?? does,
      checked: on,
      startsGroup: index === 0,
      run: () => post({ type: 'switchIntervention', id, on: !on }),
    })),
  ];
}

/** The menus of several parts under each other, each under what it is called. */
export function partsItems(
  parts: readonly { part: string; label: string }[],
  interventions: readonly ShownIntervention[],
  post: PostPart,
): MenuItem[] {
  return parts.flatMap(({ part, label }, index) => [
    { label, isHeading: true, startsGroup: index > 0, run: () => undefined },
    ...partItems(part, interventions, post),
  ]);
}

export interface PartButtons {
  element: HTMLElement;
  /** @param part undefined for none: then there are no buttons */
  render(part: string | undefined, interventions: readonly ShownIntervention[]): void;
}

/** Buttons for what is done most, and a menu of all. */
export function makePartButtons(second: 'scale' | 'steer', post: PostPart): PartButtons {
  let now: { part: string; interventions: readonly ShownIntervention[] } | undefined;
  const act = (action: PartAction) => () => now && post({ type: 'intervene', part: now.part, action });
  const more = makeIconButton('chevron-down', 'More Interventions…', () => {
    if (now) openMenu(more.element, partItems(now.part, now.interventions, post));
  });
  more.element.ariaHasPopup = 'menu';
  const element = make(
    'div',
    { class: 'part-buttons' },
    makeTextButton('Ablate', 'It becomes zero', act('ablate')),
    second === 'scale'
      ? makeTextButton('Scale…', 'Multiplies what it computes', act('scale'))
      : makeTextButton('Steer…', 'Adds to its activation', act('steer')),
    more.element,
  );
  return {
    element,
    render(part, interventions) {
      element.hidden = part === undefined;
      now = part === undefined ? undefined : { part, interventions };
    },
  };
}

/** A head writes through its layer's attention, which can be steered; all else can be itself. */
function steeredPart(name: string): string {
  const part = parsePart(name);
  if (part?.kind !== 'head') return name;
  const attention: Part = { kind: 'attention', layer: part.layer };
  return printPart(attention);
}
